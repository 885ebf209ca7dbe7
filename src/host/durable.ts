/**
 * Files that survive a crash: a path has the old content or the new one, never a part, whatever ends the program or the
 * machine in between.
 * @module
 */
import { UserError } from "../errors.ts";
import type { FileStat, FileToPut, Owner } from "../system.ts";
import { fileError, isAbsent } from "./failure.ts";
import { shellWord } from "../text/shell.ts";

/** When this process began, in ms since 1970: a temporary file from before that belongs to a run that was killed. */
const PROCESS_START = Date.now() - performance.now();

/** Makes temporary names unique in this process. */
let serial = 0;

/** Mode of missing parent directories, whatever the mode of the directory itself. */
export const PARENT_MODE = 0o755;

/** Splits an absolute path into its directory (`/` at least) and its last part. */
export function splitPath(path: string): { directory: string; name: string } {
  if (!path.startsWith("/") || path.endsWith("/") || path.includes("\0")) {
    throw new UserError(`Cannot use the path ${JSON.stringify(path)}: it must be the absolute path of a file`);
  }
  const slash = path.lastIndexOf("/");
  return { directory: slash === 0 ? "/" : path.slice(0, slash), name: path.slice(slash + 1) };
}

/** The directories on the way to a path, the top one first, without `/` and without the path itself. */
export function ancestorsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.slice(0, -1).map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
}

/** Refuses a target that is not a regular file: a symbolic link would lead elsewhere, a directory cannot be replaced. */
export function assertWritable(path: string, stat: FileStat | undefined): void {
  if (stat === undefined || stat.kind === "file") return;
  const state = {
    symlink: "it is a symbolic link; following it could overwrite another file",
    directory: "it is a directory, expected a file",
    other: "it is a device, socket or pipe, expected a file",
  }[stat.kind];
  throw new UserError(`Cannot write "${path}": ${state}`, {
    hint: `Check it (ls -ld ${shellWord(path)}), move it away, and rerun the command.`,
  });
}

/** Writes a piece of a file, all of it. */
export type WritePiece = (piece: Uint8Array) => Promise<void>;

/**
 * Writes a file with this mode and owner to the path, whose directory exists, and waits until the disk has it.
 * @param fill writes the content; the function it returns is called right before the path gets the new content. If it
 * returns nothing, the path stays unchanged.
 * @param onReplaced is called as soon as the path has the new content, whatever fails later.
 * @throws {UserError} with the state of the target; no temporary file is left behind.
 */
export async function replaceFile(
  { path, mode, owner }: Pick<FileToPut, "path" | "mode" | "owner">,
  fill: (write: WritePiece) => Promise<(() => Promise<void>) | undefined>,
  onReplaced: () => void,
): Promise<void> {
  const { directory, name } = splitPath(path);
  await removeLeftovers(directory, name);
  const temporary = `${directory === "/" ? "" : directory}/.kubewright-${name}.${Deno.pid}-${serial++}.tmp`;
  let renamed = false;
  try {
    const replace = await writeNew(temporary, mode, owner, fill);
    if (replace !== undefined) {
      await replace();
      await Deno.rename(temporary, path);
      renamed = true;
      onReplaced();
      await syncDirectory(directory);
    }
  } catch (error) {
    const state = renamed ? "the new content is written, but may not survive a power failure" : "it is unchanged";
    throw await fileError("write", path, error, state);
  } finally {
    if (!renamed) await Deno.remove(temporary).catch(() => undefined);
  }
}

/** Appends a line to a file that exists and waits until the disk has it. A torn last line (a crash) is ended first. */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    using file = await Deno.open(path, { read: true, append: true });
    const { size } = await file.stat();
    const last = new Uint8Array(1);
    if (size > 0) {
      await file.seek(-1, Deno.SeekMode.End);
      await file.read(last);
    }
    await writeAll(file, new TextEncoder().encode(`${size > 0 && last[0] !== 0x0a ? "\n" : ""}${line}\n`));
    await file.sync();
  } catch (error) {
    throw await fileError("append to", path, error);
  }
}

