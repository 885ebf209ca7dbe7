/**
 * The machine that the program runs on.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ChangeSink, Command, FileStat, Host, InterfaceAddress, Wait, WaitEvent } from "../system.ts";
import {
  ancestorsOf,
  assertWritable,
  equalBytes,
  makeOneDirectory,
  PARENT_MODE,
  replaceFile,
  splitPath,
  syncDirectory,
} from "./durable.ts";
import { fileError, isAbsent } from "./failure.ts";
import { commandError } from "../programs.ts";
import { type HostLock, hostLock } from "./host_lock.ts";
import { isLocked } from "./lock.ts";
import { mountPoints } from "./mounts.ts";
import { execute } from "./process.ts";
import { removeTree } from "./tree.ts";
import { waitUntil } from "./wait.ts";
import { watchOf } from "./watched.ts";
import { commandLine, shellWord } from "../text/shell.ts";

/** How long a name may take to resolve, in ms: two tries of one name server at resolv.conf's default of 5 s. */
const RESOLVE_MS = 10_000;

/** The real host. `onWait` hears of each wait's progress, for a terminal; `own` is its lock, for tests in a place of theirs;
 * `signal` ends waits and child processes. */
export function linuxHost(
  report: ChangeSink,
  onWait?: (event: WaitEvent) => void,
  own: HostLock = hostLock(),
  signal?: AbortSignal,
): Host {
  const watch = watchOf(onWait ?? (() => {}));
  const host: Host = {
    now: () => new Date(),
    hostname: () => Deno.hostname(),
    environment: () => Deno.env.toObject(),
    uid: () => Deno.uid() ?? 0,
    cpus: () => navigator.hardwareConcurrency,
    addresses,
    read,
    readText: async (path) => {
      const bytes = await read(path);
      return bytes && new TextDecoder().decode(bytes);
    },
    stat,
    list,
    realPath,
    query: (command) => execute(command, signal),
    mounts: mountPoints,
    isLocked,
    portIsFree: (address, port) => new Promise((resolve) => resolve(portIsFree(address, port))),
    resolves,

    async write(path, content, mode, options) {
      const after = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const there = await stat(path);
      assertWritable(path, there);
      const before = there && await read(path);
      if (before !== undefined && there?.mode === mode && equalBytes(before, after)) return;
      const { directory } = splitPath(path);
      if (directory !== "/") await host.makeDirectory(directory, 0o755);
      await replaceFile(
        path,
        after,
        mode,
        () =>
          report({
            kind: "write",
            path,
            mode,
            ...(before === undefined ? {} : { before }),
            after,
            ...(options?.secret ? { secret: true } : {}),
          }),
      );
    },
    writeUserFile: (path, content, mode, options) => host.write(path, content, mode, options),
    async makeDirectory(path, mode) {
      for (const directory of [...ancestorsOf(path), path]) {
        if (await isDirectory(directory)) continue;
        const own = directory === path ? mode : PARENT_MODE;
        if (await makeOneDirectory(directory, own)) report({ kind: "directory", path: directory, mode: own });
      }
    },
    async remove(path) {
      try {
        await Deno.remove(path);
        report({ kind: "remove", path });
        await syncDirectory(splitPath(path).directory);
      } catch (error) {
        if (isAbsent(error)) return;
        throw await fileError("remove", path, error);
      }
    },
    async removeTree(path) {
      await removeTree(path, () => report({ kind: "remove", path }));
    },
    async run(command: Command) {
      const output = await watch(`"${commandLine(command.argv)}" to finish`, execute(command, signal));
      // One that fails may have had an effect all the same; one that could not be started had none.
      if (output.failure !== "not found" && output.failure !== "not executable") report({ kind: "run", command });
      if (output.failure !== undefined || output.code !== 0) throw commandError(command, output);
    },
    lock: (command) => own.lock(command),
    unlock: () => own.unlock(),
    wait<T>(wait: Wait<T>) {
      report({ kind: "wait", what: wait.what });
      return waitUntil(wait, onWait, undefined, signal);
    },
  };
  return host;
}

