/**
 * Time limits and pauses. Any layer may import this; tests use their own timer, without real pauses.
 * @module
 */

/** Calls `call` after this many milliseconds, unless the returned function is called before. */
export type Timer = (ms: number, call: () => void) => () => void;

/** The real timer. */
export const realTimer: Timer = (ms, call) => {
  const id = setTimeout(call, ms);
  return () => clearTimeout(id);
};
