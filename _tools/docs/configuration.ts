/**
 * The configuration reference, from the schema of every kind.
 * @module
 */
import { SPECS } from "../../src/dispatch.ts";
import { KINDS } from "../../src/config/documents.ts";
import type { Schema } from "../../src/config/schema.ts";
import { durationText } from "../../src/config/validators.ts";
import { COMPONENT_FIELDS } from "./component_fields.ts";
import { fixedDefaults } from "./defaults.ts";
import { code, head, parts, prose, table } from "./tables.ts";

/** What kinds are for that have no sentence of their own: they are passed on to other programs. */
const PASSED_ON: Readonly<Record<string, string>> = {
  KubeletConfiguration:
    "Settings of the kubelets of the cluster. kubewright checks names and types, adds the defaults " +
    "below and passes the document on. For the defaults and limits of the kubelet itself, see the " +
    "[reference of Kubernetes](https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/).",
  KubeProxyConfiguration:
    "Settings of kube-proxy. kubewright checks names and types, adds the defaults below and passes " +
    "the document on. For the defaults and limits of kube-proxy itself, see the " +
    "[reference of Kubernetes](https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/).",
};

/** A schema that several fields share: it has a section of its own. */
interface Shared {
  name: string;
  /** The paths of the fields that have it. */
  paths: readonly string[];
}

/** The fields that a schema brings, those of a list's items too. */
function membersOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  if (schema.type === "fields") return schema.fields;
  return schema.type === "list" ? membersOf(schema.of) : undefined;
}

const isList = ({ type }: Schema) => type === "list";

/** Visits a schema and every schema below it, with its path and the schema that it is a member of. */
function walk(
  schema: Schema,
  path: string,
  visit: (schema: Schema, path: string, parent: Schema | undefined) => void,
  parent?: Schema,
): void {
  visit(schema, path, parent);
  for (const [name, member] of Object.entries(membersOf(schema) ?? {})) {
    walk(member, `${path}${isList(schema) ? "[]" : ""}.${name}`, visit, schema);
  }
}

/** The word that occurs most often. */
function mostFrequent(words: readonly string[]): string {
  const count = (word: string) => words.filter((one) => one === word).length;
  return words.toSorted((a, b) => count(b) - count(a))[0]!;
}

/** The schemas that several objects share, and that have more than two members, or are a list of objects. */
function sharedSchemas(kinds: Readonly<Record<string, Schema>>): ReadonlyMap<Schema, Shared> {
  const places = new Map<Schema, { paths: string[]; parents: Set<Schema> }>();
  for (const [kind, schema] of Object.entries(kinds)) {
    walk(schema, kind, (found, path, parent) => {
      const place = places.get(found) ?? { paths: [], parents: new Set() };
      place.paths.push(path);
      if (parent) place.parents.add(parent);
      places.set(found, place);
    });
  }
  const isLarge = (schema: Schema) => {
    const count = Object.keys(membersOf(schema) ?? {}).length;
    return count > 2 || count > 0 && isList(schema);
  };
  return new Map(
    [...places].filter(([schema, { parents }]) => parents.size > 1 && isLarge(schema)).map(([schema, { paths }]) => [
      schema,
      { name: mostFrequent(paths.map((path) => path.split(/[.[\]]+/).at(-1)!)), paths },
    ]),
  );
}

const WRITTEN: Readonly<Record<string, string>> = {
  text: "string",
  duration: "duration",
  networks: "CIDRs",
  endpoint: "host:port",
  version: "version",
  timestamp: "time",
  boolean: "boolean",
  integer: "integer",
  number: "number",
  anything: "any value",
  fields: "object",
};

/** The type as the table shows it. @param s the plural's ending. */
function typeText(schema: Schema, s = ""): string {
  if (schema.type === "list" || schema.type === "map") return `${schema.type}${s} of ${typeText(schema.of, "s")}`;
  const isDuration = schema.type === "text" && schema.check === durationText;
  const written = (isDuration ? "duration" : WRITTEN[schema.type]!) + s;
  return schema.type === "text" && schema.secret ? `${written} (secret)` : written;
}

/** Which values are valid, as sentences; empty where the type is all. */
function validText(schema: Schema): string {
  if (schema.type === "list") {
    const valid = schema.of.type === "fields" ? "" : validText(schema.of);
    return valid && valid.replace(/^Must/, "Each must");
  }
  if (schema.type === "integer" && schema.bits !== 64 && schema.min !== undefined) {
    return `Must be from ${schema.min} to ${schema.max}.`;
  }
  if (schema.type === "duration" && schema.positive) return "Must be positive.";
  if (schema.type !== "text" || schema.check === durationText) return "";
  if (schema.values) return `Must be one of ${schema.values.filter(Boolean).map(code).join(", ")}.`;
  // A check returns the form that it requires; a control character has none of them.
  const form = schema.check?.("\x01");
  return form === undefined ? "" : `Must be ${form}.`;
}

/** The meaning of a field; empty where no sentence describes it. */
function meaningOf({ doc }: Schema, [path = ""]: readonly string[]): string {
  return doc ?? COMPONENT_FIELDS.get(path) ?? "";
}

/** Flags by the path of the field that they set, `InitConfiguration.bootstrapTokens[].token`. */
function flagsByField(): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, string[]>();
  for (const { name, sets = [] } of SPECS.flatMap(({ flags }) => flags)) {
    for (const path of sets.map((path) => path.replaceAll(/\[\d+\]/g, "[]"))) {
      flags.set(path, [...new Set([...flags.get(path) ?? [], `--${name}`])]);
    }
  }
  return flags;
}

