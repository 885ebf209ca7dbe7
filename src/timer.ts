/**
 * Time that passes: limits and pauses. Open to every room; tests give a timer of their own, which no one waits for.
 * @module
 */

/** Calls once so many milliseconds have passed, unless the returned function is called before. */
export type Timer = (ms: number, call: () => void) => () => void;

/** The clock's. */
export const realTimer: Timer = (ms, call) => {
  const id = setTimeout(call, ms);
  return () => clearTimeout(id);
};
