/**
 * Values of fields that do not come from the file: from flags, or from the caller.
 * @module
 */
import type { Report } from "./schema.ts";

/** A value for one or more fields. */
export interface Assignment {
  /** `ClusterConfiguration.networking.podSubnet`, `InitConfiguration.bootstrapTokens[0].token`. */
  paths: readonly string[];
  value: unknown;
  /** Why the value is invalid. */
  problem?: string;
  /** Its name in messages: `--pod-network-cidr`. */
  label: string;
  /** The value is added to that of the file, instead of replacing it. */
  adds?: true;
}

/** Values in addition to the file. Later assignments win. */
export interface Settings {
  assignments?: readonly Assignment[];
  /** The flag that sets a field, by field path; for messages without a file, and for hints. */
  labels?: ReadonlyMap<string, string>;
}

/** The settings and one more assignment, labelled with the flag of its field. */
export function withSetting(settings: Settings, path: string, value: unknown): Settings {
  const label = labelIn(settings)(path);
  return { ...settings, assignments: [...settings.assignments ?? [], { paths: [path], value, label }] };
}

/** Names the flag that sets a field, `--node-name`; the field itself where there is no flag. */
export function labelIn({ labels }: Settings): (path: string) => string {
  return (path) => labels?.get(path) ?? path;
}

/** The effective assignment of a field, if there is one. */
export function assignmentOf({ assignments = [] }: Settings, path: string): Assignment | undefined {
  return assignments.findLast(({ paths }) => paths.includes(path));
}

/** Documents by kind. */
export type Documents = Record<string, Record<string, unknown>>;

/** Sets the value at a path such as `Kind.list[0].field`, creating missing parents. */
function setAt(documents: Documents, path: string, value: unknown, adds: boolean): void {
  const steps = path.match(/[^.[\]]+/g)!;
  const last = steps.pop()!;
  let place: Record<string, unknown> = documents;
  steps.forEach((step, i) => {
    place[step] ??= /^\d+$/.test(steps[i + 1] ?? last) ? [] : {};
    place = place[step] as Record<string, unknown>;
  });
  const there = place[last];
  place[last] = !adds
    ? value
    : Array.isArray(there)
    ? [...there, ...value as unknown[]]
    : typeof there === "object"
    ? { ...there, ...value as object }
    : value;
}

/** Writes the values into the documents. Returns the label of each assigned path. */
export function applySettings(
  documents: Documents,
  { assignments = [] }: Settings,
  report: Report,
): Map<string, string> {
  const origins = new Map<string, string>();
  for (const { paths, value, problem, label, adds = false } of assignments) {
    for (const path of paths) {
      origins.set(path, label);
      if (problem === undefined) setAt(documents, path, structuredClone(value), adds);
      else report(path, problem);
    }
  }
  return origins;
}

/** Names the origin of a path: the flag that set it, or that would set it when there is no file; else the path itself. */
export function placeIn(
  origins: ReadonlyMap<string, string>,
  { labels }: Settings,
  hasFile: boolean,
): (path: string) => string {
  return (path) => {
    for (let outer = path; outer !== ""; outer = outer.replace(/[.[]?[^.[]*$/, "")) {
      const label = origins.get(outer) ?? (hasFile ? undefined : labels?.get(outer));
      if (label !== undefined) return label;
    }
    return path;
  };
}
