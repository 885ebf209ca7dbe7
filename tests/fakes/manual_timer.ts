/**
 * Time that passes when a test says so.
 * @module
 */
import type { Timer } from "../../src/timer.ts";

/** A timer whose calls wait until they are due by the test. */
export interface ManualTimer {
  timer: Timer;
  /** Milliseconds of what waits, in the order in which it was set. */
  waiting(): number[];
  /** Makes the oldest call of so many milliseconds due, as soon as there is one. */
  due(ms: number): Promise<void>;
}

/** Makes it. */
export function manualTimer(): ManualTimer {
  const set: { ms: number; call: () => void }[] = [];
  const wanted: { ms: number; found: () => void }[] = [];
  return {
    timer(ms, call) {
      const one = { ms, call };
      const at = wanted.findIndex((want) => want.ms === ms);
      set.push(one);
      if (at >= 0) queueMicrotask(wanted.splice(at, 1)[0]!.found);
      return () => {
        const at = set.indexOf(one);
        if (at >= 0) set.splice(at, 1);
      };
    },
    waiting: () => set.map(({ ms }) => ms),
    async due(ms) {
      if (!set.some((one) => one.ms === ms)) {
        await new Promise<void>((found) => wanted.push({ ms, found }));
      }
      const at = set.findIndex((one) => one.ms === ms);
      if (at >= 0) set.splice(at, 1)[0]!.call();
    },
  };
}
