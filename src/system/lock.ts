/** The lock of the host. @module */

/** One command at a time changes a host. */
export interface Lock {
  /**
   * Makes this process the only one that changes the host, until `unlock` or its end. Dry runs and observers do not lock.
   * @param command its words, without flags and their values, for the error of another process.
   * @throws {HostBusy} when another process holds the lock, with its command, process ID and start.
   */
  lock(command: string): Promise<void>;
  /** Ends that; a no-op without a lock. */
  unlock(): Promise<void>;
}
