/**
 * The part of JSON Schema 2020-12 that the files in `schemas/` use, strictly: a keyword that is not known here is an
 * error, and so is a property that a schema does not name, so that nothing the program prints is without description.
 *
 * @module
 */

/** A schema, or `true` for anything. */
export type Schema = true | { readonly [keyword: string]: unknown };

/** Finds the schema that a `$ref` names; `base` is the file that holds the reference. */
export type Lookup = (reference: string, base: string) => { schema: Schema; base: string };

/** Keywords that say nothing about validity. */
const ANNOTATIONS = ["$schema", "$id", "$defs", "title", "description"];

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeOf(value) === "object";
}

const equal = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * What of the value is not as the schema says, each with its place (`/problems/0/where`); empty when it is valid.
 * @throws when the schema uses a keyword that is not known here.
 */
export function violations(value: unknown, schema: Schema, lookup: Lookup, base: string, at = ""): string[] {
  if (schema === true) return [];
  const found: string[] = [];
  const say = (what: string) => found.push(`${at || "/"}: ${what}`);
  const check = (part: unknown, by: Schema, place: string) => found.push(...violations(part, by, lookup, base, place));
  const keywords: Readonly<Record<string, (argument: never) => void>> = {
    $ref(reference: string) {
      const target = lookup(reference, base);
      found.push(...violations(value, target.schema, lookup, target.base, at));
    },
    type(types: string | string[]) {
      const type = typeOf(value);
      if (![types].flat().some((known) => known === type || known === "number" && type === "integer")) {
        say(`is ${type}, not ${[types].flat().join(" or ")}`);
      }
    },
    const(wanted: unknown) {
      if (!equal(value, wanted)) say(`is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`);
    },
    enum(choices: unknown[]) {
      if (!choices.some((choice) => equal(choice, value))) say(`is ${JSON.stringify(value)}, none of its values`);
    },
    pattern(pattern: string) {
      if (typeof value === "string" && !new RegExp(pattern, "u").test(value)) {
        say(`"${value}" does not match ${pattern}`);
      }
    },
    minimum(least: number) {
      if (typeof value === "number" && value < least) say(`is ${value}, less than ${least}`);
    },
    required(names: string[]) {
      for (const name of names) if (isObject(value) && !Object.hasOwn(value, name)) say(`has no "${name}"`);
    },
    properties(properties: Record<string, Schema>) {
      for (const [name, part] of Object.entries(isObject(value) ? value : {})) {
        if (properties[name] !== undefined) check(part, properties[name], `${at}/${name}`);
        else if (schema["additionalProperties"] !== true) say(`"${name}" is not in the schema`);
      }
    },
    additionalProperties() {},
    items(items: Schema) {
      for (const [i, item] of (Array.isArray(value) ? value : []).entries()) check(item, items, `${at}/${i}`);
    },
    oneOf(branches: Schema[]) {
      const outcomes = branches.map((branch) => violations(value, branch, lookup, base, at));
      const valid = outcomes.filter((outcome) => outcome.length === 0).length;
      if (valid > 1) say(`fits ${valid} of the choices`);
      // The branch with the fewest mistakes is the one that was meant.
      if (valid === 0) found.push(...outcomes.reduce((best, next) => next.length < best.length ? next : best));
    },
  };
  for (const [keyword, argument] of Object.entries(schema)) {
    if (ANNOTATIONS.includes(keyword)) continue;
    const rule = keywords[keyword];
    if (rule === undefined) throw new Error(`the keyword "${keyword}" in ${base} is not known to this validator`);
    rule(argument as never);
  }
  return found;
}
