/**
 * File names in a directory of patches: their targets and types, as kubeadm reads them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/patches/patches.go
 * @module
 */
import type { Version } from "../../config/kubernetes_version.ts";
import { mustBeOneOf } from "../../config/wording.ts";
import { releaseOf } from "../versions.ts";

/** The targets of patches: file names start with one of them. */
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
/** The targets that kubeadm of a release supports. */
export function patchTargets(kubernetesVersion: Version): PatchTarget[] {
  const { kubeProxyPatches = false } = releaseOf(kubernetesVersion);
  return PATCH_TARGETS.filter((target) => kubeProxyPatches || target !== "kubeproxydaemonset");
}
/** The type of a patch: strategic merge, RFC 7386, RFC 6902. */
export type PatchType = "strategic" | "merge" | "json";

/** One document of a patch file. */
export interface Patch {
  target: PatchTarget;
  type: PatchType;
  /** Path of the file, and the number of the document if there are several: for messages. */
  source: string;
  value: unknown;
}

/**
 * Reads a file name, `target[suffix][+type].yaml` or `.json`. As in kubeadm, target and type are prefixes: text between them
 * and the extension has no effect.
 * @returns text: why the file is ignored.
 */
export function parsePatchName(
  name: string,
  targets: readonly PatchTarget[],
): { target: PatchTarget; type: PatchType } | { problem: string } | string {
  if (!/.\.(json|yaml)$/s.test(name)) return "its name does not end in .yaml or .json";
  const match = new RegExp(`^(${targets.join("|")})([^.+\\n]*)(\\+)?(json|merge|strategic)?`).exec(name);
  if (!match) return `its name does not start with one of ${targets.join(", ")}`;
  const [, target, , plus, type] = match;
  if (plus && !type) {
    const given = /\+(.*)\.(?:json|yaml)$/s.exec(name)?.[1] ?? "";
    return { problem: `the type after "+" in the file name ${mustBeOneOf(["json", "merge", "strategic"], given)}` };
  }
  return { target: target as PatchTarget, type: (type ?? "strategic") as PatchType };
}
