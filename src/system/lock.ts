/** The lock of the host. @module */

/** One command at a time changes a host. */
export interface Lock {
  /**
   * Makes this process the only one that changes the host, until `unlock` or its end. Dry runs and observers need not.
   * @param command its words, without flags and their values, for whoever is refused.
   * @throws {HostBusy} when another process is, with its command, process id and start.
   */
  lock(command: string): Promise<void>;
  /** Ends that; a no-op without a lock. */
  unlock(): Promise<void>;
}
