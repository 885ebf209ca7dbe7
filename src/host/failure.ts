/**
 * Errors of the operating system as errors that a person can act on.
 * @module
 */
import { Interruption, UserError } from "../errors.ts";
import { mountPointOf } from "./mounts.ts";

/** The meaning of an errno; `%` stands for the mount point of the path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the file system at % is full",
  EDQUOT: "the disk quota on % is used up",
  EROFS: "the file system at % is mounted read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted (an immutable file, or a missing capability)",
  EIO: "the disk under % reports an input/output error",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is a file, not a directory",
  EISDIR: "it is a directory",
  EEXIST: "it already exists",
  ENOTEMPTY: "the directory is not empty",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EMFILE: "this process has too many open files",
  ENFILE: "the machine has too many open files",
  ETXTBSY: "the program is running",
  EBUSY: "it is in use",
};

/** What to do, where the reason does not make it obvious. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "Free space on this file system and rerun the command: it continues from where it stopped.",
  EDQUOT: "Free space on this file system and rerun the command: it continues from where it stopped.",
  EROFS: "Mount it read-write, or choose a directory on another file system.",
  EACCES: "Run the command as root.",
};

/** The errno name (`ENOSPC`) of an error of a `Deno` file call; undefined for other errors. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code;
}

/** Whether the error means that the path, or a directory on the way to it, does not exist. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
}

/**
 * The error for a failed file operation: `Cannot <action> "<path>": <reason>; <state>`.
 * Errors that are not the operating system's stay unchanged.
 * @param action What was tried: `write`, `read`, `create the directory`.
 * @param state The resulting state, when it is not obvious: `it is unchanged`.
 */
export async function fileError(action: string, path: string, error: unknown, state?: string): Promise<Error> {
  if (error instanceof UserError || error instanceof Interruption) return error;
  const errno = errnoOf(error) ?? "";
  const known = REASONS[errno];
  const reason = known?.includes("%")
    ? known.replace("%", await mountPointOf(path) ?? `"${path}"`)
    : known ?? String(error);
  const hint = HINTS[errno];
  return new UserError(`Cannot ${action} "${path}": ${reason}${state ? `; ${state}` : ""}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The kind of a file, for messages. */
export function kindOf(info: Deno.FileInfo): string {
  if (info.isSymlink) return "a symbolic link";
  if (info.isDirectory) return "a directory";
  if (info.isFile) return "a file";
  return info.isFifo ? "a named pipe" : info.isSocket ? "a socket" : "a device";
}
