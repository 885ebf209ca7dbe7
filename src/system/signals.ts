/** Signals to the program. @module */

/** How the program learns that it is to end. */
export interface Signals {
  /** Aborted by the first signal; its reason is an `Interruption` of errors.ts. */
  readonly signal: AbortSignal;
  /**
   * From now on SIGHUP, SIGINT and SIGTERM abort the signal, and end the program at once when another one came before.
   * Until then, and for a signal that the caller had ignored (`nohup`), what the kernel does with it stays.
   */
  listen(): Promise<void>;
}
