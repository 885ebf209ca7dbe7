/**
 * Comparing and merging Kubernetes objects (pure).
 * @module
 */
import type { KubeObject, ObjectReference, WriteOptions } from "../system.ts";

/** The reference of an object. */
export function referenceOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectReference {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Whether the content written to an object is secret: always for a Secret, else when its writer declares it. */
export function secretOf({ kind }: { kind: string }, options: WriteOptions | undefined): { secret?: true } {
  return kind === "Secret" || options?.secret === true ? { secret: true } : {};
}

/** `ConfigMap kube-system/coredns`, for people. */
export function describe({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Whether two JSON values are the same; members with the value undefined count as absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  return covers(a, b) && covers(b, a);
}

/**
 * Whether the existing value already contains the wanted one: an object may have more members, a list must be the same in
 * length and order. (A field that the server has defaulted is therefore not a difference.)
 */
export function covers(existing: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  if (Array.isArray(wanted)) {
    return Array.isArray(existing) && existing.length === wanted.length &&
      wanted.every((item, i) => covers(existing[i], item));
  }
  if (isRecord(wanted)) {
    return isRecord(existing) && Object.entries(wanted).every(([key, value]) => covers(existing[key], value));
  }
  return existing === wanted;
}

/** JSON merge patch (RFC 7386): null removes, objects merge, everything else replaces. Shares unchanged parts. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** A Secret as the server stores it: `stringData` is write-only and becomes base64 in `data`. */
export function asStored(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || !isRecord(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    btoa(String.fromCharCode(...new TextEncoder().encode(String(value)))),
  ]);
  return {
    ...rest,
    data: { ...(isRecord(object.data) ? object.data : {}), ...Object.fromEntries(encoded) },
  } as KubeObject;
}

/** Whether the labels meet a selector of equality terms: `a=b,c!=d,e,!f`. */
export function matchesLabels(object: KubeObject, selector: string | undefined): boolean {
  const labels = object.metadata.labels ?? {};
  return terms(selector).every(({ key, operator, value }) => {
    if (operator === "exists") return key in labels;
    if (operator === "absent") return !(key in labels);
    return (labels[key] === value) === (operator === "=");
  });
}

/** Whether the fields meet a selector: `metadata.name=x,type!=y`. */
export function matchesFields(object: KubeObject, selector: string | undefined): boolean {
  return terms(selector).every(({ key, operator, value }) => {
    const field = key.split(".").reduce<unknown>((at, part) => isRecord(at) ? at[part] : undefined, object);
    return (String(field ?? "") === value) === (operator === "=");
  });
}

/** The terms of a selector. */
function terms(selector = ""): { key: string; operator: "=" | "!=" | "exists" | "absent"; value: string }[] {
  return selector.split(",").map((term) => term.trim()).filter((term) => term !== "").map((term) => {
    const [, key = "", sign, value = ""] = /^([^=!]+)(!=|==?)(.*)$/.exec(term) ?? [];
    if (sign !== undefined) return { key: key.trim(), operator: sign === "!=" ? "!=" : "=", value: value.trim() };
    return term.startsWith("!")
      ? { key: term.slice(1).trim(), operator: "absent", value }
      : { key: term, operator: "exists", value };
  });
}

/** Whether it is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
