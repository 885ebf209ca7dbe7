/** Time, and waiting. @module */

/** A probe's answer: done with a value, or what is still missing, in words that a person can use. */
export type ProbeResult<T> = { done: true; value: T } | { done: false; state: string };

/** Something to wait for. */
export interface Wait<T> {
  /** What is waited for, in the form "kube-apiserver to be healthy". */
  what: string;
  /** Observes once. Thrown errors end the wait at once; what is merely not there yet is `{ done: false, state }`. */
  probe(): Promise<ProbeResult<T>>;
  /** Milliseconds until {@linkcode TimedOut}. */
  timeoutMs: number;
  /** Milliseconds between two probes; 100 when absent. */
  intervalMs?: number;
  /** What a dry run takes for the answer. */
  assume: T;
  /** Called when a probe has found it so: what there is to tell of it. A dry run, which only assumes, never calls it. */
  reached?(value: T): void;
  /** Nothing that the command does is needed for it, so that a dry run waits for it, too, and does not list it. */
  independent?: boolean;
  /** Called when time is up: more about why, for the error (container state, last log lines, what to run next). */
  explain?(): Promise<{ details: readonly string[]; hints: readonly string[] }>;
}

/** How a wait goes: sent whenever `state` changes, once a second while it does not, and when it is over. */
export interface WaitEvent {
  what: string;
  /** What is still missing, as the last probe put it; empty before the first one. */
  state: string;
  elapsedMs: number;
  done: boolean;
}

/** Time, and waiting for something. */
export interface Clock {
  /** The current time. */
  now(): Date;
  /** Probes until done or out of time ({@linkcode TimedOut}). A dry run says so and answers `assume`. */
  wait<T>(wait: Wait<T>): Promise<T>;
}
