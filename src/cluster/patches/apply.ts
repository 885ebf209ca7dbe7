/**
 * Applies patches to their targets.
 * @module
 */
import { KUBELET_CONFIGURATION } from "../../config/component_kinds.ts";
import { checkShape } from "../../config/schema.ts";
import { mustBe, mustNot } from "../../config/wording.ts";
import { describe, isMapping } from "../../config/yaml.ts";
import { InvalidInput, UserError } from "../../errors.ts";
import { KUBELET_ZEROS } from "../kubelet/component_zeros.ts";
import { withDefaults } from "../objects/config_map.ts";
import type { Patch, PatchTarget } from "./names.ts";
import { jsonPatch, mergePatch } from "./json_patch.ts";
import { strategicMerge } from "./strategic.ts";
import { conform, type FieldType, type Findings } from "./types.ts";

type Mapping = Record<string, unknown>;

/** The struct of a target in the table of fields; the kubelet's configuration is not in the table. */
const STRUCTS: Readonly<Partial<Record<PatchTarget, string>>> = {
  "etcd": "Pod",
  "kube-apiserver": "Pod",
  "kube-controller-manager": "Pod",
  "kube-scheduler": "Pod",
  "corednsdeployment": "Deployment",
  "kubeproxydaemonset": "DaemonSet",
};

/** Applies all patches of a target to its object; without patches, returns the object itself. */
export type Patcher = <T extends object>(target: PatchTarget, object: T) => T;

/** The fields that no patch may change: those that identify the object. */
function identityOf({ apiVersion, kind, metadata }: Mapping): Mapping {
  const { name, namespace } = (metadata ?? {}) as Mapping;
  return { apiVersion, kind, name, namespace };
}

function refuse(patch: Patch, what: string): never {
  throw new InvalidInput("Cannot apply patches:", [
    { where: patch.source, what: `${patch.type} patch of ${patch.target}: ${what}` },
  ]);
}

/** Fields of a KubeletConfiguration that have a wrong type or are unknown. */
function kubeletFindings(document: Mapping): Findings {
  const wrong: string[] = [];
  const all: string[] = [];
  checkShape(KUBELET_CONFIGURATION, document, "", (path, what) => wrong.push(`${path.slice(1)}: ${what}`), "ignore");
  checkShape(KUBELET_CONFIGURATION, document, "", (path, what) => all.push(`${path.slice(1)}: ${what}`));
  return { wrong, unknown: all.filter((line) => !wrong.includes(line)) };
}

/** Removes the fields that {@linkcode KUBELET_ZEROS} added and no patch changed. */
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
    if (!isMapping(patch.value)) throw new Error(mustBe("a mapping", describe(patch.value)));
    return mergePatch(object, patch.value);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    refuse(patch, (cause as Error).message);
  }
}

/** The object after the last of its patches, as a Go program reads it. */
function checked(object: unknown, before: Mapping, last: Patch, warn: (message: string) => void): Mapping {
  if (!isMapping(object)) refuse(last, `the patched object ${mustBe("a mapping", describe(object))}`);
  const struct = STRUCTS[last.target];
  const found: Findings = { wrong: [], unknown: [] };
  const result = struct ? conform({ of: "struct", name: struct }, object, "", found) as Mapping : object;
  if (!struct) Object.assign(found, kubeletFindings(object));
  if (found.wrong.length > 0) refuse(last, found.wrong.join("; "));
  const effect = struct ? "it is ignored" : "the kubelet may reject it";
  for (const line of found.unknown) warn(`patches of ${last.target}: ${line} (${effect})`);
  const [is, was] = [JSON.stringify(identityOf(result)), JSON.stringify(identityOf(before))];
  if (is !== was) refuse(last, mustNot(`change apiVersion, kind, name and namespace, ${was}`, is));
  return result;
}

/**
 * Creates the function that applies patches; it reports each warning once.
 * @throws (the function) {InvalidInput} naming file and document when a patch cannot be applied, changes the identity of the
 * object, or sets a value of a wrong type.
 */
export function patcher(patches: readonly Patch[], warn: (message: string) => void): Patcher {
  const shown = new Set<string>();
  const once = (message: string) => {
    if (!shown.has(message)) warn(message);
    shown.add(message);
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

/** A patcher without patches. */
export const NO_PATCHES: Patcher = (_target, object) => object;
