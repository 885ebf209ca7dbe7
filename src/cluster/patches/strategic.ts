/**
 * Strategic merge patches, with all their directives: `$patch`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`,
 * `$retainKeys`.
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 * @module
 */
import { mustBe, mustBeOneOf, requires, unknown } from "../../config/wording.ts";
import { describe, isMapping } from "../../config/yaml.ts";
import { unshared } from "./json_patch.ts";
import { fieldAt, type FieldType } from "./types.ts";

type Mapping = Record<string, unknown>;

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const ORDER = "$setElementOrder/";
const DELETE = "$deleteFromPrimitiveList/";

/** The kind of a value for merging: values of different kinds replace each other. */
function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : isMapping(value) ? "mapping" : "plain";
}

function badDirective(directive: unknown, where: string): Error {
  return new Error(`"${DIRECTIVE}" in ${where} ${mustBeOneOf(["delete", "replace"], String(directive))}`);
}

/** How lists under a key are merged: their items' type, and the merge key if they are merged at all. */
function listRule(type: FieldType | undefined, key: string): { item?: FieldType; mergeKey?: string } {
  const field = fieldAt(type, key);
  if (type && !field) throw new Error(unknown("field", key));
  if (field?.type.of !== "list") return {};
  return { item: field.type.item, ...(field.mergeKey === undefined ? {} : { mergeKey: field.mergeKey }) };
}

/** A value that is new in the object, without directives and empty fields. Undefined when all of it is a directive. */
function plainCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plainCopy(item)).filter((item) => item !== undefined);
  if (!isMapping(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  const kept = Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, plainCopy(item)]);
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined));
}

function listIn(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`"${name}" ${mustBe("a list", describe(value))}`);
}

/** The identity of an item: the value of the merge key, or a plain item itself. */
function identity(item: unknown, mergeKey: string, where: string): unknown {
  if (mergeKey === "") return item;
  if (!isMapping(item)) throw new Error(`an item of ${where} ${mustBe("a mapping", describe(item))}`);
  if (item[mergeKey] === undefined) {
    throw new Error(`an item of ${where} ${requires(`"${mergeKey}", the key that identifies items`)}`);
  }
  return item[mergeKey];
}

/** Sorts the items that the order names; the others keep their relative order. */
function inOrder(items: readonly unknown[], order: readonly unknown[], idOf: (item: unknown) => unknown): unknown[] {
  const place = (item: unknown) => order.indexOf(idOf(item));
  return items.toSorted((a, b) => {
    const [x, y] = [place(a), place(b)];
    return x >= 0 && y >= 0 ? x - y : 0;
  });
}

/**
 * The items of a merged list in the order of the patch; items that the patch does not name are inserted by their former
 * position.
 */
function arrange(
  merged: readonly unknown[],
  wanted: readonly unknown[],
  before: readonly unknown[],
  idOf: (item: unknown) => unknown,
): unknown[] {
  const named = inOrder(merged.filter((item) => wanted.includes(idOf(item))), wanted, idOf);
  const others = inOrder(merged.filter((item) => !wanted.includes(idOf(item))), before, idOf);
  const result: unknown[] = [];
  while (named.length > 0 && others.length > 0) {
    const [x, y] = [before.indexOf(idOf(others[0])), before.indexOf(idOf(named[0]))];
    result.push(x >= 0 && y >= 0 && x < y ? others.shift() : named.shift());
  }
  return [...result, ...named, ...others];
}

/** Merges two lists whose items are identified by a key, or are plain values. */
function mergeLists(
  original: unknown[],
  patch: unknown[],
  mergeKey: string,
  item: FieldType | undefined,
  where: string,
) {
  const idOf = (value: unknown) => identity(value, mergeKey, where);
  if (mergeKey === "") {
    const merged = [...new Set([...original, ...patch])];
    return arrange(merged, patch, original, idOf);
  }
  let base = [...original];
  const additions: unknown[] = [];
  let replaces = false;
  for (const entry of patch) {
    const directive = isMapping(entry) ? entry[DIRECTIVE] : undefined;
    if (directive === undefined) additions.push(entry);
    else if (directive === "replace") replaces = true;
    else if (directive === "delete") {
      const gone = idOf(entry);
      base = base.filter((present) => idOf(present) !== gone);
    } else throw badDirective(directive, where);
  }
  additions.forEach(idOf); // each requires one
  if (replaces) return plainCopy(additions) as unknown[];
  const before = base.map(idOf);
  for (const addition of additions) {
    const id = idOf(addition);
    const at = base.findIndex((present) => idOf(present) === id);
    if (at < 0) base.push(plainCopy(addition));
    else base[at] = mergeMappings(base[at] as Mapping, addition as Mapping, item, where);
  }
  return arrange(base, additions.map(idOf), before, idOf);
}

