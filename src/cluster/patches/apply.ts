/**
 * Patches on what they are for.
 * @module
 */
import { KUBELET_CONFIGURATION } from "../../config/component_kinds.ts";
import { checkShape } from "../../config/schema.ts";
import { isMapping } from "../../config/yaml.ts";
import { InvalidInput, UserError } from "../../errors.ts";
import { KUBELET_ZEROS } from "../kubelet/component_zeros.ts";
import { withDefaults } from "../objects/config_map.ts";
import type { Patch, PatchTarget } from "./names.ts";
import { jsonPatch, mergePatch } from "./json_patch.ts";
import { strategicMerge } from "./strategic.ts";
import { conform, type FieldType, type Findings } from "./types.ts";

type Mapping = Record<string, unknown>;

/** What a target is in the table of fields; the kubelet's configuration is not in it. */
const STRUCTS: Readonly<Partial<Record<PatchTarget, string>>> = {
  "etcd": "Pod",
  "kube-apiserver": "Pod",
  "kube-controller-manager": "Pod",
  "kube-scheduler": "Pod",
  "corednsdeployment": "Deployment",
  "kubeproxydaemonset": "DaemonSet",
};

/** Applies all patches for one target to it; without any, the object itself comes back. */
export type Patcher = <T extends object>(target: PatchTarget, object: T) => T;

/** What must stay as it is: a patch changes an object, it does not make another one of it. */
function identityOf({ apiVersion, kind, metadata }: Mapping): Mapping {
  const { name, namespace } = (metadata ?? {}) as Mapping;
  return { apiVersion, kind, name, namespace };
}

function refuse(patch: Patch, what: string): never {
  throw new InvalidInput("Cannot apply a patch:", [
    { where: patch.source, what: `as a ${patch.type} patch of ${patch.target}: ${what}` },
  ]);
}

/** Fields of a KubeletConfiguration that have a wrong type, and those that there are not. */
function kubeletFindings(document: Mapping): Findings {
  const wrong: string[] = [];
  const all: string[] = [];
  checkShape(KUBELET_CONFIGURATION, document, "", (path, what) => wrong.push(`${path.slice(1)}: ${what}`), "ignore");
  checkShape(KUBELET_CONFIGURATION, document, "", (path, what) => all.push(`${path.slice(1)}: ${what}`));
  return { wrong, unknown: all.filter((line) => !wrong.includes(line)) };
}

/** Takes out again what {@linkcode KUBELET_ZEROS} put in and no patch touched. */
function withoutUnset(document: Mapping, before: Mapping, unset: Mapping): Mapping {
  const entries = Object.entries(document).flatMap(([key, value]): [string, unknown][] => {
    if (!Object.hasOwn(unset, key)) return [[key, value]];
    if (!Object.hasOwn(before, key) && JSON.stringify(value) === JSON.stringify(unset[key])) return [];
    if (!isMapping(value) || !isMapping(unset[key])) return [[key, value]];
    const inner = withoutUnset(value, (before[key] ?? {}) as Mapping, unset[key]);
    return Object.hasOwn(before, key) || Object.keys(inner).length > 0 ? [[key, inner]] : [];
  });
  return Object.fromEntries(entries);
}

function applyOne(object: unknown, patch: Patch, type: FieldType | undefined): unknown {
  try {
    if (patch.type === "strategic") return strategicMerge(object as Mapping, patch.value, type);
    if (patch.type === "json") return jsonPatch(object, patch.value);
    if (!isMapping(patch.value)) throw new Error("it is not a mapping");
    return mergePatch(object, patch.value);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    refuse(patch, (cause as Error).message);
  }
}

/** The object as a Go program reads it, after the last of its patches. */
function checked(object: unknown, before: Mapping, last: Patch, warn: (message: string) => void): Mapping {
  if (!isMapping(object)) refuse(last, "nothing is left of the object but a list or a value");
  const struct = STRUCTS[last.target];
  const found: Findings = { wrong: [], unknown: [] };
  const result = struct ? conform({ of: "struct", name: struct }, object, "", found) as Mapping : object;
  if (!struct) Object.assign(found, kubeletFindings(object));
  if (found.wrong.length > 0) refuse(last, found.wrong.join("; "));
  const effect = struct ? "It is left out." : "The kubelet may not take it.";
  for (const line of found.unknown) warn(`patches of ${last.target}: ${line}. ${effect}`);
  const [is, was] = [JSON.stringify(identityOf(result)), JSON.stringify(identityOf(before))];
  if (is !== was) refuse(last, `apiVersion, kind, name and namespace have to stay ${was}, but become ${is}`);
  return result;
}

/**
 * Makes the function that applies patches; what is unusual is warned of once.
 * @throws (the function) {InvalidInput} naming file and document when one cannot be applied, or what comes out is not an
 * object of the same kind and name any more, or has a value of a wrong type.
 */
export function patcher(patches: readonly Patch[], warn: (message: string) => void): Patcher {
  const told = new Set<string>();
  const once = (message: string) => {
    if (!told.has(message)) warn(message);
    told.add(message);
  };
  return (target, object) => {
    const own = patches.filter((patch) => patch.target === target);
    const last = own.at(-1);
    if (!last) return object;
    const struct = STRUCTS[target];
    const type: FieldType | undefined = struct ? { of: "struct", name: struct } : undefined;
    const before = object as Mapping;
    const start: unknown = struct ? before : withDefaults(before, KUBELET_ZEROS);
    const result = checked(own.reduce((value, patch) => applyOne(value, patch, type), start), before, last, once);
    return (struct ? result : withoutUnset(result, before, KUBELET_ZEROS)) as typeof object;
  };
}

/** For where there are no patches. */
export const NO_PATCHES: Patcher = (_target, object) => object;
