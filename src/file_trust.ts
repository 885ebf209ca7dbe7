/**
 * Whose word a file is: what others than root and this user may write decides nothing. Open to every room.
 * @module
 */
import type { FileStat } from "./system.ts";

/** The mode as ls(1) and chmod(1) count it, `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/**
 * Why others could have written what the file holds; undefined when they could not, or when nothing is there.
 * @param uid the user that the program runs as.
 */
export function writableByOthers({ kind, uid: owner, mode }: FileStat, uid: number): string | undefined {
  if (kind !== "file") return `it is a ${kind === "other" ? "device, socket or pipe" : kind}, expected a file`;
  if (owner !== 0 && owner !== uid) return `its owner is user ${owner}, expected user ${uid}`;
  if ((mode & 0o022) !== 0) return `its mode is ${octal(mode)}, expected one by which only its owner writes`;
  return undefined;
}
