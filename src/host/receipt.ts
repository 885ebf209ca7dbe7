/**
 * Keeps the receipt: what this program created on this host, so that `reset` can remove exactly that and nothing else.
 * Each line is on disk before its change happens.
 * @module
 */
import {
  copyNameOf,
  type Made,
  readReceipt,
  RECEIPT_PATH,
  RECEIPT_VERSION,
  receiptHeader,
  receiptLine,
  type Replaced,
  replacedDirectory,
  subjectOf,
} from "../receipt.ts";
import type { FileToPut, Host, Services } from "../system.ts";
import { ancestorsOf, appendLine, splitPath } from "./durable.ts";

/** How {@linkcode receiptHost} keeps its file. */
export interface ReceiptOptions {
  path?: string;
  /** Appends a line to the receipt and waits until the disk has it. A dry run passes one that does nothing. */
  append?(path: string, line: string): Promise<void>;
}

/** Writes the receipt. */
export interface ReceiptWriter {
  /** Whether it has an entry. */
  knows(made: Made): Promise<boolean>;
  /** Appends an entry if there is none; entries are written one after another, even for parallel callers. */
  note(made: Made): Promise<void>;
}

/** The first entry creates the receipt file through `host`, so it is a Change like every other; its lines are not. */
export function receiptWriter(
  host: Host,
  { path: receipt = RECEIPT_PATH, append = appendLine }: ReceiptOptions = {},
): ReceiptWriter {
  let opened: Promise<Set<string>> | undefined;
  let last: Promise<void> = Promise.resolve();

  async function open(): Promise<Set<string>> {
    const { entries, version } = await readReceipt(host, receipt);
    if (await host.stat(receipt) === undefined) {
      await host.makeDirectory(splitPath(receipt).directory, 0o700);
      await host.put({ path: receipt, mode: 0o600, content: `${receiptHeader()}\n` });
    } else if (version !== RECEIPT_VERSION) await append(receipt, receiptHeader());
    return new Set(entries.map(subjectOf));
  }

  const known = () => opened ??= open();
  return {
    knows: async (made) => (await known()).has(subjectOf(made)),
    note(made) {
      const noted = last.then(async () => {
        const subjects = await known();
        if (subjects.has(subjectOf(made))) return;
        await append(receipt, receiptLine(made, host.now()));
        subjects.add(subjectOf(made));
      });
      last = noted.catch(() => undefined);
      return noted;
    },
  };
}

/** A host that records in the receipt what is created through it. */
export function receiptHost(host: Host, options: ReceiptOptions = {}): Host {
  const receipt = receiptWriter(host, options);
  const copies = replacedDirectory(options.path);

  async function noteMissing(directories: readonly string[]): Promise<void> {
    for (const path of directories) {
      if (await host.stat(path) === undefined) await receipt.note({ kind: "directory", path });
    }
  }

  /** Copies the file at the path, readable only for this user. */
  async function setAside(path: string): Promise<Replaced> {
    const [there, content, copy] = await Promise.all([host.stat(path), host.read(path), copyNameOf(path)]);
    if (!there || !content) throw new Error(`"${path}" was removed while it was being replaced`);
    const { mode, uid, gid } = there;
    await host.makeDirectory(copies, 0o700);
    await host.put({ path: `${copies}/${copy}`, mode: 0o600, secret: true, content });
    return { copy, was: { mode, uid, gid } };
  }

  /** Notes a file that will be written. @param before whether a file exists there. */
  async function noteFile({ path, setAside: keeps }: FileToPut, before: boolean): Promise<void> {
    const made: Made = { kind: "file", path };
    if (!before || await receipt.knows(made)) return await receipt.note(made);
    await receipt.note({ ...made, replaced: keeps ? await setAside(path) : {} });
  }

  return {
    now: () => host.now(),
    hostname: () => host.hostname(),
    workingDirectory: () => host.workingDirectory(),
    environment: () => host.environment(),
    uid: () => host.uid(),
    cpus: () => host.cpus(),
    addresses: () => host.addresses(),
    portIsFree: (address, port) => host.portIsFree(address, port),
    resolves: (name) => host.resolves(name),
    read: (path) => host.read(path),
    readText: (path) => host.readText(path),
    open: (path, from) => host.open(path, from),
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
          await noteFile(file, change.before !== undefined);
        },
      });
    },
    async makeDirectory(path, mode) {
      await noteMissing([...ancestorsOf(path), path]);
      await host.makeDirectory(path, mode);
    },
    // A removed path stays in the receipt: it may be created again, and is then also ours.
    remove: (path) => host.remove(path),
    removeTree: (path) => host.removeTree(path),
    run: (command) => host.run(command),
    services: receiptServices(host.services, receipt),
    lock: (command) => host.lock(command),
    unlock: () => host.unlock(),
    wait: (wait) => host.wait(wait),
  };
}

/** The services; the receipt records the units that this program enables. */
function receiptServices(services: Services, receipt: ReceiptWriter): Services {
  return {
    booted: () => services.booted(),
    manager: () => services.manager(),
    state: (unit) => services.state(unit),
    states: (units) => services.states(units),
    timer: (unit) => services.timer(unit),
    isEnabled: (unit) => services.isEnabled(unit),
    journal: (unit, lines) => services.journal(unit, lines),
    start: (unit) => services.start(unit),
    stop: (unit) => services.stop(unit),
    restart: (unit) => services.restart(unit),
    async enable(unit, options) {
      if (!await services.isEnabled(unit)) await receipt.note({ kind: "unit", name: unit });
      await services.enable(unit, options);
    },
    disable: (unit, options) => services.disable(unit, options),
    resetFailed: (unit) => services.resetFailed(unit),
    daemonReload: () => services.daemonReload(),
  };
}
