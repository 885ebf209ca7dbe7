/**
 * Turns what the operating system says about a file into an error that a person can act on.
 * @module
 */
import { Interruption, UserError } from "../errors.ts";
import { mountPointOf } from "./mounts.ts";

/** What an errno means, in words; `%` stands for the mount point that the path lies on. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the file system at % is full",
  EDQUOT: "the disk quota on % is used up",
  EROFS: "the file system at % is mounted read-only",
  EACCES: "permission denied",
  EPERM: "the kernel does not permit it (an immutable file, or a missing capability)",
  EIO: "the disk under % reports an input/output error",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is a file, not a directory",
  EISDIR: "it is a directory",
  EEXIST: "it is already there",
  ENOTEMPTY: "the directory is not empty",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EMFILE: "this process has too many open files",
  ENFILE: "the machine has too many open files",
  ETXTBSY: "the program is running",
  EBUSY: "it is in use",
};

/** What to do about it, where that is not plain from the reason. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "Free space there and run the same command again: it goes on from where it stopped.",
  EDQUOT: "Free space there and run the same command again: it goes on from where it stopped.",
  EROFS: "Mount it read-write, or choose a directory on another file system.",
  EACCES: "Run the command as root.",
};

/** The errno name (`ENOSPC`) of what a `Deno` file call threw; undefined when it was something else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code;
}

/** Whether the error says that nothing is at the path: it, or a directory on the way to it, is not there. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
}

/**
 * The error for a failed file operation: `Cannot <action> "<path>": <reason>; <state>`.
 * Errors that are no operating system's stay as they are.
 * @param action What was tried: `write`, `read`, `make the directory`.
 * @param state What things are like now, when that is not plain: `the file is as it was before`.
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

/** What lies at a path, as messages call it. */
export function kindOf(info: Deno.FileInfo): string {
  if (info.isSymlink) return "a symbolic link";
  if (info.isDirectory) return "a directory";
  if (info.isFile) return "a file";
  return info.isFifo ? "a named pipe" : info.isSocket ? "a socket" : "a device";
}
