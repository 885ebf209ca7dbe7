/**
 * Whose word a file is: what others than root and this user may write decides nothing. Open to every room.
 * @module
 */
import type { FileStat, Host } from "./system.ts";
import { shellWord } from "./text/shell.ts";

/** The mode as ls(1) and chmod(1) count it, `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** What lies somewhere, as messages call it. */
export function kindName(kind: FileStat["kind"]): string {
  return kind === "other" ? "device, socket or pipe" : kind;
}

/**
 * Why others could have written what the file holds; undefined when they could not, or when nothing is there.
 * @param uid the user that the program runs as.
 */
export function writableByOthers({ kind, uid: owner, mode }: FileStat, uid: number): string | undefined {
  if (kind !== "file") return `it is a ${kindName(kind)}, expected a file`;
  if (owner !== 0 && owner !== uid) return `its owner is user ${owner}, expected user ${uid}`;
  if ((mode & 0o022) !== 0) return `its mode is ${octal(mode)}, expected one by which only its owner writes`;
  return undefined;
}

/** Why a file's word is not taken: where, what is wrong there, and a command that puts it right once it was looked at. */
export interface Untaken {
  readonly path: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * Why nobody may go by what the file at the path holds: it is no file, or others could have written it, or put it there;
 * undefined when its word can be taken, or nothing is there and nobody else could put anything there.
 */
export async function whyUntaken(host: Pick<Host, "stat" | "uid">, path: string): Promise<Untaken | undefined> {
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  for (const one of await wayTo(host, folder)) {
    const who = whoDecides(one, host.uid());
    if (who === undefined) continue;
    const why = who === "owner"
      ? `the owner of "${one.path}" is user ${one.stat.uid}, expected user ${host.uid()}`
      : `the mode of "${one.path}" is ${octal(one.stat.mode)}, expected one by which only its owner writes`;
    const fix = `chown -h root:root ${shellWord(one.path)}`;
    return { path: one.path, why, fix: who === "owner" ? fix : `${fix} && chmod go-w ${shellWord(one.path)}` };
  }
  const there = await host.stat(path);
  const why = there && writableByOthers(there, host.uid());
  if (why === undefined) return undefined;
  return { path, why, fix: `chown root:root ${shellWord(path)} && chmod 0600 ${shellWord(path)}` };
}

/** Something on the way to a file: a directory or link that decides what the path names, and at the end what it names. */
export interface OnTheWay {
  /** Without links in it, but for its last part. */
  readonly path: string;
  readonly stat: FileStat;
  /** Whether it lies in a directory in which anybody may make things, and only its owner may replace it (/tmp). */
  readonly inSticky: boolean;
}

/** As many links as Linux follows for one path. */
const MOST_LINKS = 40;

/** All that lies on the way to an absolute path, the root first, links followed one by one. */
export async function wayTo(host: Pick<Host, "stat">, path: string): Promise<OnTheWay[]> {
  const way: OnTheWay[] = [];
  const sticky = new Set<string>();
  const rest = path.split("/").reverse();
  let [at, links] = ["", 0];
  const look = async (path: string) => {
    const stat = await host.stat(path);
    if (stat !== undefined) way.push({ path, stat, inSticky: sticky.has(at) });
    return stat;
  };
  await look("/");
  while (rest.length > 0) {
    const name = rest.pop()!;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      at = at.slice(0, at.lastIndexOf("/"));
      continue;
    }
    const stat = await look(`${at}/${name}`);
    if (stat?.kind !== "symlink") {
      at += `/${name}`;
      if (stat && isSticky(stat)) sticky.add(at);
    } else if (stat.target === undefined || ++links > MOST_LINKS) break;
    else {
      if (stat.target.startsWith("/")) at = "";
      rest.push(...stat.target.split("/").reverse());
    }
  }
  return way;
}

/** Whether others may make things in a directory, and only a thing's owner may replace it. */
function isSticky({ kind, mode }: FileStat): boolean {
  return kind === "directory" && (mode & 0o1000) !== 0 && (mode & 0o022) !== 0;
}

/** Who besides root and this user decides what is at a path: anybody, a group, another user. */
export type Deciding = "anybody" | "group" | "owner";

/** Who besides root and this user may change it, or what is in it; undefined when nobody may. */
export function whoDecides({ stat, inSticky }: OnTheWay, uid: number): Deciding | undefined {
  const isForeign = stat.uid !== 0 && stat.uid !== uid;
  if (stat.kind === "symlink") return isForeign && inSticky ? "owner" : undefined; // of a link, the mode says nothing
  const guarded = isSticky(stat); // what is in it is judged by its own owner
  if ((stat.mode & 0o002) !== 0 && !guarded) return "anybody";
  if (isForeign) return "owner";
  const isOfRoot = stat.kind === "directory" && stat.gid === 0;
  return (stat.mode & 0o020) !== 0 && !guarded && !isOfRoot ? "group" : undefined;
}