/** The page. */
export class ConfigurationReference {
  readonly #kinds: Readonly<Record<string, Schema>> = Object.assign({}, ...Object.values(KINDS));
  readonly #shared = sharedSchemas(this.#kinds);
  readonly #flags = flagsByField();
  readonly #defaults = fixedDefaults();

  /** Paths of all fields, and which of them have no sentence. */
  fields(): { all: ReadonlySet<string>; without: readonly string[] } {
    const all = new Map<string, Schema>();
    for (const [kind, schema] of Object.entries(this.#kinds)) walk(schema, kind, (found, path) => all.set(path, found));
    const without = [...all].filter(([path, schema]) => path.includes(".") && !meaningOf(schema, [path]));
    return { all: new Set(all.keys()), without: without.map(([path]) => path) };
  }

  text(): string {
    const versions = Object.entries(KINDS).flatMap(([version, kinds]) =>
      Object.keys(kinds).map((kind) => [code(kind), code(version), `[fields](#${kind.toLowerCase()})`])
    );
    return parts(
      head("Configuration reference", "`src/config/`"),
      "`--config FILE` reads these YAML or JSON documents, one or several of them in a file. The formats are those of " +
        "kubeadm: a file for kubeadm is a file for kubewright. Every field of `kubeadm.k8s.io/v1beta4` exists, with kubeadm's " +
        "default; where kubewright differs from kubeadm, the meaning of the field describes it. Unknown fields and " +
        "duplicate keys are errors; `kubeadm init` and `kubeadm join` only warn about unknown fields.",
      table(["kind", "apiVersion", ""], versions),
      "`kubeadm.k8s.io/v1beta3` is converted with a warning; `kubewright config migrate` writes the new form. " +
        "`kubeadm.k8s.io/v1` is experimental and read with `--allow-experimental-api`. " +
        "`kubewright config print init-defaults` prints a document to start from, `kubewright config validate` checks one.",
      "A *duration* is a text such as `1h30m`, `4m0s` or `500ms`. A *time* is an RFC 3339 time such as " +
        "`2027-01-31T12:00:00Z`. *CIDRs* are a network such as `10.244.0.0/16`, or one of each IP family with a comma " +
        "between. An empty default means that the field is empty. A flag in the last column sets the field; it cannot be " +
        "combined with `--config`, unless its help states otherwise.",
      ...Object.entries(this.#kinds).map(([kind, schema]) => this.#section(kind, schema)),
      "## Shared objects",
      ...[...this.#shared].map(([schema, { name, paths }]) => this.#sharedSection(schema, name, paths)),
    );
  }

  #section(kind: string, schema: Schema): string {
    const meaning = PASSED_ON[kind] ?? prose(schema.doc ?? "");
    return parts(`## ${kind}`, meaning, this.#table(schema, [kind]));
  }

  #sharedSection(schema: Schema, name: string, paths: readonly string[]): string {
    const inItem = isList(schema) ? paths.map((path) => `${path}[]`) : paths;
    const used = `Used in ${paths.map(code).join(", ")}.`;
    return parts(`### ${name}`, prose(meaningOf(schema, paths)), used, this.#table(schema, inItem));
  }

  /** The members as a table. @param bases the paths of what they are members of. */
  #table(schema: Schema, bases: readonly string[]): string {
    const rows = this.#rows(schema, "", bases);
    const columns = ["field", "type", "default", "meaning", "flag"];
    const count = rows.some((row) => row[4] !== "") ? 5 : 4;
    return table(columns.slice(0, count), rows.map((row) => row.slice(0, count)));
  }

  #rows(schema: Schema, prefix: string, bases: readonly string[]): string[][] {
    const fields = schema.type === "list" ? schema.of : schema;
    if (fields.type !== "fields") return [];
    return Object.entries(fields.fields).flatMap(([name, member]) => {
      const paths = bases.map((base) => `${base}.${name}`);
      const field = `${prefix}${name}`;
      const shared = this.#shared.get(member);
      const row = [code(field), typeText(member), this.#default(fields, name, member, paths), "", this.#flagsOf(paths)];
      if (shared) {
        row[3] = `${prose(meaningOf(member, paths))} See [${shared.name}](#${shared.name.toLowerCase()}).`.trim();
        return [row];
      }
      const below = isList(member) ? paths.map((path) => `${path}[]`) : paths;
      row[3] = [prose(meaningOf(member, paths)), prose(validText(member))].filter(Boolean).join(" ");
      return [row, ...this.#rows(member, `${field}${isList(member) ? "[]" : ""}.`, below)];
    });
  }

  #default(parent: Schema, name: string, member: Schema, paths: readonly string[]): string {
    if (parent.type === "fields" && parent.required?.includes(name)) return "required";
    const values = new Set(paths.map((path) => this.#defaults.get(path)));
    const [value] = values;
    if (values.size === 1 && value !== undefined) return value === "" ? "" : code(value);
    if (member.default !== undefined) return prose(member.default);
    return member.type === "boolean" && !paths.some((path) => /^Kube/.test(path)) ? code("false") : "";
  }

  #flagsOf(paths: readonly string[]): string {
    return [...new Set(paths.flatMap((path) => this.#flags.get(path) ?? []))].map(code).join(", ");
  }
}
