/**
 * JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386).
 * @module
 */
import { mustBe, mustNot, quoted, required } from "../../config/wording.ts";
import { describe, isMapping } from "../../config/yaml.ts";

type Container = Record<string, unknown> | unknown[];

/** A deep copy without shared parts: a change of one part must not change another. */
export function unshared<T>(value: T): T {
  if (Array.isArray(value)) return value.map(unshared) as T;
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item)])) as T;
}

/** Applies a merge patch: mappings are merged, `null` removes, other values replace. Neither argument is changed. */
export function mergePatch(original: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return unshared(patch);
  const result: Record<string, unknown> = isMapping(original) ? { ...original } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** `/spec/containers/0` -> its parts. */
function parsePointer(pointer: unknown, member: string): string[] {
  if (typeof pointer !== "string") throw new Error(`"${member}" ${mustBe("a string", describe(pointer))}`);
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) {
    throw new Error(`"${member}" ${mustBe('a path that starts with "/"', quoted(pointer))}`);
  }
  return pointer.slice(1).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Index in a list; a negative one counts from the end, which kubeadm's library allows. `end`: whether it may follow the last. */
function position(list: readonly unknown[], part: string, end: boolean): number {
  const size = list.length + (end ? 1 : 0);
  if (end && part === "-") return list.length;
  const number = /^-?(0|[1-9]\d*)$/.test(part) ? Number(part) : NaN;
  const at = number < 0 ? number + size : number;
  if (at >= 0 && at < size) return at;
  throw new Error(`invalid index "${part}" of a list of ${list.length} items`);
}

function member(container: Container, part: string): unknown {
  if (Array.isArray(container)) return container[position(container, part, false)];
  return Object.hasOwn(container, part) ? container[part] : undefined;
}

/** The list or mapping that contains the target of a pointer, and the last part of the pointer. */
function holder(document: unknown, pointer: string): { container: Container; part: string } {
  const parts = parsePointer(pointer, "path");
  const part = parts.pop()!;
  let container = document;
  for (const step of parts) {
    const next = typeof container === "object" && container !== null ? member(container as Container, step) : undefined;
    if (next === undefined || next === null) throw notFound(pointer);
    container = next;
  }
  if (typeof container !== "object" || container === null) throw notFound(pointer);
  return { container: container as Container, part };
}

function notFound(pointer: string): Error {
  return new Error(`path "${pointer}" not found`);
}

/** Whether the container has the member. */
function has(container: Container, part: string): boolean {
  if (!Array.isArray(container)) return Object.hasOwn(container, part);
  return position(container, part, false) >= 0;
}

function take(document: unknown, pointer: string): unknown {
  if (pointer === "") return document;
  const { container, part } = holder(document, pointer);
  if (!has(container, part)) throw notFound(pointer);
  return member(container, part);
}

function add(document: unknown, pointer: string, value: unknown): unknown {
  if (pointer === "") return value;
  const { container, part } = holder(document, pointer);
  if (Array.isArray(container)) container.splice(position(container, part, true), 0, value);
  else container[part] = value;
  return document;
}

function remove(document: unknown, pointer: string): unknown {
  if (pointer === "") throw new Error(mustNot("remove the whole object"));
  const { container, part } = holder(document, pointer);
  if (!has(container, part)) throw notFound(pointer);
  if (Array.isArray(container)) container.splice(position(container, part, false), 1);
  else delete container[part];
  return document;
}

/** Also sets an absent field, unlike RFC 6902, as kubeadm's library does. */
function replace(document: unknown, pointer: string, value: unknown): unknown {
  if (pointer === "") return value;
  const { container, part } = holder(document, pointer);
  if (Array.isArray(container)) container[position(container, part, false)] = value;
  else container[part] = value;
  return document;
}

/** Whether two JSON values are equal; the order of members has no effect. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (!isMapping(a)) return a === b;
  const keys = Object.keys(a);
  return isMapping(b) && keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

function operate(document: unknown, operation: Record<string, unknown>): unknown {
  const { op, path, from, value } = operation;
  if (["add", "replace", "test"].includes(String(op)) && value === undefined) throw new Error(`"value" ${required()}`);
  parsePointer(path, "path");
  const to = path as string;
  if (op === "add") return add(document, to, unshared(value));
  if (op === "remove") return remove(document, to);
  if (op === "replace") return replace(document, to, unshared(value));
  if (op === "test") {
    if (same(take(document, to), value)) return document;
    throw new Error(`test failed: the value at "${to}" differs`);
  }
  if (op !== "move" && op !== "copy") {
    throw new Error(`"op" ${mustBe("one of add, remove, replace, move, copy, test", describe(op))}`);
  }
  parsePointer(from, "from");
  const source = from as string;
  const taken = unshared(take(document, source));
  if (op === "move" && to.startsWith(`${source}/`)) throw new Error(mustNot(`move "${source}" into itself`));
  return add(op === "move" ? remove(document, source) : document, to, taken);
}

/**
 * Applies a JSON patch. Neither argument is changed.
 * @throws {Error} with a message for the user, which names the failed operation (the first is 1).
 */
export function jsonPatch(original: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new Error(mustBe("a list of operations", describe(patch)));
  return patch.reduce((document: unknown, operation, index) => {
    try {
      if (!isMapping(operation)) throw new Error(mustBe("a mapping", describe(operation)));
      return operate(document, operation);
    } catch (cause) {
      throw new Error(`operation ${index + 1}: ${(cause as Error).message}`);
    }
  }, unshared(original));
}
