/**
 * Waiting: repeated observation with a time limit.
 * @module
 */
import { TimedOut } from "../errors.ts";
import type { ProbeResult, Wait, WaitEvent } from "../system.ts";
import { orAborted } from "./abortable.ts";
import { oneLine } from "../text/visible.ts";

/** Default for milliseconds between two probes. */
const INTERVAL_MS = 100;

/** Milliseconds between two events of a wait whose state stays the same. */
const TICK_MS = 1_000;

/** The state when the probe had not finished at the deadline. */
const LATE = "no answer to the last check";

/**
 * Probes until done. `onWait` gets each change of state, the same state once a second, also during a probe, and the end of
 * the wait in every case.
 * @param signal ends it: it then rejects with the signal's reason.
 * @throws {TimedOut} with what was waited for, how long, the last state, and what `explain` adds.
 */
export async function waitUntil<T>(
  wait: Wait<T>,
  onWait: (event: WaitEvent) => void = () => {},
  tickMs = TICK_MS,
  signal?: AbortSignal,
): Promise<T> {
  const start = performance.now();
  const deadline = start + wait.timeoutMs;
  let state = "";
  const report = (done: boolean) => onWait({ what: wait.what, state, elapsedMs: performance.now() - start, done });
  report(false);
  const ticking = setInterval(() => report(false), tickMs);
  try {
    while (true) {
      const result = await probeBy(wait, deadline, signal);
      if (result.done) {
        wait.reached?.(result.value);
        return result.value;
      }
      // A timer may fire a little early, which makes one more probe; the state names LATE once.
      const late = result.state === LATE && state !== "";
      const now = !late ? stateOf(result.state) : state.includes(LATE) ? state : `${state} (${LATE})`;
      if (now !== state) {
        state = now;
        report(false);
      }
      const left = deadline - performance.now();
      if (left <= 0) throw await timedOut(wait, state);
      await pause(Math.min(wait.intervalMs ?? INTERVAL_MS, left), signal);
    }
  } finally {
    clearInterval(ticking);
    report(true);
  }
}

/** A state on one line. */
function stateOf(text: string): string {
  return oneLine(text.replace(/\s*\n\s*/g, "; "));
}

/** Pauses for this many milliseconds, unless the signal ends it. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await orAborted(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** One probe, or {@linkcode LATE} when it has not finished at the deadline. */
async function probeBy<T>(wait: Wait<T>, deadline: number, signal: AbortSignal | undefined): Promise<ProbeResult<T>> {
  const probe = wait.probe();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<ProbeResult<T>>((resolve) => {
    timer = setTimeout(
      () => resolve({ done: false, state: LATE }),
      Math.max(1, deadline - performance.now()),
    );
  });
  try {
    return await orAborted(Promise.race([probe, late]), signal);
  } finally {
    clearTimeout(timer);
    probe.catch(() => undefined); // after the deadline, no one handles a rejection
  }
}

/** The error of a wait that timed out. An error in `explain` is added to it, never thrown instead. */
async function timedOut<T>(wait: Wait<T>, state: string): Promise<TimedOut> {
  let details: readonly string[] = [];
  let hints: readonly string[] = [];
  try {
    if (wait.explain !== undefined) ({ details, hints } = await wait.explain());
  } catch (error) {
    details = [`(no diagnosis: ${error instanceof Error ? error.message : String(error)})`];
  }
  const seconds = Math.round(wait.timeoutMs / 100) / 10;
  const headline = `Timed out after ${seconds} s waiting for ${wait.what}. Last state: ${state}`;
  return new TimedOut([headline, ...details.map((detail) => `  ${detail}`)].join("\n"), { hint: hints });
}
