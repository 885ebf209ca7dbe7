/**
 * Reads the table of fields, and checks patched objects against it.
 * @module
 */
import { mustBe, unknown } from "../../config/wording.ts";
import { describe, isMapping } from "../../config/yaml.ts";
import { POD_TYPES } from "./pod_types.ts";

/** A type of the table: a plain one (`text`), a list, a map, or a struct by its name. */
export type FieldType =
  | { of: "plain"; name: string }
  | { of: "list" | "map"; item: FieldType }
  | { of: "struct"; name: string };

/** One field of a struct. */
export interface Field {
  type: FieldType;
  /** Lists: items are merged by this key (`""`: plain values); absent: the patch's list replaces the other. */
  mergeKey?: string;
}

function parseType(text: string): FieldType {
  if (text.startsWith("[")) return { of: "list", item: parseType(text.slice(1, -1)) };
  if (text.startsWith("{")) return { of: "map", item: parseType(text.slice(1, -1)) };
  return Object.hasOwn(POD_TYPES, text) ? { of: "struct", name: text } : { of: "plain", name: text };
}

const parsed = new Map<string, ReadonlyMap<string, Field>>();

/** The fields of a struct of the table, by name. */
export function fieldsOf(struct: string): ReadonlyMap<string, Field> {
  let fields = parsed.get(struct);
  if (!fields) {
    fields = new Map(
      POD_TYPES[struct]!.split(/\s+/).map((text) => {
        const [, name, type, merge] = /^(\w+):([^+~]+)(?:\+(\w*))?~?$/.exec(text)!;
        return [name!, { type: parseType(type!), ...(merge === undefined ? {} : { mergeKey: merge }) }];
      }),
    );
    parsed.set(struct, fields);
  }
  return fields;
}

/** The field under a key of a value of this type; undefined for an unknown field or type. */
export function fieldAt(type: FieldType | undefined, key: string): Field | undefined {
  if (type?.of === "struct") return fieldsOf(type.name).get(key);
  return type?.of === "map" ? { type: type.item } : undefined;
}

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

const PLAIN: Readonly<Record<string, { expected: string; fits(value: unknown): boolean }>> = {
  text: { expected: "a string", fits: (value) => typeof value === "string" },
  bool: { expected: "true or false", fits: (value) => typeof value === "boolean" },
  int: { expected: "an integer", fits: Number.isSafeInteger },
  number: { expected: "a number", fits: (value) => typeof value === "number" },
  quantity: { expected: 'a quantity such as "250m" or "1Gi"', fits: (value) => QUANTITY.test(String(value)) },
  port: {
    expected: "an integer or a string",
    fits: (value) => typeof value === "string" || Number.isSafeInteger(value),
  },
  any: { expected: "any value", fits: () => true },
};

/** Problems of a value; each starts with its path. */
export interface Findings {
  /** Values of a wrong type. */
  wrong: string[];
  /** Unknown fields. */
  unknown: string[];
}

/** Checks a value against its type. Returns it without empty (`null`) and unknown fields, which Go programs drop. */
export function conform(type: FieldType, value: unknown, path: string, found: Findings): unknown {
  const fits = type.of === "plain"
    ? PLAIN[type.name]!.fits(value)
    : type.of === "list"
    ? Array.isArray(value)
    : isMapping(value);
  if (!fits) {
    const expected = type.of === "plain" ? PLAIN[type.name]!.expected : type.of === "list" ? "a list" : "a mapping";
    found.wrong.push(`${path}: ${mustBe(expected, describe(value))}`);
    return value;
  }
  if (type.of === "plain") return value;
  if (type.of === "list") {
    return (value as unknown[]).map((item, i) => conform(type.item, item, `${path}[${i}]`, found));
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const field = fieldAt(type, key);
    const place = `${path === "" ? "" : `${path}.`}${key}`;
    if (!field) {
      const known = type.of === "struct" ? [...fieldsOf(type.name).keys()] : [];
      found.unknown.push(`${place}: ${unknown("field", key, known)}`);
    } else if (item !== null && item !== undefined) result[key] = conform(field.type, item, place, found);
  }
  return result;
}
