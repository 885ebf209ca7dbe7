/**
 * Locks on open files (flock(2)): the kernel frees them when their holder ends, however it ends.
 * @module
 */
import { fileError, isAbsent } from "./failure.ts";

/** How long a lock that nobody holds may take where it can only be waited for, in ms. */
const GRANTED_MS = 500;

/** Takes the lock, unless somebody else has it. */
export async function tryLock(file: Deno.FsFile, exclusive: boolean): Promise<boolean> {
  // Deno 2.6 has only the call that waits, in a thread of its own. One that waits in vain ends with the process.
  if (typeof file.tryLock === "function") return await file.tryLock(exclusive);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const busy = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), GRANTED_MS));
  try {
    return await Promise.race([file.lock(exclusive).then(() => true), busy]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether another process holds a lock on the file; false when nothing is there.
 * @throws {UserError} when that cannot be looked at.
 */
export async function isLocked(path: string): Promise<boolean> {
  let file: Deno.FsFile | undefined;
  try {
    if (!(await Deno.lstat(path)).isFile) return false;
    file = await Deno.open(path);
    return !await tryLock(file, false);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw await fileError("look at the lock of", path, error);
  } finally {
    file?.close();
  }
}
