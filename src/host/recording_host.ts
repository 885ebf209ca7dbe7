/**
 * A host on which changes are only recorded: later reads see them, the real host never does.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ChangeSink, Command, ContentDigest, FileContent, FileStat, Host, Wait, WaitEvent } from "../system.ts";
import {
  bytesOf,
  drain,
  drainSource,
  isAlready,
  isSource,
  isTold,
  knownOf,
  type PresentFile,
  streamOf,
  type Summary,
  summaryOf,
  writeChange,
} from "./content.ts";
import { releaseStreams } from "./child_streams.ts";
import { ancestorsOf, assertWritable, PARENT_MODE, splitPath } from "./durable.ts";
import { serviceChanges } from "./systemd.ts";
import { waitUntil } from "./wait.ts";

/** The state of a path after a recorded change. */
type Entry =
  | ({ kind: "file"; content: FileContent; mode: number; uid: number; gid: number; modified: Date } & ContentDigest)
  | { kind: "directory"; mode: number; modified: Date }
  | { kind: "gone" };

/** An overlay on `real`, whose changing methods are never called. Waits return what they assume, unless they are independent of recorded changes. */
export function recordingHost(real: Host, report: ChangeSink, onWait?: (event: WaitEvent) => void): Host {
  const overlay = new Map<string, Entry>();
  /** Removed trees: the content of the real host below them is hidden, whatever was created there since. */
  const removed = new Set<string>();

  /** The recorded state of the path, set for itself or by the removal of a parent. */
  function recorded(path: string): Entry | undefined {
    return overlay.get(path) ?? (ancestorsOf(path).some((above) => removed.has(above)) ? { kind: "gone" } : undefined);
  }

  async function read(path: string): Promise<Uint8Array | undefined> {
    const entry = recorded(path);
    if (entry === undefined) return await real.read(path);
    if (entry.kind === "directory") throw new UserError(`Cannot read "${path}": it is a directory`);
    if (entry.kind === "gone") return undefined;
    return isSource(entry.content) ? await new Response(streamOf(entry.content)).bytes() : bytesOf(entry.content);
  }
  async function stat(path: string): Promise<FileStat | undefined> {
    const entry = recorded(path);
    if (entry === undefined) return await real.stat(path);
    if (entry.kind === "gone") return undefined;
    const { kind, mode, modified } = entry;
    const { uid, gid, size } = entry.kind === "file" ? entry : { uid: real.uid(), gid: 0, size: 0 };
    return { kind, mode, size, uid, gid, modified };
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
        throw new UserError(`Cannot create the directory "${directory}": a file with this name already exists`);
      }
      if (there !== undefined) continue;
      const own = directory === path ? mode : PARENT_MODE;
      overlay.set(directory, { kind: "directory", mode: own, modified: real.now() });
      report({ kind: "directory", path: directory, mode: own });
    }
  }

  /** The file at the path, with its hash. */
  async function presentFile(path: string): Promise<PresentFile | undefined> {
    const there = await stat(path);
    assertWritable(path, there);
    if (there === undefined) return undefined;
    const entry = recorded(path);
    const content = entry === undefined ? await real.open(path) : undefined;
    const digest = content ? await drain(content) : entry?.kind === "file" ? entry : await summaryOf(new Uint8Array());
    const { mode, uid, gid } = there;
    return { mode, uid, gid, size: digest.size, sha256: digest.sha256 };
  }

  const host: Host = {
    now: () => real.now(),
    hostname: () => real.hostname(),
    workingDirectory: () => real.workingDirectory(),
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
    async open(path, from = 0) {
      const entry = recorded(path);
      if (entry === undefined) return await real.open(path, from);
      if (entry.kind === "directory") throw new UserError(`Cannot read "${path}": it is a directory`);
      return entry.kind === "file" ? after(streamOf(entry.content), from) : undefined;
    },
    stat,
    list,
    makeDirectory,

    async put(file) {
      const { path, mode, owner, content } = file;
      const there = await presentFile(path);
      let made = await knownOf(content);
      if (isAlready(there, file, made)) return;
      if (isSource(content) && !isTold(made, file)) made = await drainSource(path, content);
      if (isAlready(there, file, made)) return;
      const { directory } = splitPath(path);
      if (directory !== "/") await makeDirectory(directory, PARENT_MODE);
      const change = writeChange(file, made as Summary, there);
      await file.beforeChange?.(change);
      const { size, sha256 } = change;
      const { uid, gid } = owner ?? { uid: real.uid(), gid: 0 };
      overlay.set(path, { kind: "file", content, size, sha256, mode, uid, gid, modified: real.now() });
      report(change);
    },
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
    async run(command: Command) {
      await releaseStreams(command);
      report({ kind: "run", command: { argv: command.argv } });
    },
    services: {
      booted: () => real.services.booted(),
      manager: () => real.services.manager(),
      state: (unit) => real.services.state(unit),
      states: (units) => real.services.states(units),
      timer: (unit) => real.services.timer(unit),
      isEnabled: (unit) => real.services.isEnabled(unit),
      journal: (unit, lines) => real.services.journal(unit, lines),
      ...serviceChanges((command) => host.run(command)),
    },
    lock: () => Promise.resolve(),
    unlock: () => Promise.resolve(),
    async wait<T>(wait: Wait<T>) {
      if (wait.independent) return await waitUntil(wait, onWait); // a real wait, with progress
      report({ kind: "wait", what: wait.what });
      return wait.assume;
    },
  };
  return host;
}

/** What follows the first `count` bytes of a stream. */
function after(stream: ReadableStream<Uint8Array>, count: number): ReadableStream<Uint8Array> {
  if (count === 0) return stream;
  let left = count;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        const rest = piece.subarray(Math.min(left, piece.length));
        left -= piece.length - rest.length;
        if (rest.length > 0) controller.enqueue(rest);
      },
    }),
  );
}
