/** Who else may read or replace a private key that is on the host already. Observes, never changes. @module */
import type { Host } from "../../system.ts";
import type { InspectionResult } from "./pair.ts";
import { shellWord } from "../../text/shell.ts";

/**
 * Whoever can write an authority's key has the cluster with the next run: a key that anybody may write is refused. One that
 * others may read, or that belongs to another user, is a warning, because kubeadm takes it and the work is not wrong.
 */
export async function keyAccess(
  host: Pick<Host, "stat">,
  path: string,
): Promise<Pick<InspectionResult, "problems" | "warnings">> {
  const stat = await host.stat(path);
  if (stat?.kind !== "file") return { problems: [], warnings: [] }; // of a link, the mode says nothing
  const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
  const hint = `Make sure that the key is still yours, then: chown root ${shellWord(path)} && chmod 0600 ${
    shellWord(path)
  }`;
  if ((stat.mode & 0o002) !== 0) {
    return {
      problems: [{ where: path, what: `is a private key that any user may write (mode ${mode})`, hint }],
      warnings: [],
    };
  }
  const whoever = stat.uid !== 0
    ? `belongs to the user ${stat.uid}`
    : (stat.mode & 0o004) !== 0
    ? `may be read by any user (mode ${mode})`
    : (stat.mode & 0o020) !== 0
    ? `may be written by its group (mode ${mode})`
    : undefined;
  const warning = `the private key ${path} ${whoever}; it should belong to root, with mode 0600 (chmod 0600 ${
    shellWord(path)
  })`;
  return { problems: [], warnings: whoever === undefined ? [] : [warning] };
}
