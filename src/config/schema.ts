/**
 * A small language that says what a configuration document may hold. The tables are in `kubeadm_kinds.ts` and
 * `component_kinds.ts`; the same tables drive the strict check, the check of values, and descriptions of fields.
 * @module
 */
import { type Duration, formatDuration } from "./duration.ts";
import { formatHostPort, type HostPort } from "./addresses.ts";
import { type Check, durationText, endpointHost, serverHost } from "./validators.ts";
import { suggestion } from "./suggest.ts";
import { describe, isMapping } from "./yaml.ts";

/** What a value may be. `doc` is its meaning in one sentence, `default` what it is where a document lacks it and that depends. */
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

/** How a problem is mended; a function where that names what sets a field: the flag of the command, or the field itself. */
export type Hint = string | ((label: (path: string) => string) => string);

/** Takes a problem at a field path, how to mend it, and whether it is about the key rather than the value. */
export type Report = (path: string, what: string, hint?: Hint, at?: "key" | "value") => void;

const EXPECTED: Readonly<Record<Schema["type"], string>> = {
  text: "text",
  duration: 'a duration such as "24h" or "1m30s"',
  networks: "text",
  endpoint: "text",
  version: "text",
  timestamp: "text",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  anything: "what JSON can say",
  list: "a list",
  map: "a mapping",
  fields: "a mapping",
};

/** Whether documents have text for it. */
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

/** Whether a number fits the 32 or 64 bits that Go has for it. */
function isInteger(value: unknown, bits: 32 | 64 = 32): boolean {
  if (typeof value === "bigint") return bits === 64;
  return Number.isSafeInteger(value) && (bits === 64 || Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31);
}

/** To Go an empty text is no duration, where other empty texts are absent ones. */
function isDuration(schema: Schema): boolean {
  return schema.type === "duration" || schema.type === "text" && schema.check === durationText;
}

/** What an empty item of a list or mapping is: Go's zero value. */
function zeroOf({ type }: Schema): unknown {
  if (type === "text") return "";
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return 0;
  return type === "fields" ? {} : undefined;
}

/** Whether JSON can say the value: not `.inf` and `.nan`. */
function isJson(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isJson);
  return typeof value !== "number" || Number.isFinite(value);
}

/** Says which type is expected, and how to mend the usual mistake: a number where YAML needs quotes. */
function typeProblem(schema: Schema, value: unknown): string {
  const expected = `expected ${EXPECTED[schema.type]}, is `;
  if (schema.type === "text" && schema.secret) return "expected text; write it in quotes";
  const scalar = typeof value === "number" || typeof value === "boolean";
  return expected + describe(value) + (isText(schema) && scalar ? "; write it in quotes" : "");
}

/**
 * Checks names and types, and returns a copy without empty (`null`) and without wrong parts, so that checking goes on.
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
  if (value === "" && isDuration(schema)) return report(path, `"" is not ${EXPECTED.duration}`);
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
        const what = `there is no such field${suggestion(key, Object.keys(schema.fields))}`;
        report(`${path}.${key}`, what, undefined, "key");
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
 * Checks the values of a document whose shape is right and whose texts were read (`values.ts`): required fields, formats,
 * ranges, duplicates. An empty text is an absent one, as in Go.
 */
export function checkValues(schema: Schema, value: unknown, path: string, report: Report): void {
  if (value === undefined || value === "") return;
  if (schema.type === "text") {
    const text = String(value);
    const shown = schema.secret ? "the value" : JSON.stringify(text);
    const wrong = schema.values && !schema.values.includes(text)
      ? `is none of ${schema.values.filter(Boolean).join(", ")}${suggestion(text, schema.values)}`
      : schema.check?.(text);
    if (wrong) report(path, `${shown} ${wrong}`);
  } else if (schema.type === "duration") {
    const given = value as Duration;
    if (given.nanoseconds < 0n || schema.positive && given.nanoseconds === 0n) {
      report(path, `"${formatDuration(given)}" is not a time to come`);
    }
  } else if (schema.type === "endpoint") {
    const endpoint = value as HostPort;
    const wrong = (schema.anyName ? serverHost : endpointHost)(endpoint.host);
    if (wrong) report(path, `${JSON.stringify(formatHostPort(endpoint))} ${wrong}`);
  } else if (schema.type === "integer") {
    const { min = -Infinity, max = Infinity } = schema;
    if (Number(value) < min || Number(value) > max) {
      report(path, `${value} is ${max === Infinity ? `less than ${min}` : `not in ${min}..${max}`}`);
    }
  } else if (schema.type === "list") {
    const items = value as unknown[];
    items.forEach((item, i) => {
      // In a list nothing is absent: an empty text is one.
      const empty = item === "" && schema.of.type === "text" ? schema.of.check?.("") : undefined;
      if (empty) report(`${path}[${i}]`, `"" ${empty}`);
      else checkValues(schema.of, item, `${path}[${i}]`, report);
    });
    if (schema.unique) checkUnique(items as Record<string, unknown>[], schema.unique, path, report);
  } else if (schema.type === "map") {
    for (const [key, item] of Object.entries(value as object)) checkValues(schema.of, item, `${path}.${key}`, report);
  } else if (schema.type === "fields") {
    const mapping = value as Record<string, unknown>;
    for (const name of schema.required ?? []) {
      if (mapping[name] === undefined || mapping[name] === "") report(`${path}.${name}`, "is required");
    }
    for (const [name, field] of Object.entries(schema.fields)) {
      checkValues(field, mapping[name], `${path}.${name}`, report);
    }
  }
}

function checkUnique(items: readonly Record<string, unknown>[], key: string, path: string, report: Report): void {
  const seen = new Set<unknown>();
  items.forEach(({ [key]: value }, i) => {
    if (value !== undefined && seen.has(value)) report(`${path}[${i}].${key}`, `"${value}" occurs twice`);
    seen.add(value);
  });
}
