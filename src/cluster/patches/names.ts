/**
 * Names in a directory of patches: which files count, for which target, of which type, as kubeadm reads them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/patches/patches.go
 * @module
 */
import type { Version } from "../../config/kubernetes_version.ts";
import { releaseOf } from "../versions.ts";

/** What may be patched, by the names that files begin with. */
export const PATCH_TARGETS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubeletconfiguration",
  "corednsdeployment",
  "kubeproxydaemonset",
] as const;
/** One of {@linkcode PATCH_TARGETS}. */
export type PatchTarget = typeof PATCH_TARGETS[number];
/** The targets that kubeadm of a release knows. */
export function patchTargets(kubernetesVersion: Version): PatchTarget[] {
  const { kubeProxyPatches = false } = releaseOf(kubernetesVersion);
  return PATCH_TARGETS.filter((target) => kubeProxyPatches || target !== "kubeproxydaemonset");
}
/** What a patch is: strategic merge, RFC 7386, RFC 6902. */
export type PatchType = "strategic" | "merge" | "json";

/** One document of a patch file. */
export interface Patch {
  target: PatchTarget;
  type: PatchType;
  /** Path of the file, and which of its documents it is when there are several: for messages. */
  source: string;
  value: unknown;
}

/**
 * Reads a file name, `target[suffix][+type].yaml` or `.json`. As in kubeadm the target is a prefix, and the type, too:
 * what stands between them and the extension does not matter.
 * @returns text: why the file is passed over.
 */
export function parsePatchName(
  name: string,
  targets: readonly PatchTarget[],
): { target: PatchTarget; type: PatchType } | { problem: string } | string {
  if (!/.\.(json|yaml)$/s.test(name)) return "its name does not end in .yaml or .json";
  const match = new RegExp(`^(${targets.join("|")})([^.+\\n]*)(\\+)?(json|merge|strategic)?`).exec(name);
  if (!match) return `its name does not begin with one of ${targets.join(", ")}`;
  const [, target, , plus, type] = match;
  if (plus && !type) return { problem: "behind the + of its name stands neither json, merge nor strategic" };
  return { target: target as PatchTarget, type: (type ?? "strategic") as PatchType };
}
