/**
 * The directory of patches: which files count, for which target, of which type, as kubeadm reads it.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/patches/patches.go
 * @module
 */
import { parseValues } from "../../config/yaml.ts";
import { InvalidInput, type Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
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
export function patchTargets(kubernetesVersion: string): PatchTarget[] {
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

/** Takes what is worth a warning: files that are passed over. */
type Warn = (message: string) => void;

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

/** All files below a directory, in the order in which kubeadm comes to them: by name, directories in their place. */
async function filesBelow(host: Host, directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await host.list(directory)).toSorted()) {
    const path = `${directory}/${name}`;
    if ((await host.stat(path))?.kind === "directory") found.push(...await filesBelow(host, path));
    else found.push(path);
  }
  return found;
}

/**
 * Reads every patch, in the order in which they apply; without a directory there are none.
 * @param targets those that kubeadm of the cluster's release knows.
 * @throws {InvalidInput} when there is no such directory, a file name has no type behind its `+`, or a file cannot be read
 * as YAML or JSON: every such file at once.
 */
export async function readPatches(
  host: Host,
  directory: string | undefined,
  targets: readonly PatchTarget[],
  warn: Warn,
): Promise<Patch[]> {
  if (directory === undefined) return [];
  const root = directory.replace(/(?<=.)\/+$/, "");
  const problems: Problem[] = [];
  const kind = (await host.stat(root))?.kind;
  if (kind !== "directory" && kind !== "symlink") {
    const what = kind === undefined ? `there is no directory "${directory}"` : `"${directory}" is not a directory`;
    throw new InvalidInput("Cannot read patches:", [{ where: "patches.directory (--patches)", what }]);
  }
  const patches: Patch[] = [];
  for (const path of await filesBelow(host, root)) {
    const parsed = parsePatchName(path.slice(path.lastIndexOf("/") + 1), targets);
    if (typeof parsed === "string") warn(`"${path}" is not taken for a patch: ${parsed}`);
    else if ("problem" in parsed) problems.push({ where: path, what: parsed.problem });
    else {
      try {
        const text = await host.readText(path) ?? "";
        const values = parseValues(text, path).map((value, i) => ({ value, number: i + 1 }))
          .filter(({ value }) => value !== null && value !== undefined);
        if (values.length === 0) warn(`"${path}" is not taken for a patch: it is empty`);
        // No field is called so, and in JavaScript it would not be a key like others.
        if (JSON.stringify(values).includes('"__proto__":')) throw new InvalidInput("it has a key __proto__");
        const source = (number: number) => values.length > 1 ? `${path}, document ${number}` : path;
        patches.push(...values.map(({ value, number }) => ({ ...parsed, source: source(number), value })));
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        problems.push({ where: path, what: error.message.replace(/^Cannot read "[^"]*": /, "") });
      }
    }
  }
  if (problems.length > 0) throw new InvalidInput("Cannot read patches:", problems);
  return patches;
}
