/**
 * Values that documents hold as text, read once when a document is opened, and made text again when one is written. Which
 * fields hold them is in the schema, so that nobody else has to know.
 * @module
 */
import { formatHostPort, type HostPort, type Network, networksText, parseCidr, splitHostPort } from "./addresses.ts";
import { type Duration, formatDuration, parseDuration } from "./duration.ts";
import { readVersion, type Version } from "./kubernetes_version.ts";
import type { Report, Schema } from "./schema.ts";
import { parseTime, type Timestamp } from "./time.ts";
import { NO_TIMESTAMP } from "./validators.ts";

/** What a text stands for, by the type that a schema has for it. */
export type Value = Duration | readonly Network[] | HostPort | Version | Timestamp;

/** How one kind of value is read and written. */
interface Format<T extends Value> {
  /** Reports what cannot be read, and returns what stands for nothing. */
  read(text: string, path: string, report: Report): T | undefined;
  write(value: T): string;
}

const DURATION: Format<Duration> = {
  read(text, path, report) {
    const value = parseDuration(text);
    if (value === undefined) report(path, `"${text}" is not a duration such as "24h" or "1m30s"`);
    return value;
  },
  write: formatDuration,
};

/** One network, or one of each family. Rules that concern one of them have nothing to judge when the text is wrong. */
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
      report(path, `"${text}" has to be one network, or one of IPv4 and one of IPv6`);
      return [];
    }
    for (const part of parts.filter((part) => !parseCidr(part))) {
      const unprefixed = parseCidr(`${part}/0`) ? "; its prefix length is missing, as in /16" : "";
      report(path, `"${part}" is not a network of the form address/prefix${unprefixed}`);
    }
    return [];
  },
  write: networksText,
};

/** Whether the host can be one is a check of the value. */
const ENDPOINT: Format<HostPort> = {
  read(text, path, report) {
    if (text === "") return undefined;
    const value = splitHostPort(text);
    const form = "is not of the form host:port (port 1..65535; an IPv6 address in brackets)";
    if (value === undefined) report(path, `${JSON.stringify(text)} ${form}`);
    return value;
  },
  write: (value) => value.text ?? formatHostPort(value),
};

/** What version a label means depends on the host: the loader of the kind says so, and what is none. */
const VERSION: Format<Version> = {
  read: (text) => text === "" ? undefined : readVersion(text),
  write: ({ text }) => text,
};

const TIMESTAMP: Format<Timestamp> = {
  read(text, path, report) {
    if (text === "") return undefined;
    const value = parseTime(text);
    if (value === undefined) report(path, `${JSON.stringify(text)} ${NO_TIMESTAMP}`);
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

/** The same document with each text or value that the schema has a format for turned by `turn`, in the same order. */
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
 * Reads the texts of a document whose shape is right. What was read before (by the parser of the command line) stays; a
 * text that cannot be read is reported, and absent or empty.
 */
export function readValues<T>(schema: Schema, document: T, path: string, report: Report): T {
  return mapped(
    schema,
    document,
    path,
    (format, value, at) => typeof value === "string" ? format.read(value, at, report) : value,
  ) as T;
}

/** The document with its values as text. */
export function writeValues<T>(schema: Schema, document: T): T {
  return mapped(schema, document, "", (format, value) => format.write(value as Value)) as T;
}
