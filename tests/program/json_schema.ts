/**
 * The files in `schemas/` by a validator of JSON Schema 2020-12, strictly: a keyword that they do not use yet is an error,
 * and so is a property that a schema does not name, so that nothing the program prints is without description.
 *
 * @module
 */
import { Validator } from "@cfworker/json-schema";

/** A schema, or `true` for anything. */
export type Schema = true | { readonly [keyword: string]: unknown };

/** Keywords that the schemas may use. */
const KEYWORDS = [
  "$schema",
  "$id",
  "$defs",
  "$ref",
  "title",
  "description",
  "type",
  "const",
  "enum",
  "pattern",
  "minimum",
]
  .concat("required", "properties", "additionalProperties", "items", "oneOf");

const each = (parts: unknown) =>
  Object.fromEntries(Object.entries(parts as Record<string, Schema>).map(([name, part]) => [name, strict(part)]));

/** The schema, with no property but those that it names, unless it says that there may be. @throws at other keywords. */
export function strict(schema: Schema): Schema {
  if (schema === true) return true;
  const { properties, $defs, items, oneOf } = schema;
  for (const keyword of Object.keys(schema)) {
    if (!KEYWORDS.includes(keyword)) throw new Error(`the keyword "${keyword}" is not among those of schemas/`);
  }
  return {
    ...(properties ? { additionalProperties: false } : {}),
    ...schema,
    ...(properties ? { properties: each(properties) } : {}),
    ...($defs ? { $defs: each($defs) } : {}),
    ...(items ? { items: strict(items as Schema) } : {}),
    ...(oneOf ? { oneOf: (oneOf as Schema[]).map(strict) } : {}),
  };
}

/**
 * What tells of a value how it is not as the schema says, each with its place (`#/problems/0/where`); empty when it is valid.
 * @param others schemas that it refers to by their `$id`.
 */
export function judge(schema: Schema, others: readonly Schema[] = []): (value: unknown) => string[] {
  type Given = ConstructorParameters<typeof Validator>[0];
  const validator = new Validator(strict(schema) as Given, "2020-12", false);
  for (const other of others) validator.addSchema(strict(other) as Exclude<Given, boolean>);
  return (value) =>
    validator.validate(value).errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}
