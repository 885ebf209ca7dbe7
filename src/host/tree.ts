/**
 * Removes a directory with its content and nothing else: no link is followed, no mount crossed.
 * @module
 */
import { UserError } from "../errors.ts";
import { splitPath, syncDirectory } from "./durable.ts";
import { fileError, isAbsent } from "./failure.ts";
import { mountPoints } from "./mounts.ts";
import { shellWord } from "../text/shell.ts";

/**
 * Removes the file at the path, or the directory with everything below it.
 * @param removed is called once when something was removed, also when the rest could not be removed.
 * @throws {UserError} before anything is removed, when something is mounted there or below (its content is not ours), or
 * when the mounts cannot be listed.
 */
export async function removeTree(path: string, removed: () => void): Promise<void> {
  const { directory, name } = splitPath(path);
  try {
    if (!await isThere(path)) return;
    const real = `${await Deno.realPath(directory)}/${name}`.replace(/^\/\//, "/");
    const mount = (await mountPoints()).find((point) => point === real || point.startsWith(`${real}/`));
    if (mount !== undefined) {
      throw new UserError(`Cannot remove "${path}": something is mounted at "${mount}"; nothing was removed`, {
        hint: `Unmount it and rerun the command: umount ${shellWord(mount)}`,
      });
    }
    try {
      await removeAll(path);
    } finally {
      removed(); // when it fails, a part of the tree is already removed
    }
    await syncDirectory(directory);
  } catch (error) {
    if (isAbsent(error)) return; // its directory was removed
    throw await fileError("remove", path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Links below are removed, not followed. A file that another process removes at the same time is not an error. */
async function removeAll(path: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (!isAbsent(error) || attempt === 10) throw error;
      if (!await isThere(path)) return;
    }
  }
}
