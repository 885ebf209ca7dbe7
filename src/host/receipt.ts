/**
 * The receipt: what this program made on this host, so that it can be removed again, exactly that and nothing else.
 * JSON lines, each on disk before what it tells of happens.
 * @module
 */
import { UserError } from "../errors.ts";
import { writableByOthers } from "../file_trust.ts";
import type { Host } from "../system.ts";
import { ancestorsOf, appendLine, splitPath } from "./durable.ts";

/** Where the receipt is. */
export const RECEIPT_PATH = "/var/lib/kubewright/receipt.jsonl";

/** One line: the first time that something was made at a path, or that a file which we had not made was replaced. */
export interface ReceiptEntry {
  kind: "file" | "directory" | "overwrote";
  path: string;
  /** RFC 3339, UTC. */
  at: string;
}

/** First line of a new receipt. */
const HEADER = `${JSON.stringify({ kind: "receipt", version: 1 })}\n`;

/** Reads the receipt; empty when there is none. Lines that a crash tore, and kinds of later versions, are left out. */
export async function readReceipt(host: Host, path = RECEIPT_PATH): Promise<ReceiptEntry[]> {
  const entries: ReceiptEntry[] = [];
  const there = await host.stat(path);
  const why = there && writableByOthers(there, host.uid());
  if (why !== undefined) throw receiptError(path, why);
  for (const line of (await host.readText(path) ?? "").split("\n")) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      continue; // torn by a crash: what it was to tell of had not happened yet
    }
    if (isEntry(value)) entries.push(value);
  }
  return entries;
}

/** What is in the receipt is removed by `reset`: nobody else may have written it. */
function receiptError(path: string, why: string): UserError {
  return new UserError(`Cannot use the receipt "${path}": ${why}`, {
    hint:
      `Look at what it holds. If it is right: chown root:root ${path} && chmod 0600 ${path}, and rerun the command.`,
  });
}

function isEntry(value: unknown): value is ReceiptEntry {
  if (typeof value !== "object" || value === null) return false;
  const { kind, path, at } = value as Record<string, unknown>;
  return (kind === "file" || kind === "directory" || kind === "overwrote") && typeof path === "string" &&
    typeof at === "string";
}

/** How {@linkcode receiptHost} keeps its file. */
export interface ReceiptOptions {
  path?: string;
  /** Appends a line to the receipt and waits until the disk has it. A dry run passes one that does nothing. */
  append?(path: string, line: string): Promise<void>;
}

/**
 * A host that keeps the receipt of what is made through it. The receipt file is made by the first entry, through `host`,
 * so it is a Change like every other; its lines are not.
 */
export function receiptHost(
  host: Host,
  { path: receipt = RECEIPT_PATH, append = appendLine }: ReceiptOptions = {},
): Host {
  let known: Promise<Set<string>> | undefined;
  let last: Promise<void> = Promise.resolve();
  const own = splitPath(receipt).directory;

  async function open(): Promise<Set<string>> {
    const paths = new Set((await readReceipt(host, receipt)).map(({ path }) => path));
    if (await host.stat(receipt) === undefined) {
      await host.makeDirectory(own, 0o700);
      await host.put({ path: receipt, mode: 0o600, content: HEADER });
    }
    return paths;
  }

  /** Appends what is new, one after another even when callers are not. */
  function note(kind: ReceiptEntry["kind"], path: string): Promise<void> {
    const noted = last.then(async () => {
      const paths = await (known ??= open());
      if (paths.has(path)) return;
      await append(receipt, JSON.stringify({ kind, path, at: host.now().toISOString() } satisfies ReceiptEntry));
      paths.add(path);
    });
    last = noted.catch(() => undefined);
    return noted;
  }

  async function noteMissing(directories: readonly string[]): Promise<void> {
    for (const directory of directories) {
      if (await host.stat(directory) === undefined) await note("directory", directory);
    }
  }

  return {
    now: () => host.now(),
    hostname: () => host.hostname(),
    environment: () => host.environment(),
    uid: () => host.uid(),
    cpus: () => host.cpus(),
    addresses: () => host.addresses(),
    portIsFree: (address, port) => host.portIsFree(address, port),
    resolves: (name) => host.resolves(name),
    read: (path) => host.read(path),
    readText: (path) => host.readText(path),
    open: (path) => host.open(path),
    stat: (path) => host.stat(path),
    list: (path) => host.list(path),
    realPath: (path) => host.realPath(path),
    mounts: () => host.mounts(),
    isLocked: (path) => host.isLocked(path),
    query: (command) => host.query(command),

    async put(file) {
      if (file.userFile) return await host.put(file);
      const { path } = file;
      if (await host.stat(path) === undefined) await noteMissing(ancestorsOf(path));
      await host.put({
        ...file,
        async beforeChange(change) {
          await file.beforeChange?.(change);
          await note(change.before === undefined ? "file" : "overwrote", path);
        },
      });
    },
    async makeDirectory(path, mode) {
      await noteMissing([...ancestorsOf(path), path]);
      await host.makeDirectory(path, mode);
    },
    // What is gone stays in the receipt: it may be made again, and is ours then, too.
    remove: (path) => host.remove(path),
    removeTree: (path) => host.removeTree(path),
    run: (command) => host.run(command),
    services: host.services,
    lock: (command) => host.lock(command),
    unlock: () => host.unlock(),
    wait: (wait) => host.wait(wait),
  };
}
