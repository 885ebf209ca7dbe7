/** Files of the machine. @module */

/** What lies at a path, without following a symbolic link. `mode` are the permission bits (0o7777), `size` is in bytes. */
export interface FileStat {
  kind: "file" | "directory" | "symlink" | "other";
  mode: number;
  size: number;
  /** Numbers of its owner and its group. */
  uid: number;
  gid: number;
  /** When its content was last changed. */
  modified: Date;
}

/** How to write something. */
export interface WriteOptions {
  /** It holds a key, a token or another secret: it is never shown, only how much it is. Whoever writes knows. */
  secret?: boolean;
}

/** Files of the machine. Observing methods may be used in a dry run; changing ones report one {@linkcode Change} when they have an effect. */
export interface Files {
  /** The bytes of the file, following links; undefined when nothing is there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Like `read`, as UTF-8 text. */
  readText(path: string): Promise<string | undefined>;
  /** What lies at the path, links not followed; undefined when nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Names in a directory, sorted; empty when it is not there. */
  list(path: string): Promise<string[]>;
  /** The path without symbolic links in it; undefined when nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /**
   * Mount points in the order in which they were mounted; one that is covered occurs twice.
   * @throws {UserError} when they cannot be looked at: nobody may take that for "nothing is mounted".
   */
  mounts(): Promise<string[]>;
  /**
   * Whether another process holds a lock (flock(2)) on the file; false when nothing is there.
   * @throws {UserError} when that cannot be looked at.
   */
  isLocked(path: string): Promise<boolean>;

  /**
   * Makes the file have these bytes and this mode: temporary file (dot name, final mode from its first byte) in the same
   * directory, fsync, rename, fsync of the directory. Missing parents are made with mode 0755 (call `makeDirectory` first
   * for another). A no-op when content and mode are already so. Never follows a symbolic link at the target.
   */
  write(path: string, content: string | Uint8Array, mode: number, options?: WriteOptions): Promise<void>;
  /** As `write`, for a file that the user asked for and gets: it does not come into the receipt, and `reset` leaves it. */
  writeUserFile(path: string, content: string | Uint8Array, mode: number, options?: WriteOptions): Promise<void>;
  /**
   * Makes the directory with this mode, and its missing parents with mode 0755, each with one Change; a no-op when it is
   * there, whatever its mode.
   */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Removes the file or empty directory; a no-op when it is not there. */
  remove(path: string): Promise<void>;
  /**
   * Removes what lies at the path, a directory with everything below it; a no-op when it is not there. Never follows a
   * link, and refuses when something is mounted there or below.
   */
  removeTree(path: string): Promise<void>;
}
