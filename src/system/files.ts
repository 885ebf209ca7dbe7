/** Files of the machine. @module */
import type { Owner, WriteChange } from "./changes.ts";

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
  /** Where a symbolic link leads, as it is written there. */
  target?: string;
}

/** Content that is not held in memory. Its size and hash, where they are given, are what it must have. */
export interface ContentSource {
  /** In bytes. */
  size?: number;
  /** 64 hexadecimal digits. */
  sha256?: string;
  /** Where it comes from, for errors. */
  from?: string;
  /** The content from its first byte; may be called again. */
  open(): ReadableStream<Uint8Array>;
}

/** What a file is to hold; a string is written as UTF-8. */
export type FileContent = string | Uint8Array | ContentSource;

/** A file as it is to be. */
export interface FileToPut {
  /** Absolute. */
  path: string;
  /** Permission bits, 0o7777. */
  mode: number;
  /** Absent: it stays whose it is made (this process's user and group), also where it replaces a file of another owner. */
  owner?: Owner;
  /** It holds a key, a token or another secret: it is never shown, only how much it is. Whoever writes knows. */
  secret?: boolean;
  /** The user asked for it and gets it: it does not come into the receipt, and `reset` leaves it. */
  userFile?: boolean;
  /**
   * Where it replaces what this program did not make, that is kept, with its mode and owner, until `reset` puts it back. It
   * is held in memory meanwhile: for configuration.
   */
  setAside?: boolean;
  content: FileContent;
  /**
   * Called with the Change right before it happens, whether the file is new or replaces another, which is still there
   * then. What it throws stops the write. For whoever keeps a record (the receipt).
   */
  beforeChange?(change: WriteChange): Promise<void>;
}

/** Files of the machine. Observing methods may be used in a dry run; changing ones report one {@linkcode Change} when they have an effect. */
export interface Files {
  /** The bytes of the file, following links; undefined when nothing is there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Like `read`, as UTF-8 text. */
  readText(path: string): Promise<string | undefined>;
  /** The bytes of the file as a stream, however long it is, following links; undefined when nothing is there. */
  open(path: string): Promise<ReadableStream<Uint8Array> | undefined>;
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
   * Makes the file have this content, this mode and, where one is given, this owner: temporary file (dot name, owner and
   * final mode from its first byte) in the same directory, fsync, rename, fsync of the directory. Content that streams is
   * hashed as it is written, and never held. Missing parents are made with mode 0755 (call `makeDirectory` first for
   * another). A no-op when size, hash, mode and owner are already so. Never follows a symbolic link at the target.
   * @throws {UserError} when it cannot be written, or the content does not have the size or hash that it must have; the
   * path is then as it was before, and nothing is left behind.
   */
  put(file: FileToPut): Promise<void>;
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
