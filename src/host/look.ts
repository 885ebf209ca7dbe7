/**
 * Files as they are: reading and looking changes nothing.
 * @module
 */
import { UserError } from "../errors.ts";
import type { FileStat } from "../system.ts";
import { fileError, isAbsent, kindOf } from "./failure.ts";
import { commandError } from "../programs.ts";
import { execute } from "./process.ts";
import type { Timer } from "../timer.ts";
import { shellWord } from "../text/shell.ts";

/** What Deno reads only with all permissions granted; a program of the system reads it for us then. */
const KERNEL_PATH = /^\/(proc|sys)\//;

/** How long (ms) the kernel may take to tell what is in a file; some never end (/proc/kmsg, a trace_pipe). */
const KERNEL_MS = 10_000;

/**
 * A file of /proc or /sys; undefined only where the kernel has no such file; when that cannot be looked at, an error.
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

/** The bytes of the file, following links; undefined when nothing is there. */
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

/** The bytes of the file as a stream, following links; undefined when nothing is there. */
export async function open(path: string): Promise<ReadableStream<Uint8Array> | undefined> {
  try {
    const info = await Deno.stat(path);
    assertFile(path, info);
    if (info.isDirectory) throw new UserError(`Cannot read "${path}": it is a directory`);
    return (await Deno.open(path)).readable;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("read", path, error);
  }
}

/** Longest file that is read whole, in bytes: nothing that a node has to do with is longer. */
const LONGEST_FILE = 64 << 20;

/** A descriptor that the caller's shell opened, `--config <(…)`: its writer is there, and ends. */
const OPENED_BY_CALLER = /^\/dev\/(stdin|fd\/\d+)$/;

/** /dev/null, which stands for a file that is empty: systemd masks units by it. */
async function isEmptyDevice(path: string): Promise<boolean> {
  return await Deno.realPath(path) === "/dev/null";
}

/** Refuses what is no file, and what is too long to be held in memory. */
function assertReadable(path: string, info: Deno.FileInfo): void {
  assertFile(path, info);
  if (info.size <= LONGEST_FILE) return;
  throw new UserError(`Cannot read "${path}": it has ${info.size} bytes, expected at most ${LONGEST_FILE}`);
}

/** Refuses what is no file: a pipe that nobody writes to would be waited for, a device may have no end. */
function assertFile(path: string, info: Deno.FileInfo): void {
  if (info.isFile || info.isDirectory || OPENED_BY_CALLER.test(path)) return;
  throw new UserError(`Cannot read "${path}": it is ${kindOf(info)}, expected a file`, {
    hint: `Look at it (ls -ld ${shellWord(path)}), then replace it by a file and run the same command again.`,
  });
}

/** What lies at the path, links not followed; undefined when nothing is there. */
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
    throw await fileError("look at", path, error);
  }
}

/** Names in a directory, sorted; empty when it is not there. */
export async function list(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path), (entry) => entry.name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw await fileError("list", path, error);
  }
}

/** The path without symbolic links in it; undefined when nothing is there. */
export async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("look at", path, error);
  }
}

/** Whether a directory is there, or a link to one (/var/run). Anything else in its place is an error. */
export async function isDirectory(path: string): Promise<boolean> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw await fileError("make the directory", path, error);
  }
  if (info.isDirectory) return true;
  throw new UserError(`Cannot make the directory "${path}": a file is in its place`, {
    hint: `Look at it (ls -l ${shellWord(path)}), then move it away and run the same command again.`,
  });
}
