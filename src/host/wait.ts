/**
 * Waiting by observing again and again, with an end.
 * @module
 */
import { TimedOut } from "../errors.ts";
import type { ProbeResult, Wait, WaitEvent } from "../system.ts";
import { orAborted } from "./abortable.ts";
import { oneLine } from "../text/visible.ts";

/** Milliseconds between two probes where the wait does not say. */
const INTERVAL_MS = 100;

/** Milliseconds between two signs of life of a wait whose state stays the same. */
const TICK_MS = 1_000;

/** The state when the probe was still busy at the deadline. */
const LATE = "the last check got no answer";

/**
 * Probes until done. Each change of state goes to `onWait`, the same state once a second, also while a probe is busy,
 * and the end of the wait, whatever it is.
 * @param signal ends it: then it rejects with its reason.
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
  const tell = (done: boolean) => onWait({ what: wait.what, state, elapsedMs: performance.now() - start, done });
  tell(false);
  const ticking = setInterval(() => tell(false), tickMs);
  try {
    while (true) {
      const result = await probeBy(wait, deadline, signal);
      if (result.done) {
        wait.reached?.(result.value);
        return result.value;
      }
      // A timer may fire a little early, and then there is one more probe: late is said once.
      const late = result.state === LATE && state !== "";
      const now = !late ? stateOf(result.state) : state.includes(LATE) ? state : `${state} (${LATE})`;
      if (now !== state) {
        state = now;
        tell(false);
      }
      const left = deadline - performance.now();
      if (left <= 0) throw await timedOut(wait, state);
      await pause(Math.min(wait.intervalMs ?? INTERVAL_MS, left), signal);
    }
  } finally {
    clearInterval(ticking);
    tell(true);
  }
}

/** A state on one line, whatever it quotes. */
function stateOf(text: string): string {
  return oneLine(text.replace(/\s*\n\s*/g, "; "));
}

/** So many milliseconds, unless the signal ends them. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await orAborted(new Promise<void>((resolve) => timer = setTimeout(resolve, ms)), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** One probe, or "no answer" when it is still busy at the deadline. */
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
    probe.catch(() => undefined); // nobody listens any more when it was late
  }
}

/** The error of a wait that is over. Trouble in `explain` is told, never thrown: the time-out is the news. */
async function timedOut<T>(wait: Wait<T>, state: string): Promise<TimedOut> {
  let details: readonly string[] = [];
  let hints: readonly string[] = [];
  try {
    if (wait.explain !== undefined) ({ details, hints } = await wait.explain());
  } catch (error) {
    details = [`(finding out more failed: ${error instanceof Error ? error.message : String(error)})`];
  }
  const seconds = Math.round(wait.timeoutMs / 100) / 10;
  const headline = `Cannot go on: waited ${seconds} s for ${wait.what}, last state: ${state}`;
  return new TimedOut([headline, ...details.map((detail) => `  ${detail}`)].join("\n"), { hint: hints });
}
