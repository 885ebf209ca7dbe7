/** Who else may read or replace keys, certificates and kubeconfigs that are on the host already. Observes, never changes. @module */
import { octal, type OnTheWay, wayTo, whoDecides } from "../../file_trust.ts";
import type { Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { shellWord } from "../../text/shell.ts";

/** What a file holds. */
export type Holding = "private key" | "public key" | "certificate" | "kubeconfig";

/** Modes that files have when we write them. */
const MODES: Readonly<Record<Holding, string>> = {
  "private key": "0600",
  "public key": "0600",
  certificate: "0644",
  kubeconfig: "0600",
};

/** What was found out about who else may write or read. */
export interface Access {
  /** Why what is there cannot be used. */
  readonly problems: Problem[];
  /** What a person should know, but kubeadm goes on as well. */
  readonly warnings: string[];
}

/**
 * Whoever can write an authority's key, its certificate, a folder on the way to them, or a kubeconfig, has the cluster
 * with the next run: what anybody may write is refused. What others may read, or what a group or another user may write, is a
 * warning, because kubeadm takes it and the work is not wrong. Every reader of such a file asks here.
 * @param files by what they hold; those that are not there yet are judged by their folders.
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
  if (who === "anybody") {
    problems.push({
      where: path,
      what: `is a directory in which any user may replace the cluster's keys (mode ${octal(stat.mode)})`,
      hint: `Make sure that what is in it is still yours, then: chown root ${shellWord(path)} && chmod go-w ${
        shellWord(path)
      }`,
    });
    return;
  }
  const thing = stat.kind === "symlink" ? "link" : "directory";
  const [state, fix] = who === "owner"
    ? [`belongs to the user ${stat.uid}`, `chown -h root ${shellWord(path)}`]
    : [`may be written by its group (mode ${octal(stat.mode)})`, `chmod g-w ${shellWord(path)}`];
  warnings.push(
    `the ${thing} ${path}, which leads to the cluster's keys, ${state}; it should be root's alone (${fix})`,
  );
}

/** The file itself, where it may have been reached by links. */
function judgeFile(one: OnTheWay, named: string, holds: Holding, uid: number, { problems, warnings }: Access): void {
  const { path, stat } = one;
  const word = shellWord(path);
  const mode = octal(stat.mode & 0o777);
  const who = whoDecides(one, uid);
  const target = path === named ? "" : ` ${path},`;
  if (who === "anybody") {
    problems.push({
      where: named,
      what: `${target === "" ? "is" : `leads to${target}`} a ${holds} that any user may write (mode ${mode})`,
      hint: `Make sure that it is still yours, then: chown root ${word} && chmod ${shellWord(MODES[holds])} ${word}`,
    });
    return;
  }
  const state = who === "owner"
    ? `belongs to the user ${stat.uid}`
    : isSecret(holds) && (stat.mode & 0o004) !== 0
    ? `may be read by any user (mode ${mode})`
    : who === "group"
    ? `may be written by its group (mode ${mode})`
    : undefined;
  if (state === undefined) return;
  const fix = `${who === "owner" ? `chown root ${word} && ` : ""}chmod ${shellWord(MODES[holds])} ${word}`;
  warnings.push(
    `the ${holds} ${path} ${state}; it should belong to root, with mode ${MODES[holds]} (${fix})`,
  );
}

function isSecret(holds: Holding): boolean {
  return holds === "private key" || holds === "kubeconfig";
}
