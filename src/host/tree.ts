/**
 * Removing a directory with all that is in it, and nothing that is elsewhere: no link is followed, no mount crossed.
 * @module
 */
import { UserError } from "../errors.ts";
import { splitPath, syncDirectory } from "./durable.ts";
import { fileError, isAbsent } from "./failure.ts";
import { execute } from "./process.ts";

/**
 * Removes what lies at the path, a directory with everything below it.
 * @returns false when nothing was there.
 * @throws {UserError} when something is mounted there or below: what it shows is somebody else's, and nothing is removed.
 */
export async function removeTree(path: string): Promise<boolean> {
  const { directory } = splitPath(path);
  try {
    const real = `${await Deno.realPath(directory)}/${splitPath(path).name}`;
    const [mount] = (await mountPoints()).filter((point) => point === real || point.startsWith(`${real}/`));
    if (mount !== undefined) {
      throw new UserError(`Cannot remove "${path}": something is mounted at "${mount}"; nothing was removed`, {
        hint: `Unmount it and run the same command again: umount ${mount}`,
      });
    }
    await Deno.remove(path, { recursive: true }); // links below are removed, not followed
    await syncDirectory(directory);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw await fileError("remove", path, error);
  }
}

/** Every mount point of this process's view of the machine. */
async function mountPoints(): Promise<string[]> {
  const { stdout } = await execute({ argv: ["cat", "/proc/self/mountinfo"] });
  return stdout.split("\n").map((line) => line.split(" ")[4] ?? "").filter(Boolean)
    .map((point) => point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
}
