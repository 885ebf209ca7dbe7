/**
 * Schemas of configuration documents. The tables are in `kubeadm_kinds.ts` and `component_kinds.ts`; the same tables drive
 * the strict check, the check of values, and the descriptions of fields.
 * @module
 */
import { type Duration, formatDuration } from "./duration.ts";
import { formatHostPort, type HostPort } from "./addresses.ts";
import { A_DURATION, type Check, durationText, endpointHost, serverHost } from "./validators.ts";
import { duplicate, mustBe, mustBeOneOf, quoted, range, required, unknown as unknownName } from "./wording.ts";
import { describe, isMapping } from "./yaml.ts";

/** The valid values of a field. `doc` is its meaning in one sentence, `default` describes a default that depends on other values. */
export type Schema =
  & { doc?: string; default?: string }
  & (
    | { type: "text"; check?: Check; values?: readonly string[]; secret?: true }
    | { type: "duration"; positive?: true }
    | { type: "networks" }
    | { type: "endpoint"; anyName?: true }
    | { type: "version" }
    | { type: "timestamp" }
    | { type: "boolean" }
    | { type: "integer"; min?: number; max?: number; bits?: 64 }
    | { type: "number" }
    | { type: "anything" }
    | { type: "list"; of: Schema; unique?: string }
    | { type: "map"; of: Schema }
    | { type: "fields"; fields: Readonly<Record<string, Schema>>; required?: readonly string[] }
  );

/** How to fix a problem. A function where the fix names what sets a field: the flag of the command, or the field itself. */
export type Hint = string | ((label: (path: string) => string) => string);

/** Receives a problem at a field path, how to fix it, and whether the key rather than the value is wrong. */
export type Report = (path: string, what: string, hint?: Hint, at?: "key" | "value") => void;

const EXPECTED: Readonly<Record<Schema["type"], string>> = {
  text: "a string",
  duration: A_DURATION,
  networks: "a string",
  endpoint: "a string",
  version: "a string",
  timestamp: "a string",
  boolean: "true or false",
  integer: "an integer",
  number: "a number",
  anything: "a value that JSON can represent",
  list: "a list",
  map: "a mapping",
  fields: "a mapping",
};

/** Whether documents hold the value as text. */
function isText({ type }: Schema): boolean {
  return ["text", "duration", "networks", "endpoint", "version", "timestamp"].includes(type);
}

function hasType(schema: Schema, value: unknown): boolean {
  if (isText(schema)) return typeof value === "string";
  if (schema.type === "boolean") return typeof value === "boolean";
  if (schema.type === "number") return Number.isFinite(value);
  if (schema.type === "integer") return isInteger(value, schema.bits);
  if (schema.type === "list") return Array.isArray(value);
  return schema.type === "anything" ? isJson(value) : isMapping(value);
}

/** Whether a number fits the 32 or 64 bits of its Go type. */
function isInteger(value: unknown, bits: 32 | 64 = 32): boolean {
  if (typeof value === "bigint") return bits === 64;
  return Number.isSafeInteger(value) && (bits === 64 || Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31);
}

/** An empty duration is invalid in Go; other empty texts count as absent. */
function isDuration(schema: Schema): boolean {
  return schema.type === "duration" || schema.type === "text" && schema.check === durationText;
}

/** The value of an empty item of a list or mapping: Go's zero value. */
function zeroOf({ type }: Schema): unknown {
  if (type === "text") return "";
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return 0;
  return type === "fields" ? {} : undefined;
}

/** Whether JSON can represent the value: not `.inf` and `.nan`. */
function isJson(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isJson);
  return typeof value !== "number" || Number.isFinite(value);
}

/** Words a wrong type. The usual mistake is a number or a boolean where YAML requires quotes. */
function typeProblem(schema: Schema, value: unknown): string {
  if (schema.type === "text" && schema.secret) return mustBe("a string in quotes");
  const unquoted = isText(schema) && schema.type !== "duration" && /^(number|bigint|boolean)$/.test(typeof value);
  const outOfRange = schema.type === "integer" && (typeof value === "bigint" || Number.isInteger(value));
  const kind = unquoted ? " in quotes" : outOfRange ? ` of ${schema.bits ?? 32} bits` : "";
  return mustBe(EXPECTED[schema.type] + kind, describe(value));
}

/**
 * Checks names and types, and returns a copy without empty (`null`) and without wrong parts, so that later checks can run.
 * @param unknown what to do with fields that the schema does not have; `ignore` is for documents of newer programs.
 */
