/** Signals to the program. @module */

/** The signals that end the program. */
export interface Signals {
  /** Aborted by the first signal; its reason is an `Interruption` of errors.ts. */
  readonly signal: AbortSignal;
  /**
   * From now on SIGHUP, SIGINT and SIGTERM abort the signal; a second one ends the program at once. Before this call, and for
   * a signal that the caller ignores (`nohup`), the kernel's default applies.
   */
  listen(): Promise<void>;
}
