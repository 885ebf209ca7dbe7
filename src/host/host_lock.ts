/**
 * The host's lock: one command at a time changes a host. It is a lock on an open file (flock(2)), so the kernel frees it
 * whenever its holder ends; the file names the holder.
 * @module
 */
import { HostBusy, UserError } from "../errors.ts";
import { errnoOf, fileError, isAbsent, kindOf } from "./failure.ts";
import { tryLock } from "./lock.ts";
import { shellWord } from "../text/shell.ts";

/** Directory of root's lock: cleared at boot, and not emptied by `reset`. */
export const LOCK_DIRECTORY = "/run/kubewright";

const FILE = "lock";

/** How often the file may disappear between opening and locking it: each time another run just ended. */
const ATTEMPTS = 100;

/** The holder of the lock. */
interface Holder {
  pid: number;
  /** Words of the command, `init phase`, without flags and their values. */
  command: string;
  /** RFC 3339, UTC. */
  since: string;
}

/** Locks the host for this process. */
export interface HostLock {
  /** @throws {HostBusy} when another process holds it; {@linkcode UserError} when it cannot be locked. */
  lock(command: string): Promise<void>;
  /** Unlocks and removes the file; a no-op without the lock. */
  unlock(): Promise<void>;
}

/** The lock in this directory, which is created with mode 0700; default: root's, or the user's own. */
export function hostLock(directory = defaultDirectory()): HostLock {
  let held: Deno.FsFile | undefined;
  const path = `${directory}/${FILE}`;
  return {
    async lock(command) {
      try {
        held ??= await take(directory, path, command);
        await writeHolder(held, { pid: Deno.pid, command, since: new Date().toISOString().replace(/\.\d+Z$/, "Z") });
      } catch (error) {
        throw await fileError("lock this host with", path, error);
      }
    },
    async unlock() {
      const file = held;
      held = undefined;
      if (file === undefined) return;
      // While it is still locked: a process that has opened the file then finds it removed, and creates a new one.
      await Deno.remove(path).catch(() => undefined);
      file.close();
      await Deno.remove(directory).catch(() => undefined); // another run may already have its file there
    },
  };
}

/** Users other than root do not change the host, but may write certificates to a directory of their own. */
function defaultDirectory(): string {
  const uid = Deno.uid() ?? 0;
  if (uid === 0) return LOCK_DIRECTORY;
  const own = Deno.env.get("XDG_RUNTIME_DIR");
  return own?.startsWith("/") ? `${own}/kubewright` : `/tmp/kubewright-${uid}`;
}

async function take(directory: string, path: string, command: string): Promise<Deno.FsFile> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await makePrivate(directory);
    const file = await openOwn(path);
    if (file === undefined) continue;
    if (!await tryLock(file, true)) {
      const holder = await readHolder(path);
      file.close();
      throw busy(command, holder);
    }
    if (await isStillAt(file, path)) return file;
    file.close();
  }
  throw new UserError(`Cannot lock this host with "${path}": other runs removed the file ${ATTEMPTS} times`);
}

/** Creates the directory, and refuses one in which another user could replace the lock's file. */
async function makePrivate(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const info = await Deno.lstat(directory).catch((error) => {
    if (isAbsent(error)) return undefined; // another run ended
    throw error;
  });
  if (info) assertOwn(directory, info, "directory");
}

function assertOwn(path: string, info: Deno.FileInfo, wanted: "directory" | "file"): void {
  const fits = wanted === "directory" ? info.isDirectory : info.isFile;
  const mode = (info.mode ?? 0) & 0o7777;
  const why = !fits
    ? `it is ${kindOf(info)}, expected a ${wanted}`
    : info.uid !== Deno.uid()
    ? `its owner is user ${info.uid}, expected user ${Deno.uid()}`
    : (mode & 0o022) !== 0
    ? `its mode is ${mode.toString(8).padStart(4, "0")}, expected no write permission for group and others`
    : undefined;
  if (why === undefined) return;
  throw new UserError(`Cannot lock this host with "${path}": ${why}`, {
    hint: `Check it (ls -ld ${shellWord(path)}), remove it, and rerun the command.`,
  });
}

/** Opens the lock's file, or creates it; undefined when its directory was removed in between. */
async function openOwn(path: string): Promise<Deno.FsFile | undefined> {
  try {
    const there = await Deno.lstat(path).catch((error) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (there) assertOwn(path, there, "file");
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether the path still names the open file: its last holder removes it. */
async function isStillAt(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    const [open, there] = await Promise.all([file.stat(), Deno.lstat(path)]);
    return open.ino === there.ino && open.dev === there.dev;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function writeHolder(file: Deno.FsFile, holder: Holder): Promise<void> {
  await file.truncate(0);
  await file.seek(0, Deno.SeekMode.Start);
  const bytes = new TextEncoder().encode(`${JSON.stringify(holder)}\n`);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}

/** The holder; undefined when the file does not name it, such as before the holder has written it. */
async function readHolder(path: string): Promise<Holder | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const { pid, command, since } = JSON.parse(await Deno.readTextFile(path));
      if (Number.isInteger(pid) && /^[a-z -]{1,40}$/.test(command) && /^[\dTZ:-]{20}$/.test(since)) {
        return { pid, command, since };
      }
    } catch {
      // Not written yet, or removed.
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return undefined;
}

function busy(command: string, holder: Holder | undefined): HostBusy {
  const who = holder
    ? `"${holder.command}" (process ${holder.pid}) since ${holder.since}`
    : "another kubewright command";
  const hint = holder
    ? `Wait for process ${holder.pid} to end and rerun the command. Show the process: ps -fp ${holder.pid}`
    : "Wait for it to end and rerun the command.";
  return new HostBusy(`Cannot run "${command}": this host is being changed by ${who}`, { hint });
}
