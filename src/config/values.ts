/**
 * Values that documents hold as text: parsed once when a document is opened, formatted when one is written. The schema
 * lists the fields that hold them.
 * @module
 */
import { formatHostPort, type HostPort, type Network, networksText, parseCidr, splitHostPort } from "./addresses.ts";
import { type Duration, formatDuration, parseDuration } from "./duration.ts";
import { readVersion, type Version } from "./kubernetes_version.ts";
import type { Report, Schema } from "./schema.ts";
import { parseTime, type Timestamp } from "./time.ts";
import { A_DURATION, A_TIME } from "./validators.ts";
import { mustBe, quoted } from "./wording.ts";

/** A parsed text, by its type in the schema. */
export type Value = Duration | readonly Network[] | HostPort | Version | Timestamp;

/** How one kind of value is parsed and formatted. */
interface Format<T extends Value> {
  /** Parses a text. Reports an invalid one, and returns what an absent one is. */
  read(text: string, path: string, report: Report): T | undefined;
  write(value: T): string;
}

const DURATION: Format<Duration> = {
  read(text, path, report) {
    const value = parseDuration(text);
    if (value === undefined) report(path, mustBe(A_DURATION, quoted(text)));
    return value;
  },
  write: formatDuration,
};

/** One network, or one of each family. An invalid text is an empty list, so that no rule judges a part of it. */
const NETWORKS: Format<readonly Network[]> = {
  read(text, path, report) {
    if (text === "") return undefined;
    const parts = text.split(",");
    const networks = parts.flatMap((part) => {
      const cidr = parseCidr(part);
      return cidr ? [{ ...cidr, text: part }] : [];
    });
    const families = new Set(networks.map(({ address }) => address.family));
    if (parts.length <= 2 && networks.length === parts.length && families.size === parts.length) return networks;
    if (parts.length > 2 || networks.length === parts.length) {
      report(path, mustBe("one CIDR, or an IPv4 and an IPv6 CIDR separated by a comma", quoted(text)));
      return [];
    }
    for (const part of parts.filter((part) => !parseCidr(part))) {
      const unprefixed = parseCidr(`${part}/0`) ? "; the prefix length is missing, such as /16" : "";
      report(path, `${mustBe("a CIDR of the form address/prefix", quoted(part))}${unprefixed}`);
    }
    return [];
  },
  write: networksText,
};

/** The host itself is judged by the check of the value. */
const ENDPOINT: Format<HostPort> = {
  read(text, path, report) {
    if (text === "") return undefined;
    const value = splitHostPort(text);
    const form = "a host or HOST:PORT (port 1 to 65535, IPv6 addresses in brackets)";
    if (value === undefined) report(path, mustBe(form, quoted(text)));
    return value;
  },
  write: (value) => value.text ?? formatHostPort(value),
};

/** The version of a label depends on the host, so that the loader of the kind resolves labels and rejects other texts. */
const VERSION: Format<Version> = {
  read: (text) => text === "" ? undefined : readVersion(text),
  write: ({ text }) => text,
};

const TIMESTAMP: Format<Timestamp> = {
  read(text, path, report) {
    if (text === "") return undefined;
    const value = parseTime(text);
    if (value === undefined) report(path, mustBe(A_TIME, quoted(text)));
    return value;
  },
  write: ({ text }) => text,
};

const FORMATS: Readonly<Partial<Record<Schema["type"], Format<Value>>>> = {
  duration: DURATION as Format<Value>,
  networks: NETWORKS as Format<Value>,
  endpoint: ENDPOINT as Format<Value>,
  version: VERSION as Format<Value>,
  timestamp: TIMESTAMP as Format<Value>,
};

/** A copy of the document in which `turn` replaces each value that has a format in the schema; the order stays. */
function mapped(
  schema: Schema,
  value: unknown,
  path: string,
  turn: (format: Format<Value>, value: unknown, path: string) => unknown,
): unknown {
  if (value === undefined || value === null) return value;
  const format = FORMATS[schema.type];
  if (format) return turn(format, value, path);
  if (schema.type === "list") {
    return (value as unknown[]).map((item, i) => mapped(schema.of, item, `${path}[${i}]`, turn));
  }
  if (schema.type !== "fields") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const field = Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;
      return [key, field ? mapped(field, item, `${path}.${key}`, turn) : item];
    }),
  );
}

/**
 * Parses the texts of a document that passed `checkShape`. Values that the command line already parsed stay; an invalid
 * text is reported, and becomes absent or empty.
 */
export function readValues<T>(schema: Schema, document: T, path: string, report: Report): T {
  return mapped(
    schema,
    document,
    path,
    (format, value, at) => typeof value === "string" ? format.read(value, at, report) : value,
  ) as T;
}

/** The document with its values formatted as text. */
export function writeValues<T>(schema: Schema, document: T): T {
  return mapped(schema, document, "", (format, value) => format.write(value as Value)) as T;
}
