/**
 * Whether a file can be trusted: only root and this user may be able to write it. Any layer may import this.
 * @module
 */
import type { FileStat, Host } from "./system.ts";
import { shellWord } from "./text/shell.ts";

/** The mode as chmod(1) reads it, `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** The kind of a file, for messages. */
export function kindName(kind: FileStat["kind"]): string {
  return kind === "other" ? "device, socket or pipe" : kind;
}

/**
 * Why other users could have written the file; undefined when they could not.
 * @param uid the user that the program runs as.
 */
export function writableByOthers({ kind, uid: owner, mode }: FileStat, uid: number): string | undefined {
  if (kind !== "file") return `it is a ${kindName(kind)}, expected a file`;
  if (owner !== 0 && owner !== uid) return `its owner is user ${owner}, expected user ${uid}`;
  if ((mode & 0o022) !== 0) return `its mode is ${octal(mode)}, expected no write permission for group and others`;
  return undefined;
}

/** Why a file is not trusted: the path at fault, the reason, and the command that fixes it after a check by a person. */
export interface Untaken {
  readonly path: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * Why the file at the path is not trusted: it is not a file, or other users could have written or replaced it; undefined
 * when it is trusted, or does not exist and no other user could create it.
 */
export async function whyUntaken(host: Pick<Host, "stat" | "uid">, path: string): Promise<Untaken | undefined> {
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  for (const one of await wayTo(host, folder)) {
    const who = whoDecides(one, host.uid());
    if (who === undefined) continue;
    const why = who === "owner"
      ? `the owner of "${one.path}" is user ${one.stat.uid}, expected user ${host.uid()}`
      : `the mode of "${one.path}" is ${octal(one.stat.mode)}, expected no write permission for group and others`;
    const fix = `chown -h root:root ${shellWord(one.path)}`;
    return { path: one.path, why, fix: who === "owner" ? fix : `${fix} && chmod go-w ${shellWord(one.path)}` };
  }
  const there = await host.stat(path);
  const why = there && writableByOthers(there, host.uid());
  if (why === undefined) return undefined;
  return { path, why, fix: `chown root:root ${shellWord(path)} && chmod 0600 ${shellWord(path)}` };
}

/** An element of the way to a file: a directory or link that decides what the path names, and at last the file itself. */
export interface OnTheWay {
  /** Without links in it, except its last part. */
  readonly path: string;
  readonly stat: FileStat;
  /** Whether it is in a directory in which any user may create files, but only a file's owner may replace it (/tmp). */
  readonly inSticky: boolean;
}

/** How many links Linux follows for one path. */
const MOST_LINKS = 40;

/** The way to an absolute path, from the root, with links followed one by one. */
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

/** Whether others may create files in a directory, but only a file's owner may replace it. */
function isSticky({ kind, mode }: FileStat): boolean {
  return kind === "directory" && (mode & 0o1000) !== 0 && (mode & 0o022) !== 0;
}

/** Who, in addition to root and this user, decides what is at a path: anyone, a group, another user. */
export type Deciding = "anyone" | "group" | "owner";

/** Who, in addition to root and this user, may change it or its content; undefined: no one. */
export function whoDecides({ stat, inSticky }: OnTheWay, uid: number): Deciding | undefined {
  const isForeign = stat.uid !== 0 && stat.uid !== uid;
  if (stat.kind === "symlink") return isForeign && inSticky ? "owner" : undefined; // the mode of a link has no effect
  const guarded = isSticky(stat); // each file in it is judged by its own owner
  if ((stat.mode & 0o002) !== 0 && !guarded) return "anyone";
  if (isForeign) return "owner";
  const isOfRoot = stat.kind === "directory" && stat.gid === 0;
  return (stat.mode & 0o020) !== 0 && !guarded && !isOfRoot ? "group" : undefined;
}
