/**
 * Types of scalars as in sigs.k8s.io/yaml, which kubeadm uses, so that a file means the same to both. They are partly YAML
 * 1.1: `yes` and `on` are true, `010` is eight; but `1:30` and dates are text.
 * @module
 */
import { parseTime } from "./time.ts";
// @ts-types="./std_yaml_loader.d.ts"
import type { LoaderSchema, ScalarType } from "@std/yaml/loader";

const TRUE = /^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INTEGER = /^[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

/** Numbers start with a digit, a sign or a dot, and may contain `_`. */
function digits(text: string): string {
  return /^[-+.\d]/.test(text) ? text.replaceAll("_", "") : text;
}

/** Whether the text is a finite number; others stay text, as in Go. */
function isFloat(text: string): boolean {
  return FLOAT.test(digits(text)) && Number.isFinite(Number(digits(text)));
}

/** A number; one that a double cannot hold exactly is a bigint if it fits 64 bits. */
function integer(text: string): number | bigint {
  const [, sign, prefix = "", rest = ""] = /^([-+]?)(0[xXbBoO]?(?=[\da-fA-F]))?(.*)$/.exec(digits(text))!;
  const base = { "": "", "0x": "0x", "0b": "0b", "0o": "0o", "0": "0o" }[prefix.toLowerCase()] ?? "";
  const value = Number(`${base}${rest}`) * (sign === "-" ? -1 : 1);
  if (Number.isSafeInteger(value) || rest.length > 64) return value;
  const exact = BigInt(`${base}${rest}`) * (sign === "-" ? -1n : 1n);
  return BigInt.asIntN(64, exact) === exact ? exact : value;
}

function scalar(name: string, form: (text: string) => boolean, value: (text: string) => unknown): ScalarType {
  return {
    tag: `tag:yaml.org,2002:${name}`,
    kind: "scalar",
    resolve: (data) => form(data === null ? "" : data as string),
    construct: (data) => value(data === null ? "" : data as string),
  };
}

function plain(name: string, kind: ScalarType["kind"], empty: () => unknown): ScalarType {
  return { tag: `tag:yaml.org,2002:${name}`, kind, resolve: () => true, construct: (data) => data ?? empty() };
}

const IMPLICIT: readonly ScalarType[] = [
  scalar("null", (text) => /^(|~|null|Null|NULL)$/.test(text), () => null),
  scalar("bool", (text) => TRUE.test(text) || FALSE.test(text), (text) => TRUE.test(text)),
  scalar("int", (text) => INTEGER.test(digits(text)), integer),
  scalar("float", isFloat, (text) => Number(digits(text))),
  // JSON cannot represent these, so that a program that reads the document as JSON rejects it.
  scalar("notFinite", (text) => NOT_FINITE.test(text), () => Number.NaN),
];

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const withoutLineEnds = (text: string) => text.replace(/[\r\n]/g, "");

/** Invalid UTF-8 becomes replacement characters, as in Go's JSON. */
function binary(text: string): string {
  const bytes = Uint8Array.from(atob(withoutLineEnds(text)), (character) => character.charCodeAt(0));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A date, optionally with a time; it stays text. */
function isTimestamp(text: string): boolean {
  const [whole, year, month, day, separator, hour = "0", minute = "0", second = "0", fraction = "", zone = ""] =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:([Tt ])(\d\d?):(\d\d?):(\d\d?)(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (whole === undefined || separator !== undefined && (separator === " ") !== (zone === "")) return false;
  const [months, days, hours, minutes, seconds] = [month!, day!, hour, minute, second].map((part) =>
    part.padStart(2, "0")
  );
  return parseTime(`${year}-${months}-${days}T${hours}:${minutes}:${seconds}${fraction}${zone || "Z"}`) !== undefined;
}

const EXPLICIT: readonly ScalarType[] = [
  scalar("binary", (text) => BASE64.test(withoutLineEnds(text)), binary),
  scalar("timestamp", isTimestamp, (text) => text),
  plain("str", "scalar", () => ""),
  plain("seq", "sequence", () => []),
  plain("map", "mapping", () => ({})),
];

/** Types by tag. An unknown tag, or one of another kind of node, has no effect: a scalar is text, others stay as they are. */
class TypesByTag extends Map<string, ScalarType> {
  readonly #other: ScalarType;

  constructor(kind?: ScalarType["kind"]) {
    const types = [...IMPLICIT, ...EXPLICIT].filter((type) => kind === undefined || type.kind === kind);
    super(types.map((type) => [type.tag, type]));
    this.#other = plain("", kind ?? "scalar", () => "");
  }

  override get(tag: string): ScalarType {
    return super.get(tag) ?? this.#other;
  }
}

/** The values of sigs.k8s.io/yaml. */
export const KUBERNETES_VALUES: LoaderSchema = {
  implicitTypes: IMPLICIT,
  typeMap: {
    fallback: new TypesByTag(),
    scalar: new TypesByTag("scalar"),
    sequence: new TypesByTag("sequence"),
    mapping: new TypesByTag("mapping"),
  },
};
