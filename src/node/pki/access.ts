/** Which other users may read or replace the keys, certificates and kubeconfigs of this host. Observes, never changes. @module */
import { octal, type OnTheWay, wayTo, whoDecides } from "../../file_trust.ts";
import type { Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { shellWord } from "../../text/shell.ts";

/** What a file holds. */
export type Holding = "private key" | "public key" | "certificate" | "kubeconfig";

/** Modes of the files that this program writes. */
const MODES: Readonly<Record<Holding, string>> = {
  "private key": "0600",
  "public key": "0600",
  certificate: "0644",
  kubeconfig: "0600",
};

/** The findings about other users' access. */
export interface Access {
  /** Why the files cannot be used. */
  readonly problems: Problem[];
  /** Findings with which kubeadm, too, continues. */
  readonly warnings: string[];
}

/**
 * Anyone who can write an authority's key, its certificate, a directory on the way to them, or a kubeconfig can take over
 * the cluster with the next run: files that any user may write are refused. Files that others may read, or that a group or
 * another user may write, are warnings, because kubeadm accepts them. Every reader of such a file calls this.
 * @param files by what they hold; those that do not exist yet are judged by their directories.
 */
export async function accessTo(
  host: Pick<Host, "stat" | "uid">,
  files: readonly { path: string; holds: Holding }[],
): Promise<Access> {
  const access: Access = { problems: [], warnings: [] };
  const seen = new Set<string>();
  for (const { path, holds } of files) {
    for (const one of await wayTo(host, path)) {
      if (seen.has(one.path)) continue;
      seen.add(one.path);
      if (one.stat.kind === "directory" || one.stat.kind === "symlink") judgeWay(one, host.uid(), access);
      else judgeFile(one, path, holds, host.uid(), access);
    }
  }
  return access;
}

/** A directory or link that decides which files are read. */
function judgeWay(one: OnTheWay, uid: number, { problems, warnings }: Access): void {
  const { path, stat } = one;
  const who = whoDecides(one, uid);
  if (who === undefined) return;
  if (who === "anyone") {
    problems.push({
      where: path,
      what: `is a directory in which any user may replace the cluster's keys (mode ${octal(stat.mode)})`,
      hint: `Check that its files are still yours, then: chown root ${shellWord(path)} && chmod go-w ${
        shellWord(path)
      }`,
    });
    return;
  }
  const thing = stat.kind === "symlink" ? "link" : "directory";
  const [state, fix] = who === "owner"
    ? [`is owned by user ${stat.uid}`, `chown -h root ${shellWord(path)}`]
    : [`is writable by its group (mode ${octal(stat.mode)})`, `chmod g-w ${shellWord(path)}`];
  warnings.push(
    `the ${thing} ${path}, which leads to the cluster's keys, ${state}; only root should be able to change it (${fix})`,
  );
}

/** The file itself, which may have been reached through links. */
function judgeFile(one: OnTheWay, named: string, holds: Holding, uid: number, { problems, warnings }: Access): void {
  const { path, stat } = one;
  const word = shellWord(path);
  const mode = octal(stat.mode & 0o777);
  const who = whoDecides(one, uid);
  const target = path === named ? "" : ` ${path},`;
  if (who === "anyone") {
    problems.push({
      where: named,
      what: `${target === "" ? "is" : `links to${target}`} a ${holds} that any user may write (mode ${mode})`,
      hint: `Check that it is still yours, then: chown root ${word} && chmod ${shellWord(MODES[holds])} ${word}`,
    });
    return;
  }
  const state = who === "owner"
    ? `is owned by user ${stat.uid}`
    : isSecret(holds) && (stat.mode & 0o004) !== 0
    ? `is readable by any user (mode ${mode})`
    : who === "group"
    ? `is writable by its group (mode ${mode})`
    : undefined;
  if (state === undefined) return;
  const fix = `${who === "owner" ? `chown root ${word} && ` : ""}chmod ${shellWord(MODES[holds])} ${word}`;
  warnings.push(
    `the ${holds} ${path} ${state}; it should be owned by root, with mode ${MODES[holds]} (${fix})`,
  );
}

function isSecret(holds: Holding): boolean {
  return holds === "private key" || holds === "kubeconfig";
}
