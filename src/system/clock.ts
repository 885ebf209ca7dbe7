/** Time, and waiting. @module */

/** A probe's answer: done with a value, or what is still missing, as text for a person. */
export type ProbeResult<T> = { done: true; value: T } | { done: false; state: string };

/** Something to wait for. */
export interface Wait<T> {
  /** What is waited for, in the form "kube-apiserver to be healthy". */
  what: string;
  /** Observes once. Thrown errors end the wait at once; a state that may still change is `{ done: false, state }`. */
  probe(): Promise<ProbeResult<T>>;
  /** Milliseconds until {@linkcode TimedOut}. */
  timeoutMs: number;
  /** Milliseconds between two probes; 100 when absent. */
  intervalMs?: number;
  /** The answer that a dry run assumes. */
  assume: T;
  /** Called when a probe has reached it, to report the result. A dry run, which only assumes, never calls it. */
  reached?(value: T): void;
  /** It does not depend on this command's changes: a dry run also waits for it, and does not list it. */
  independent?: boolean;
  /** Called at the time limit: the diagnosis for the error (container state, last log lines, what to run next). */
  explain?(): Promise<{ details: readonly string[]; hints: readonly string[] }>;
}

/** The progress of a wait: sent whenever `state` changes, once a second while it does not, and at the end. */
export interface WaitEvent {
  what: string;
  /** What is still missing, by the last probe; empty before the first one. */
  state: string;
  elapsedMs: number;
  done: boolean;
}

/** Time, and waiting for something. */
export interface Clock {
  /** The current time. */
  now(): Date;
  /** Probes until done or until the time limit ({@linkcode TimedOut}). A dry run reports the wait and returns `assume`. */
  wait<T>(wait: Wait<T>): Promise<T>;
}
