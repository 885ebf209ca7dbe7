/** Reports what a run is doing, again and again, while it takes long. */
export interface Ticker {
  doing(what: string): void;
  stop(): void;
}

/** Milliseconds without a report. */
const SILENT_MS = 5_000;

/** Starts to tick; {@linkcode Ticker.stop} has to follow. */
export function startTicker(report: (what: string, ms: number) => void, silentMs = SILENT_MS): Ticker {
  let [what, since] = ["", performance.now()];
  const timer = setInterval(() => {
    const ms = performance.now() - since;
    if (what !== "" && ms >= silentMs) report(what, ms);
  }, silentMs);
  return {
    doing(next) {
      [what, since] = [next, performance.now()];
    },
    stop: () => clearInterval(timer),
  };
}
