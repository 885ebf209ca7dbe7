/** Says what a run is at, now and then, while it is at it for long. */
export interface Ticker {
  doing(what: string): void;
  stop(): void;
}

/** How long (ms) a run may be at something without a word. */
const SILENT_MS = 5_000;

/** Starts to tick; {@linkcode Ticker.stop} has to follow. */
export function startTicker(note: (message: string) => void, silentMs = SILENT_MS): Ticker {
  let [what, since] = ["", performance.now()];
  const timer = setInterval(() => {
    const ms = performance.now() - since;
    if (what !== "" && ms >= silentMs) note(`${what}, ${(ms / 1_000).toFixed(0)} s`);
  }, silentMs);
  return {
    doing(next) {
      [what, since] = [next, performance.now()];
    },
    stop: () => clearInterval(timer),
  };
}