/** Creates one directory, whose parent exists, with exactly this mode; true when it did not exist before. */
export async function makeOneDirectory(path: string, mode: number): Promise<boolean> {
  try {
    await Deno.mkdir(path, { mode });
    await correctMode(path, mode, await Deno.lstat(path));
    await syncDirectory(splitPath(path).directory);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw await fileError("create the directory", path, error);
  }
}

/** Waits until the disk has the directory's entries. */
export async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(path);
  await directory.sync();
}

/** Creates a new file, never opening an existing one, and sets its owner and mode before its first byte, whatever the umask. */
async function writeNew(
  path: string,
  mode: number,
  owner: Owner | undefined,
  fill: (write: WritePiece) => Promise<(() => Promise<void>) | undefined>,
): Promise<(() => Promise<void>) | undefined> {
  using file = await Deno.open(path, { write: true, createNew: true, mode });
  const made = await file.stat();
  if (owner !== undefined && (made.uid !== owner.uid || made.gid !== owner.gid)) {
    await assertStays(path, `owner ${owner.uid}:${owner.gid}`);
    await Deno.chown(path, owner.uid, owner.gid);
  }
  await correctMode(path, mode, await file.stat());
  const replace = await fill((piece) => writeAll(file, piece));
  if (replace !== undefined) await file.sync();
  return replace;
}

/** Restores the mode bits that the umask or a new owner removed from a new file or directory. */
async function correctMode(path: string, mode: number, made: Deno.FileInfo): Promise<void> {
  if (((made.mode ?? mode) & 0o7777) === mode) return;
  await assertStays(path, `mode ${mode.toString(8).padStart(4, "0")}`);
  await Deno.chmod(path, mode);
}

/**
 * chmod and chown use a path: they are not called where another user could have replaced it with a link.
 * @throws {UserError} in a directory that other users may change; the new file or directory is removed.
 */
async function assertStays(path: string, wanted: string): Promise<void> {
  const parent = await Deno.realPath(splitPath(path).directory);
  const loose = await looseDirectory(parent);
  if (loose === undefined) return;
  await Deno.remove(path).catch(() => undefined);
  const hint = wanted.startsWith("mode")
    ? ["Set a umask that does not remove bits of the mode, and rerun the command: umask 022"]
    : [];
  throw new UserError(
    `Cannot set the ${wanted} of "${path}": other users may replace it, because they may change "${loose}"`,
    { hint: [...hint, `Show the directory: ls -ld ${shellWord(loose)}`] },
  );
}

/**
 * The first directory on the way down in which a user other than root and this one can replace entries of theirs; undefined
 * without one. In a sticky directory (/tmp) only an entry's owner can.
 */
export async function looseDirectory(path: string): Promise<string | undefined> {
  for (const directory of ["/", ...ancestorsOf(path), path]) {
    const { uid, mode } = await Deno.lstat(directory);
    const bits = mode ?? 0;
    const mayWrite = (bits & 0o022) !== 0 && (bits & 0o1000) === 0;
    if (mayWrite || uid !== 0 && uid !== Deno.uid()) return directory;
  }
  return undefined;
}

/** Writes all bytes: one call may write fewer. */
async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}

/**
 * Removes temporary files that killed runs left for this target. Files newer than this process belong to a parallel run,
 * unless their time is in the future (the clock was set back since).
 */
async function removeLeftovers(directory: string, name: string): Promise<void> {
  const prefix = `.kubewright-${name}.`;
  try {
    for await (const entry of Deno.readDir(directory)) {
      if (!entry.isFile || !entry.name.startsWith(prefix) || !/^\d+-\d+\.tmp$/.test(entry.name.slice(prefix.length))) {
        continue;
      }
      const path = `${directory}/${entry.name}`;
      const modified = (await Deno.lstat(path)).mtime?.getTime() ?? 0;
      if (modified < PROCESS_START || modified > Date.now() + 1000) await Deno.remove(path);
    }
  } catch (error) {
    if (!isAbsent(error)) throw await fileError("clean up in", directory, error);
  }
}