function mergeLike(original: unknown[], patch: unknown[], type: FieldType | undefined, key: string): unknown[] {
  const { item, mergeKey } = listRule(type, key);
  // A list without merge key replaces the other.
  return mergeKey === undefined ? patch : mergeLists(original, patch, mergeKey, item, key);
}

/** Removes the keys that the patch's `$retainKeys` does not name. */
function retain(original: Mapping, patch: Mapping): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const kept = listIn(patch[RETAIN_KEYS], RETAIN_KEYS);
  delete patch[RETAIN_KEYS];
  for (const [key, value] of Object.entries(patch)) {
    const isDirective = key.startsWith(ORDER) || key.startsWith(DELETE);
    if (value !== null && !isDirective && !kept.includes(key)) {
      throw new Error(`"${key}" is set but missing from ${RETAIN_KEYS}`);
    }
  }
  for (const key of Object.keys(original)) if (!kept.includes(key)) delete original[key];
}

/** Checks that the order of `$setElementOrder` is that of the patch's own items. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], name: string): void {
  let at = 0;
  for (const id of order) if (at < patch.length && patch[at] === id) at++;
  if (at < patch.length && order.length > 0) {
    throw new Error(`"${name}" must list the items in the order of the patch`);
  }
}

/** Merges the lists that have a `$setElementOrder`, and removes both from the patch. */
function mergeOrdered(original: Mapping, patch: Mapping, type: FieldType | undefined): void {
  for (const name of Object.keys(patch).filter((key) => key.startsWith(ORDER))) {
    const key = name.slice(ORDER.length);
    const { mergeKey = "" } = listRule(type, key);
    const idOf = (item: unknown) => identity(item, mergeKey, key);
    const order = listIn(patch[name], name).map(idOf);
    const given = patch[key] === undefined ? undefined : listIn(patch[key], key);
    const before = original[key] === undefined ? undefined : listIn(original[key], key);
    delete patch[name];
    const own = (given ?? []).filter((item) => !(isMapping(item) && Object.hasOwn(item, DIRECTIVE))).map(idOf);
    checkOrder(own, order, name);
    if (!given && !before) continue;
    const merged = !given ? before! : !before ? plainCopy(given) as unknown[] : mergeLike(before, given, type, key);
    original[key] = arrange(merged, order, (before ?? []).map(idOf), idOf);
    delete patch[key];
  }
}

function mergeMappings(original: Mapping, patch: Mapping, type: FieldType | undefined, where: string): Mapping {
  if (Object.hasOwn(patch, DIRECTIVE)) {
    const { [DIRECTIVE]: directive, ...rest } = patch;
    if (directive === "replace") return rest;
    if (directive === "delete") return {};
    throw badDirective(directive, where);
  }
  retain(original, patch);
  mergeOrdered(original, patch, type);
  for (const [name, value] of Object.entries(patch).filter(([name]) => !name.startsWith(DELETE))) {
    const before = original[name];
    if (value === null) delete original[name];
    else if (before === undefined || kindOf(before) !== kindOf(value) || kindOf(value) === "plain") {
      const copy = plainCopy(value);
      if (copy === undefined) delete original[name];
      else original[name] = copy;
    } else if (Array.isArray(value)) original[name] = mergeLike(before as unknown[], value, type, name);
    else {
      const field = fieldAt(type, name);
      if (type && !field) throw new Error(`${unknown("field", name)} in ${where}`);
      original[name] = mergeMappings(before as Mapping, value as Mapping, field?.type, name);
    }
  }
  // Last: when a patch adds and deletes the same value, the result of kubeadm's library varies.
  for (const [name, value] of Object.entries(patch).filter(([name]) => name.startsWith(DELETE))) {
    const key = name.slice(DELETE.length);
    const gone = listIn(value, name);
    if (Array.isArray(original[key])) original[key] = original[key].filter((item: unknown) => !gone.includes(item));
  }
  return original;
}

/**
 * Applies a strategic merge patch.
 * @param type of the object; undefined: its lists are not merged, as in component configurations.
 * @throws {Error} with a message for the user when it cannot be applied. Neither argument is changed.
 */
export function strategicMerge(original: Mapping, patch: unknown, type: FieldType | undefined): Mapping {
  if (!isMapping(patch)) throw new Error(mustBe("a mapping", describe(patch)));
  return mergeMappings(unshared(original), unshared(patch), type, "the object");
}
