/**
 * Two outcomes field by field: what differs, how much was looked at, and which differences are allowed.
 *
 * @module
 */

/** Fields of one document by path; values are JSON text, so that `"1"` is not `1`. */
export type Fields = ReadonlyMap<string, string>;

/** All that one program made, by the name of the document: a file's path, an object's kind and name. */
export type Outcome = ReadonlyMap<string, Fields>;

/** One field that is not the same; `undefined` where there is no such field. */
export interface Difference {
  document: string;
  /** Empty: the document as a whole is on one side only. */
  path: string;
  kubeadm: string | undefined;
  kubewright: string | undefined;
}

/** A difference that may be. */
export interface Allowance {
  /** One line: why it is as it is. */
  reason: string;
  document: RegExp;
  path: RegExp;
  /** More conditions; none by default. */
  when?: (difference: Difference) => boolean;
  /** Only in the configuration of this name; in every one by default. */
  configuration?: string;
  /** Only with this minor release (`1.36`); with every one by default. */
  minor?: string;
}

/** What a comparison found. */
export interface Comparison {
  /** Fields looked at: those of both sides together, each once. */
  fields: number;
  differences: Difference[];
}

/** An empty document's one field, so that it counts and can be missing. */
const EMPTY = "(empty)";

/** Compares two outcomes; every field of either side is looked at. */
export function compare(kubeadm: Outcome, kubewright: Outcome): Comparison {
  const differences: Difference[] = [];
  let fields = 0;
  for (const document of union(kubeadm, kubewright)) {
    const [theirs, ours] = [kubeadm.get(document), kubewright.get(document)];
    if (theirs === undefined || ours === undefined) {
      fields += (theirs ?? ours)!.size;
      const side = (found: Fields | undefined) => found && `${found.size} fields`;
      differences.push({ document, path: "", kubeadm: side(theirs), kubewright: side(ours) });
      continue;
    }
    for (const path of union(theirs, ours)) {
      fields++;
      const [a, b] = [theirs.get(path), ours.get(path)];
      if (a !== b) differences.push({ document, path, kubeadm: a, kubewright: b });
    }
  }
  return { fields, differences };
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

/** The first allowance that covers a difference in a configuration. */
export function allowanceFor(
  difference: Difference,
  allowances: readonly Allowance[],
  name: string,
): Allowance | undefined {
  return allowances.find(({ configuration = name, document, path, when }) =>
    configuration === name && document.test(difference.document) && path.test(difference.path) &&
    (when?.(difference) ?? true)
  );
}

/** A difference as one line for people. */
export function describe({ document, path, kubeadm, kubewright }: Difference): string {
  const shown = (value: string | undefined) =>
    value === undefined ? "nothing" : value.length > 300 ? `${value.slice(0, 300)}…` : value;
  return `${document}${path && ` ${path}`}: kubeadm ${shown(kubeadm)}, kubewright ${shown(kubewright)}`;
}

/**
 * A parsed document as fields. Lists are by position, except that command line flags go by their name and objects by
 * their `name`, `key` or `type` (where that tells them apart); the order is then a field of its own.
 */
export function flatten(value: unknown, prefix = ""): Map<string, string> {
  const fields = new Map<string, string>();
  collect(value, prefix, fields);
  if (fields.size === 0) fields.set(EMPTY, "true");
  return fields;
}

function collect(value: unknown, path: string, fields: Map<string, string>): void {
  if (Array.isArray(value)) {
    if (value.length === 0) return void fields.set(path, "[]");
    const names = labels(value);
    if (names) fields.set(`${path}.order`, JSON.stringify(names));
    value.forEach((item, index) => collect(item, `${path}[${names?.[index] ?? index}]`, fields));
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0 && path !== "") fields.set(path, "{}");
    for (const [key, item] of entries) {
      const step = /^[\w-]+$/.test(key) ? key : `{${key}}`;
      collect(item, path === "" ? step : `${path}.${step}`, fields);
    }
  } else fields.set(path, JSON.stringify(value ?? null));
}

/** What tells the items of a list apart, if anything does; a flag that occurs again gets its number. */
function labels(items: readonly unknown[]): string[] | undefined {
  if (items.some((item) => typeof item === "string" && item.startsWith("--"))) {
    const seen = new Map<string, number>();
    return items.map((item, index) => {
      const name = /^--[^=]+/.exec(String(item))?.[0];
      if (name === undefined) return String(index);
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return times === 1 ? name : `${name}#${times}`;
    });
  }
  for (const key of ["name", "key", "type"]) {
    const found = items.map((item) => (item as Record<string, unknown> | null)?.[key]);
    if (found.every((name) => typeof name === "string") && new Set(found).size === items.length) {
      return found as string[];
    }
  }
  return undefined;
}

/** Puts words in the place of others in every document name, path and value, longest first: addresses, host names. */
export function rename(outcome: Outcome, words: Readonly<Record<string, string>>): Outcome {
  const order = Object.keys(words).sort((a, b) => b.length - a.length);
  if (order.length === 0) return outcome;
  const escaped = order.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w.])(${escaped.join("|")})(?![\\w]|\\.\\d)`, "g");
  const replace = (text: string) => text.replace(pattern, (word) => words[word]!);
  return new Map(
    [...outcome].map(([document, fields]) => [
      replace(document),
      new Map([...fields].map(([path, value]) => [replace(path), replace(value)])),
    ]),
  );
}
