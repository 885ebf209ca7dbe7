/**
 * A host on which changes are only recorded: later reads see them, the real host never does.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ChangeSink, Command, FileStat, Host, Wait, WaitEvent } from "../system.ts";
import { ancestorsOf, assertWritable, equalBytes, PARENT_MODE, splitPath } from "./durable.ts";
import { waitUntil } from "./wait.ts";

/** What a recorded change left at a path. */
type Entry =
  | { kind: "file"; bytes: Uint8Array; mode: number; modified: Date }
  | { kind: "directory"; mode: number; modified: Date }
  | { kind: "gone" };

/** An overlay on `real`, of which only observing methods are used. Waits answer what they assume, unless nothing that was recorded matters to them. */
export function recordingHost(real: Host, report: ChangeSink, onWait?: (event: WaitEvent) => void): Host {
  const overlay = new Map<string, Entry>();
  /** Removed with all below: what the real host has there is not seen any more, whatever was made there since. */
  const removed = new Set<string>();

  /** What was recorded for the path, itself or by the removal of something above it. */
  function recorded(path: string): Entry | undefined {
    return overlay.get(path) ?? (ancestorsOf(path).some((above) => removed.has(above)) ? { kind: "gone" } : undefined);
  }

  async function read(path: string): Promise<Uint8Array | undefined> {
    const entry = recorded(path);
    if (entry === undefined) return await real.read(path);
    if (entry.kind === "directory") throw new UserError(`Cannot read "${path}": it is a directory`);
    return entry.kind === "file" ? entry.bytes : undefined;
  }
  async function stat(path: string): Promise<FileStat | undefined> {
    const entry = recorded(path);
    if (entry === undefined) return await real.stat(path);
    if (entry.kind === "gone") return undefined;
    const { kind, mode, modified } = entry;
    return { kind, mode, size: entry.kind === "file" ? entry.bytes.length : 0, uid: real.uid(), gid: 0, modified };
  }
  async function list(path: string): Promise<string[]> {
    const names = new Set(recorded(path) ? [] : await real.list(path));
    const prefix = path === "/" ? "/" : `${path}/`;
    for (const [below, { kind }] of overlay) {
      const name = below.slice(prefix.length);
      if (!below.startsWith(prefix) || name.includes("/")) continue;
      if (kind === "gone") names.delete(name);
      else names.add(name);
    }
    return [...names].sort();
  }
  async function makeDirectory(path: string, mode: number): Promise<void> {
    for (const directory of [...ancestorsOf(path), path]) {
      const there = await stat(directory);
      if (there?.kind === "file" || there?.kind === "other") {
        throw new UserError(`Cannot make the directory "${directory}": a file is in its place`);
      }
      if (there !== undefined) continue;
      const own = directory === path ? mode : PARENT_MODE;
      overlay.set(directory, { kind: "directory", mode: own, modified: real.now() });
      report({ kind: "directory", path: directory, mode: own });
    }
  }

  const host: Host = {
    now: () => real.now(),
    hostname: () => real.hostname(),
    environment: () => real.environment(),
    uid: () => real.uid(),
    cpus: () => real.cpus(),
    addresses: () => real.addresses(),
    query: (command) => real.query(command),
    mounts: () => real.mounts(),
    isLocked: (path) => real.isLocked(path),
    realPath: (path) => real.realPath(path),
    portIsFree: (address, port) => real.portIsFree(address, port),
    resolves: (name) => real.resolves(name),
    read,
    readText: async (path) => {
      const bytes = await read(path);
      return bytes && new TextDecoder().decode(bytes);
    },
    stat,
    list,
    makeDirectory,

    async write(path, content, mode, options) {
      const after = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const there = await stat(path);
      assertWritable(path, there);
      const before = there && await read(path);
      if (before !== undefined && there?.mode === mode && equalBytes(before, after)) return;
      const { directory } = splitPath(path);
      if (directory !== "/") await makeDirectory(directory, 0o755);
      overlay.set(path, { kind: "file", bytes: after, mode, modified: real.now() });
      report({
        kind: "write",
        path,
        mode,
        ...(before === undefined ? {} : { before }),
        after,
        ...(options?.secret ? { secret: true } : {}),
      });
    },
    writeUserFile: (path, content, mode, options) => host.write(path, content, mode, options),
    async remove(path) {
      const there = await stat(path);
      if (there === undefined) return;
      if (there.kind === "directory" && (await list(path)).length > 0) {
        throw new UserError(`Cannot remove "${path}": the directory is not empty`);
      }
      overlay.set(path, { kind: "gone" });
      report({ kind: "remove", path });
    },
    async removeTree(path) {
      if (await stat(path) === undefined) return;
      for (const below of [...overlay.keys()]) if (below.startsWith(`${path}/`)) overlay.delete(below);
      overlay.set(path, { kind: "gone" });
      removed.add(path);
      report({ kind: "remove", path });
    },
    run(command: Command) {
      report({ kind: "run", command });
      return Promise.resolve();
    },
    lock: () => Promise.resolve(),
    unlock: () => Promise.resolve(),
    async wait<T>(wait: Wait<T>) {
      report({ kind: "wait", what: wait.what });
      return wait.independent ? await waitUntil(wait, onWait) : wait.assume;
    },
  };
  return host;
}
