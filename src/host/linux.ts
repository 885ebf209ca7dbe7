/**
 * The machine that the program runs on.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ChangeSink, Command, Host, InterfaceAddress, Wait, WaitEvent } from "../system.ts";
import { ancestorsOf, makeOneDirectory, PARENT_MODE, splitPath, syncDirectory } from "./durable.ts";
import { fileError, isAbsent } from "./failure.ts";
import { commandError } from "../programs.ts";
import { type HostLock, hostLock } from "./host_lock.ts";
import { isLocked } from "./lock.ts";
import { isDirectory, list, open, read, realPath, stat } from "./look.ts";
import { mountPoints } from "./mounts.ts";
import { execute } from "./process.ts";
import { put } from "./put.ts";
import { systemdServices } from "./systemd.ts";
import { removeTree } from "./tree.ts";
import { waitUntil } from "./wait.ts";
import { watchOf } from "./watched.ts";
import { commandLine } from "../text/shell.ts";

/** How long a name may take to resolve, in ms: two tries of one name server at resolv.conf's default of 5 s. */
const RESOLVE_MS = 10_000;

/** @throws {UserError} when it was removed, or its path may not be read. */
function workingDirectory(): string {
  try {
    return Deno.cwd();
  } catch (cause) {
    throw new UserError("Cannot determine the working directory: it was removed, or its path is not readable", {
      cause,
    });
  }
}

/** The real host. `onWait` receives the progress of waits, for a terminal; `own` is its lock, for tests in their own
 * directory; `signal` ends waits and child processes. */
export function linuxHost(
  report: ChangeSink,
  onWait?: (event: WaitEvent) => void,
  own: HostLock = hostLock(),
  signal?: AbortSignal,
): Host {
  const watch = watchOf(onWait ?? (() => {}));
  const host: Omit<Host, "services"> = {
    now: () => new Date(),
    hostname: () => Deno.hostname(),
    workingDirectory,
    environment: () => Deno.env.toObject(),
    uid: () => Deno.uid() ?? 0,
    cpus: () => navigator.hardwareConcurrency,
    addresses,
    read,
    readText: async (path) => {
      const bytes = await read(path);
      return bytes && new TextDecoder().decode(bytes);
    },
    open,
    stat,
    list,
    realPath,
    query: (command) => execute(command, { signal }),
    mounts: mountPoints,
    isLocked,
    portIsFree: (address, port) => new Promise((resolve) => resolve(portIsFree(address, port))),
    resolves,

    put: (file) => put(file, host.makeDirectory, report),
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
      const { argv } = command;
      const output = await watch(`"${commandLine(argv)}" to finish`, execute(command, { forEffect: true, signal }));
      // A command that fails may have had an effect; one that could not be started had none.
      if (output.failure !== "not found" && output.failure !== "not executable") {
        report({ kind: "run", command: { argv } });
      }
      if (output.failure !== undefined || output.code !== 0) throw commandError(command, output);
    },
    lock: (command) => own.lock(command),
    unlock: () => own.unlock(),
    wait<T>(wait: Wait<T>) {
      report({ kind: "wait", what: wait.what });
      return waitUntil(wait, onWait, undefined, signal);
    },
  };
  return { ...host, services: systemdServices(host) };
}

/** All addresses, without zone suffixes (`fe80::1%eth0`). */
function addresses(): InterfaceAddress[] {
  return Deno.networkInterfaces().map(({ name, address, family }) => ({
    interface: name,
    address: address.split("%")[0] ?? address,
    family,
  }));
}

/**
 * Tries to listen, as the server will. Deno sets SO_REUSEADDR as servers do: connections in TIME_WAIT do not occupy a port;
 * listeners do, also one on a single address against a wildcard.
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
      ? "only root may use ports below 1024"
      : String(error);
    throw new UserError(`Cannot listen on "${hostname}" port ${port}: ${state}`, { cause: error });
  }
}

/** Resolves as other programs do: glibc with /etc/hosts and nsswitch.conf; without `getent`, DNS. */
async function resolves(name: string): Promise<boolean> {
  const { code, failure } = await execute({ argv: ["getent", "ahosts", "--", name], timeoutMs: RESOLVE_MS });
  if (failure === undefined) return code === 0;
  if (failure === "killed" || failure === "timed out") return false;
  const signal = AbortSignal.timeout(RESOLVE_MS);
  const asked = await Promise.allSettled(
    (["A", "AAAA"] as const).map((type) => Deno.resolveDns(name, type, { signal })),
  );
  return asked.some((answer) => answer.status === "fulfilled" && answer.value.length > 0);
}
