/** What unit for the kubelet a host has already, and whether it will do. Observes, never changes. @module */
import type { Problem } from "../errors.ts";
import { ask } from "../programs.ts";
import type { Host } from "../system.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "./kubelet_unit.ts";
import { KUBELET_FILES } from "./paths.ts";

/** A file to be written. */
export interface UnitFile {
  path: string;
  content: string;
  mode: number;
}

/**
 * The unit files to write: ours, unless the host has a unit that reads what we write. The packages of Kubernetes bring
 * such a unit, and people write their own.
 * @returns also what is wrong with a unit that would not read our files; it is not ours to replace.
 */
export async function inspectKubeletUnit(
  host: Host,
  kubeletPath: string,
  ownPaths: ReadonlySet<string>,
): Promise<{ files: UnitFile[]; problem?: Problem }> {
  const ours = kubeletUnitFiles(kubeletPath);
  // 1: there is no such unit.
  const shown = await ask(host, { argv: ["systemctl", "cat", "--no-pager", KUBELET_SERVICE] }, [0, 1]);
  if (shown.code !== 0 || ours.some((file) => ownPaths.has(file.path))) return { files: ours };
  if (shown.stdout.includes(KUBELET_FILES.configuration) && shown.stdout.includes(KUBELET_FILES.flags)) {
    return { files: [] };
  }
  const inEtc = await Promise.all(ours.map((file) => host.stat(file.path)));
  const there = ours.find((_, i) => inEtc[i] !== undefined);
  if (there === undefined) return { files: ours };
  return {
    files: ours,
    problem: {
      where: there.path,
      what: `is not from kubewright, and does not read ${KUBELET_FILES.configuration} and ${KUBELET_FILES.flags}`,
      hint: "Move that unit and its drop-ins away, or let its ExecStart take --config and $KUBELET_KUBEADM_ARGS.",
    },
  };
}
