/** Files of the machine. @module */
import type { Owner, WriteChange } from "./changes.ts";

/** The file at a path, without following a symbolic link. `mode` has the permission bits (0o7777), `size` is in bytes. */
export interface FileStat {
  kind: "file" | "directory" | "symlink" | "other";
  mode: number;
  size: number;
  /** IDs of its owner and group. */
  uid: number;
  gid: number;
  /** When its content was last changed. */
  modified: Date;
  /** The target of a symbolic link, unresolved. */
  target?: string;
}

/** Content that is not held in memory. A given size or hash is required of it. */
export interface ContentSource {
  /** In bytes. */
  size?: number;
  /** 64 hexadecimal digits. */
  sha256?: string;
  /** Its origin, for errors. */
  from?: string;
  /** The content from its first byte; may be called again. */
  open(): ReadableStream<Uint8Array>;
}

/** The content of a file; a string is written as UTF-8. */
export type FileContent = string | Uint8Array | ContentSource;

/** A file to write. */
export interface FileToPut {
  /** Absolute. */
  path: string;
  /** Permission bits, 0o7777. */
  mode: number;
  /** Absent: this process's user and group, also when it replaces a file of another owner. */
  owner?: Owner;
  /** It holds a key, a token or another secret: only its size is shown. Its writer declares this. */
  secret?: boolean;
  /** The user requested this file: it is not in the receipt, and `reset` does not remove it. */
  userFile?: boolean;
  /**
   * A replaced file that this program did not create is kept, with its mode and owner, until `reset` restores it. It is held
   * in memory while it is copied: for configuration files.
   */
  setAside?: boolean;
  content: FileContent;
  /**
   * Called with the Change right before it happens, when a replaced file still exists. An error stops the write. For the
   * receipt.
   */
  beforeChange?(change: WriteChange): Promise<void>;
}

/** Files of the machine. Observing methods may be used in a dry run; changing ones report one {@linkcode Change} when they have an effect. */
export interface Files {
  /** The bytes of the file, following links; undefined when it does not exist. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Like `read`, as UTF-8 text. */
  readText(path: string): Promise<string | undefined>;
  /** The bytes of the file as a stream, from byte `from` (0) on, following links; undefined when it does not exist. */
  open(path: string, from?: number): Promise<ReadableStream<Uint8Array> | undefined>;
  /** The file at the path, links not followed; undefined when it does not exist. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Names in a directory, sorted; empty when it does not exist. */
  list(path: string): Promise<string[]>;
  /** The path without symbolic links in it; undefined when it does not exist. */
  realPath(path: string): Promise<string | undefined>;
  /**
   * Mount points in the order in which they were mounted; a covered one occurs twice.
   * @throws {UserError} when they cannot be listed, which never means "nothing is mounted".
   */
  mounts(): Promise<string[]>;
  /**
   * Whether another process holds a lock (flock(2)) on the file; false when the file does not exist.
   * @throws {UserError} when that cannot be determined.
   */
  isLocked(path: string): Promise<boolean>;

  /**
   * Writes the file with this content, this mode and, if given, this owner: temporary file (dot name, owner and final mode
   * from its first byte) in the same directory, fsync, rename, fsync of the directory. Streamed content is hashed as it is
   * written, and never held in memory. Missing parents are created with mode 0755 (call `makeDirectory` first for another
   * mode). A no-op when size, hash, mode and owner already match. Never follows a symbolic link at the target.
   * @throws {UserError} when it cannot be written, or the content does not have the required size or hash; the path is then
   * unchanged, and nothing is left behind.
   */
  put(file: FileToPut): Promise<void>;
  /**
   * Creates the directory with this mode, and its missing parents with mode 0755, each with one Change; a no-op when it
   * exists, whatever its mode.
   */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** Removes the file or empty directory; a no-op when it does not exist. */
  remove(path: string): Promise<void>;
  /**
   * Removes the file at the path, or the directory with everything below it; a no-op when it does not exist. Never follows a
   * link, and refuses when something is mounted there or below.
   */
  removeTree(path: string): Promise<void>;
}
