/**
 * Observes files: reads and stats, never changes.
 * @module
 */
import { UserError } from "../errors.ts";
import type { FileStat } from "../system.ts";
import { fileError, isAbsent, kindOf } from "./failure.ts";
import { commandError } from "../programs.ts";
import { execute } from "./process.ts";
import type { Timer } from "../timer.ts";
import { shellWord } from "../text/shell.ts";

/** Deno reads these only with all permissions granted; `cat` reads them instead. */
const KERNEL_PATH = /^\/(proc|sys)\//;

/** How long (ms) reading a kernel file may take; some never end (/proc/kmsg, a trace_pipe). */
const KERNEL_MS = 10_000;

/**
 * A file of /proc or /sys; undefined only when the kernel has no such file; any other failure is an error.
 * @param timer for tests.
 */
export async function readKernelFile(path: string, timer?: Timer): Promise<Uint8Array | undefined> {
  const command = { argv: ["cat", path], timeoutMs: KERNEL_MS };
  const output = await execute(command, timer ? { timer } : {});
  if (output.failure === undefined && output.code === 0) return new TextEncoder().encode(output.stdout);
  if (output.failure === undefined && /: No such file or directory\b|: Not a directory\b/.test(output.stderr)) {
    return undefined;
  }
  const cause = commandError(command, output);
  throw new UserError(`Cannot read "${path}": ${cause.message}`, { cause, hint: cause.hints });
}

/** The bytes of the file, following links; undefined when it does not exist. */
export async function read(path: string): Promise<Uint8Array | undefined> {
  if (KERNEL_PATH.test(path)) return await readKernelFile(path);
  try {
    const info = await Deno.stat(path);
    if (!info.isFile && await isEmptyDevice(path)) return new Uint8Array();
    assertReadable(path, info);
    return await Deno.readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("read", path, error);
  }
}

/** The bytes of the file as a stream, following links; undefined when it does not exist. */
export async function open(path: string, from = 0): Promise<ReadableStream<Uint8Array> | undefined> {
  try {
    const info = await Deno.stat(path);
    assertFile(path, info);
    if (info.isDirectory) throw new UserError(`Cannot read "${path}": it is a directory`);
    const file = await Deno.open(path);
    if (from > 0) await file.seek(from, Deno.SeekMode.Start);
    return file.readable;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("read", path, error);
  }
}

/** Longest file that is read whole, in bytes: no file of a node is longer. */
const LONGEST_FILE = 64 << 20;

/** A descriptor that the caller's shell opened, `--config <(…)`: it has a writer, which ends. */
const OPENED_BY_CALLER = /^\/dev\/(stdin|fd\/\d+)$/;

/** /dev/null, which stands for an empty file: systemd masks units with it. */
async function isEmptyDevice(path: string): Promise<boolean> {
  return await Deno.realPath(path) === "/dev/null";
}

/** Refuses anything that is not a file or is too long to hold in memory. */
function assertReadable(path: string, info: Deno.FileInfo): void {
  assertFile(path, info);
  if (info.size <= LONGEST_FILE) return;
  throw new UserError(`Cannot read "${path}": it has ${info.size} bytes, expected at most ${LONGEST_FILE}`);
}

/** Refuses anything that is not a file: a pipe without a writer would block, a device may have no end. */
function assertFile(path: string, info: Deno.FileInfo): void {
  if (info.isFile || info.isDirectory || OPENED_BY_CALLER.test(path)) return;
  throw new UserError(`Cannot read "${path}": it is ${kindOf(info)}, expected a file`, {
    hint: `Check it (ls -ld ${shellWord(path)}), replace it with a file, and rerun the command.`,
  });
}

/** The file at the path, links not followed; undefined when it does not exist. */
export async function stat(path: string): Promise<FileStat | undefined> {
  try {
    const info = await Deno.lstat(path);
    const kind = info.isSymlink ? "symlink" : info.isFile ? "file" : info.isDirectory ? "directory" : "other";
    return {
      kind,
      mode: (info.mode ?? 0) & 0o7777,
      size: info.size,
      uid: info.uid ?? 0,
      gid: info.gid ?? 0,
      modified: info.mtime ?? new Date(0),
      ...info.isSymlink ? { target: await Deno.readLink(path) } : {},
    };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("inspect", path, error);
  }
}

/** Names in a directory, sorted; empty when it does not exist. */
export async function list(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path), (entry) => entry.name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw await fileError("list", path, error);
  }
}

/** The path without symbolic links in it; undefined when it does not exist. */
export async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("inspect", path, error);
  }
}

/** Whether a directory, or a link to one (/var/run), exists. Any other kind of file there is an error. */
export async function isDirectory(path: string): Promise<boolean> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw await fileError("create the directory", path, error);
  }
  if (info.isDirectory) return true;
  throw new UserError(`Cannot create the directory "${path}": a file with this name already exists`, {
    hint: `Check it (ls -l ${shellWord(path)}), move it away, and rerun the command.`,
  });
}
