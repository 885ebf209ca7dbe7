/**
 * Locks on open files (flock(2)): the kernel frees them whenever their holder ends.
 * @module
 */
import { fileError, isAbsent } from "./failure.ts";

/** How long (ms) a free lock may take, where Deno has only the call that waits. */
const GRANTED_MS = 500;

/** Locks the file, unless another process holds the lock. */
export async function tryLock(file: Deno.FsFile, exclusive: boolean): Promise<boolean> {
  // Deno 2.6 has only the call that waits, in a thread of its own. A call that never returns ends with the process.
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
 * Whether another process holds a lock on the file; false when the file does not exist.
 * @throws {UserError} when that cannot be determined.
 */
export async function isLocked(path: string): Promise<boolean> {
  let file: Deno.FsFile | undefined;
  try {
    if (!(await Deno.lstat(path)).isFile) return false;
    file = await Deno.open(path);
    return !await tryLock(file, false);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw await fileError("check the lock of", path, error);
  } finally {
    file?.close();
  }
}