export function checkShape(
  schema: Schema,
  value: unknown,
  path: string,
  report: Report,
  unknown: "report" | "ignore" = "report",
): unknown {
  if (!hasType(schema, value)) return report(path, typeProblem(schema, value));
  if (value === "" && isDuration(schema)) return report(path, mustBe(EXPECTED.duration, quoted("")));
  const filled = (of: Schema, item: unknown) => item === null || item === undefined ? zeroOf(of) ?? item : item;
  const entriesOf = (mapping: unknown) => Object.entries(mapping as Record<string, unknown>);
  if (schema.type === "list") {
    const items = (value as unknown[]).map((item, i) =>
      checkShape(schema.of, filled(schema.of, item), `${path}[${i}]`, report, unknown)
    );
    return items.filter((item) => item !== undefined);
  }
  if (schema.type === "map") {
    const checked = entriesOf(value).map((
      [key, item],
    ) => [key, checkShape(schema.of, filled(schema.of, item), `${path}.${key}`, report, unknown)]);
    return Object.fromEntries(checked.filter(([, item]) => item !== undefined));
  }
  if (schema.type !== "fields") return value;
  const result: [string, unknown][] = [];
  for (const [key, item] of entriesOf(value)) {
    const field = Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;
    if (!field) {
      if (unknown === "report") {
        report(`${path}.${key}`, unknownName("field", key, Object.keys(schema.fields)), undefined, "key");
      }
      continue;
    }
    if (item === null || item === undefined) continue;
    const checked = checkShape(field, item, `${path}.${key}`, report, unknown);
    if (checked !== undefined) result.push([key, checked]);
  }
  return Object.fromEntries(result);
}

/**
 * Checks the values of a document that passed {@linkcode checkShape} and whose texts were parsed (`values.ts`): required
 * fields, formats, ranges, duplicates. An empty text counts as absent, as in Go.
 */
export function checkValues(schema: Schema, value: unknown, path: string, report: Report): void {
  if (value === undefined || value === "") return;
  if (schema.type === "text") {
    const text = String(value);
    const expected = schema.check?.(text);
    if (schema.values && !schema.values.includes(text)) report(path, mustBeOneOf(schema.values, text));
    else if (expected) report(path, schema.secret ? mustBe(expected) : mustBe(expected, quoted(text)));
  } else if (schema.type === "duration") {
    const given = value as Duration;
    if (given.nanoseconds < 0n || schema.positive && given.nanoseconds === 0n) {
      const expected = `a positive duration${schema.positive ? "" : " or 0"}`;
      report(path, mustBe(expected, quoted(formatDuration(given))));
    }
  } else if (schema.type === "endpoint") {
    const endpoint = value as HostPort;
    const expected = (schema.anyName ? serverHost : endpointHost)(endpoint.host);
    if (expected) report(path, mustBe(expected, quoted(formatHostPort(endpoint))));
  } else if (schema.type === "integer") {
    const { min = -Infinity, max = Infinity } = schema;
    if (Number(value) < min || Number(value) > max) report(path, mustBe(range(min, max), String(value)));
  } else if (schema.type === "list") {
    const items = value as unknown[];
    items.forEach((item, i) => {
      // In a list an empty text is a value, not an absent one.
      const expected = item === "" && schema.of.type === "text" ? schema.of.check?.("") : undefined;
      if (expected) report(`${path}[${i}]`, mustBe(expected, quoted("")));
      else checkValues(schema.of, item, `${path}[${i}]`, report);
    });
    if (schema.unique) checkUnique(items as Record<string, unknown>[], schema.unique, schema.of, path, report);
  } else if (schema.type === "map") {
    for (const [key, item] of Object.entries(value as object)) checkValues(schema.of, item, `${path}.${key}`, report);
  } else if (schema.type === "fields") {
    const mapping = value as Record<string, unknown>;
    for (const name of schema.required ?? []) {
      if (mapping[name] === undefined || mapping[name] === "") report(`${path}.${name}`, required());
    }
    for (const [name, field] of Object.entries(schema.fields)) {
      checkValues(field, mapping[name], `${path}.${name}`, report);
    }
  }
}

function checkUnique(
  items: readonly Record<string, unknown>[],
  key: string,
  of: Schema,
  path: string,
  report: Report,
): void {
  const field = of.type === "fields" ? of.fields[key] : undefined;
  const secret = field?.type === "text" && field.secret;
  const seen = new Set<unknown>();
  items.forEach(({ [key]: value }, i) => {
    if (value !== undefined && seen.has(value)) {
      report(`${path}[${i}].${key}`, secret ? duplicate() : duplicate(String(value)));
    }
    seen.add(value);
  });
}
