/**
 * The pages about what programs read: exit codes, events and documents, from the table of exit codes and `schemas/`.
 * @module
 */
import { COMMANDS } from "../../src/dispatch.ts";
import { EXIT_MEANINGS, SIGNAL_NUMBERS } from "../../src/errors.ts";
import { anchorOf } from "./markdown.ts";
import { ROOT } from "./pages.ts";
import { code, head, parts, prose, table } from "./tables.ts";

/** A JSON schema, as far as `schemas/` uses the language. */
interface JsonSchema {
  title?: string;
  description?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  pattern?: string;
  $ref?: string;
  $defs?: Readonly<Record<string, JsonSchema>>;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  oneOf?: readonly JsonSchema[];
  additionalProperties?: unknown;
}

/** The file in `schemas/` that describes the answer or the result of a command. */
export function schemaOf(name: string): string {
  return `${name.endsWith(" phase") ? "phase" : name.replaceAll(" ", "-")}.json`;
}

function schemaIn(file: string): JsonSchema {
  return JSON.parse(Deno.readTextFileSync(`${ROOT}schemas/${file}`));
}

/** The schema that a reference names, in its own file or another. */
function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref } = schema;
  if ($ref === undefined) return schema;
  const [file = "", pointer] = $ref.split("#");
  const from = file === "" ? root : schemaIn(file);
  const target = pointer ? pointer.split("/").slice(1).reduce<unknown>((at, key) => (at as never)[key], from) : from;
  const found = target as JsonSchema;
  return found.$ref === undefined ? found : resolved(found, from);
}

/** The type of a value as a table shows it; another file is named by its link. */
function typeText(schema: JsonSchema, root: JsonSchema): string {
  if (schema.$ref && !schema.$ref.startsWith("#")) return `[${schema.$ref}](../../schemas/${schema.$ref})`;
  const { type, items, ...own } = resolved(schema, root);
  if (own.const !== undefined) return code(JSON.stringify(own.const));
  if (own.enum) return own.enum.map((value) => code(JSON.stringify(value))).join(", ");
  if (own.oneOf) return own.oneOf.map((one) => typeText(one, root)).join(" or ");
  if (items) return `list of ${typeText(items, root)}`;
  return typeof type === "string" ? type : type?.join(" or ") ?? "any";
}

function rows(schema: JsonSchema, root: JsonSchema, prefix = ""): string[][] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, given]) => {
    const isOther = given.$ref !== undefined && !given.$ref.startsWith("#");
    const member = isOther ? given : resolved(given, root);
    const items = member.items && !member.items.$ref?.match(/^[^#]/) ? resolved(member.items, root) : undefined;
    const row = [
      code(prefix + name),
      typeText(given, root),
      required.includes(name) ? "always" : "",
      prose(given.description ?? member.description ?? ""),
    ];
    return [row, ...rows(member, root, `${prefix}${name}.`), ...items ? rows(items, root, `${prefix}${name}[].`) : []];
  });
}

const fieldTable = (schema: JsonSchema, root: JsonSchema) =>
  table(["field", "type", "present", "meaning"], rows(schema, root));

/** The alternatives of a schema, each below the value by which programs tell them apart. */
function alternatives(root: JsonSchema, key: string, level: string): string[] {
  return (root.oneOf ?? []).map((one) => resolved(one, root)).map((one) => {
    const name = String(one.properties?.[key]?.const);
    return parts(`${level} ${name}`, prose(one.description ?? ""), fieldTable(one, root));
  });
}

function commandSection(file: string, names: readonly string[]): string {
  const root = schemaIn(file);
  // A heading of several names has an anchor for each.
  const anchors = names.length === 1 ? [] : names.map((name) => `<a id="${anchorOf(`kubewright ${name}`)}"></a>`);
  const body = root.oneOf
    ? root.oneOf.map((one) => fieldTable(resolved(one, root), root)).filter(Boolean).join("\nor:\n\n")
    : fieldTable(resolved(root, root), root);
  return parts(
    `### ${names.map((name) => `kubewright ${name}`).join(", ")}`,
    anchors.join(""),
    `${prose(root.description ?? "")} Schema: [\`${file}\`](../../schemas/${file}).`,
    body,
  );
}

/** The page of events and documents. */
export function outputReference(): string {
  const files = Map.groupBy(COMMANDS.map(({ spec }) => spec), ({ name }) => schemaOf(name));
  const sections = (kind: string) =>
    [...files].filter(([, [spec]]) => spec!.output === kind).map(([file, specs]) =>
      commandSection(file, specs.map(({ name }) => name))
    );
  return parts(
    head("Output reference: events and documents", "`schemas/`"),
    "With `--output json` or `--output yaml`, output is for programs. New events and fields may be added; names and " +
      "meanings do not change. Ignore fields that you do not recognize. The JSON schemas are in [`schemas/`](../../schemas).",
    "Commands that change a host for a while (`init`, `join`, `reset`, `certs renew` and so on) print a stream of " +
      "[events](#events) on standard output: JSON one a line, YAML one a document; the last is `result` or `error`. All " +
      "other commands print one [document](#documents) on standard output; warnings and the error are events on standard " +
      "error. The exit code is the same in every format: see [exit codes](../exit-codes.md).",
    "## Events",
    ...alternatives(schemaIn("event.json"), "event", "###"),
    "## Changes",
    "Fields of a `change` event, by its `kind`.",
    ...alternatives(schemaIn("change.json"), "kind", "###"),
    "## Results",
    "Fields of the `result` event of each command that prints events.",
    ...sections("events"),
    "## Documents",
    ...sections("document"),
  );
}

/** The page of exit codes. */
export function exitCodes(): string {
  const signals = Object.entries(SIGNAL_NUMBERS).map(([name, number]) => [`${128 + number}`, `ended by ${name}`]);
  const rows = [
    ...Object.entries(EXIT_MEANINGS).map(([exit, meaning]) => [exit, prose(meaning)]),
    ...signals,
    ["141", "ended because nothing reads the output (closed pipe)"],
  ];
  return parts(
    head("Exit codes", "`src/errors.ts`"),
    "Every command ends with one of these codes. A code keeps its meaning from version to version.",
    table(["code", "meaning"], rows.toSorted(([a], [b]) => Number(a) - Number(b))),
    "An error states how many changes were made, and completed changes are kept. With `--output json|yaml`, the " +
      "[error event](reference/output.md#error) has the code in `exitCode` and the class of the error in `kind`.",
  );
}