/** All addresses, zone suffixes (`fe80::1%eth0`) taken off. */
function addresses(): InterfaceAddress[] {
  return Deno.networkInterfaces().map(({ name, address, family }) => ({
    interface: name,
    address: address.split("%")[0] ?? address,
    family,
  }));
}

/** What Deno reads only with all permissions granted; a program of the system reads it for us then. */
const KERNEL_PATH = /^\/(proc|sys)\//;

/** Undefined only where the kernel has no such file; when that cannot be looked at, an error. */
async function readKernelFile(path: string): Promise<Uint8Array | undefined> {
  const command = { argv: ["cat", path] };
  const output = await execute(command);
  if (output.failure === undefined && output.code === 0) return new TextEncoder().encode(output.stdout);
  if (output.failure === undefined && /: No such file or directory\b|: Not a directory\b/.test(output.stderr)) {
    return undefined;
  }
  const cause = commandError(command, output);
  throw new UserError(`Cannot read "${path}": ${cause.message}`, { cause, hint: cause.hints });
}

async function read(path: string): Promise<Uint8Array | undefined> {
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

/** Longest file that is read whole, in bytes: nothing that a node has to do with is longer. */
const LONGEST_FILE = 64 << 20;

/** A descriptor that the caller's shell opened, `--config <(…)`: its writer is there, and ends. */
const OPENED_BY_CALLER = /^\/dev\/(stdin|fd\/\d+)$/;

/** /dev/null, which stands for a file that is empty: systemd masks units by it. */
async function isEmptyDevice(path: string): Promise<boolean> {
  return await Deno.realPath(path) === "/dev/null";
}

/** Refuses what is no file: a pipe that nobody writes to would be waited for, a device may have no end. */
function assertReadable(path: string, info: Deno.FileInfo): void {
  if (info.isFile || info.isDirectory || OPENED_BY_CALLER.test(path)) {
    if (info.size <= LONGEST_FILE) return;
    throw new UserError(`Cannot read "${path}": it has ${info.size} bytes, expected at most ${LONGEST_FILE}`);
  }
  const kind = info.isFifo ? "a named pipe" : info.isSocket ? "a socket" : "a device";
  throw new UserError(`Cannot read "${path}": it is ${kind}, expected a file`, {
    hint: `Look at it (ls -ld ${path}), then replace it by a file and run the same command again.`,
  });
}

async function stat(path: string): Promise<FileStat | undefined> {
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
    };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("look at", path, error);
  }
}

async function list(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path), (entry) => entry.name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw await fileError("list", path, error);
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw await fileError("look at", path, error);
  }
}

/** Whether a directory is there, or a link to one (/var/run). Anything else in its place is an error. */
async function isDirectory(path: string): Promise<boolean> {
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

/**
 * Tries to listen, as the server will. Deno sets SO_REUSEADDR as servers do: connections in TIME_WAIT do not count as
 * taken, listeners do, those on one address against a wildcard, too.
 */
function portIsFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    const state = error instanceof Deno.errors.AddrNotAvailable
      ? "no interface of this host has the address"
      : error instanceof Deno.errors.PermissionDenied
      ? "only root may use ports under 1024"
      : String(error);
    throw new UserError(`Cannot listen on "${hostname}" port ${port}: ${state}`, { cause: error });
  }
}

/** Asks what other programs ask: glibc with /etc/hosts and nsswitch.conf; where there is no `getent`, DNS. */
async function resolves(name: string): Promise<boolean> {
  const signal = AbortSignal.timeout(RESOLVE_MS);
  const { code, failure } = await execute({ argv: ["getent", "ahosts", "--", name] }, signal);
  if (failure === undefined) return code === 0;
  if (failure === "killed") return false; // by the time limit
  const asked = await Promise.allSettled(
    (["A", "AAAA"] as const).map((type) => Deno.resolveDns(name, type, { signal })),
  );
  return asked.some((answer) => answer.status === "fulfilled" && answer.value.length > 0);
}
