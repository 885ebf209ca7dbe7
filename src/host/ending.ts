/**
 * Ends a child process: SIGTERM, then SIGKILL; a child that survives both is abandoned.
 * @module
 */
import { realTimer, type Timer } from "../timer.ts";

/** How long (ms) a child may take from SIGTERM to SIGKILL, by what ends it. */
export const GRACE_MS = {
  /** Its time limit. */
  limit: 5_000,
  /** The program itself has to end within a second (`interruptible.ts`). */
  interruption: 300,
} as const;

/** How long (ms) a killed child may take: one that waits for an unreachable file server or disk ends when that answers. */
const LOST_MS = 1_000;

/** Ends one child. */
export interface Ending<Why> {
  /** Sends SIGTERM, and SIGKILL when the grace is over. Only the first call counts. */
  begin(why: Why, graceMs: number): void;
  /** Why it is ended; undefined: `begin` was not called. */
  why(): Why | undefined;
  /** Resolves when no process that holds its output can be reached by signals. */
  readonly lost: Promise<void>;
  /** Sends no further signals. */
  callOff(): void;
}

/** @param group the child leads its own process group, which gets the signals. */
export function endingOf<Why>(child: Deno.ChildProcess, group: boolean, timer: Timer = realTimer): Ending<Why> {
  const lost = Promise.withResolvers<void>();
  let reason: { why: Why } | undefined;
  let callOff = () => {};
  let over = false;
  const given = () => {
    if (over && !group && reason !== undefined) lost.resolve();
  };
  child.status.then(() => {
    over = true;
    given();
  });
  const send = (signal: Deno.Signal) => {
    try {
      if (group) Deno.kill(-child.pid, signal);
      else child.kill(signal);
    } catch (error) {
      // It has ended.
      if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
    }
  };
  return {
    begin(why, graceMs) {
      if (reason !== undefined) return;
      reason = { why };
      send("SIGTERM");
      callOff = timer(graceMs, () => {
        send("SIGKILL");
        callOff = timer(LOST_MS, lost.resolve);
      });
      given();
    },
    why: () => reason?.why,
    lost: lost.promise,
    callOff: () => callOff(),
  };
}
