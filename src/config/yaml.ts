/**
 * YAML in and out: this and `yaml_*.ts` are the only modules that know a YAML library. Reading goes through std's loader (the
 * class itself, as its public functions neither take other values nor tell places). Writing is our own, because the text has
 * to be byte for byte that of sigs.k8s.io/yaml (what kubeadm stores and users compare), and std's `stringify` misplaces
 * nested lists with `arrayIndent: false` and leaves `0o7` and `08` unquoted.
 * @module
 */
// @ts-types="./std_yaml_loader.d.ts"
import { type LoaderNotice, LoaderState } from "@std/yaml/loader";
import { InvalidInput, type Problem } from "../errors.ts";
import { Places } from "./yaml_places.ts";
import { KUBERNETES_VALUES } from "./yaml_values.ts";

/** One document of a configuration file. `body` is the whole mapping, with `apiVersion` and `kind`. */
export interface ConfigDocument {
  apiVersion: string;
  kind: string;
  body: Record<string, unknown>;
  /** Number of the document in the text, from 0, empty ones counted: what {@linkcode Places} knows it by. */
  index: number;
}

/** Bounds on what a text may unfold to (aliases count each time), far above any real configuration. */
const LIMITS = { characters: 4 << 20, values: 200_000, documents: 1_000, depth: 64 } as const;

/** How many documents that do not say what they are are told of. */
const MOST_PROBLEMS = 20;

/** Whether the value is a mapping. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Copies a parsed value without sharing, resolving `<<`, within {@linkcode LIMITS}. */
function unfold(value: unknown, budget: { values: number }, depth = 0): unknown {
  if (--budget.values < 0) throw new RangeError(`it unfolds to more than ${LIMITS.values} values`);
  if (depth > LIMITS.depth) throw new RangeError(`it is nested more than ${LIMITS.depth} levels deep`);
  if (Array.isArray(value)) return value.map((item) => unfold(item, budget, depth + 1));
  if (typeof value === "string" && !value.isWellFormed()) throw new RangeError("an escape is half of a character");
  if (!isMapping(value)) return value;
  const own: [string, unknown][] = [];
  const merged: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const copy = unfold(item, budget, depth + 1);
    if (key !== "<<") own.push([key, copy]);
    else {
      for (const part of [copy].flat().reverse()) {
        if (!isMapping(part)) throw new RangeError("<< merges a value that is not a mapping");
        merged.push(...Object.entries(part));
      }
    }
  }
  return Object.fromEntries([...merged, ...own]);
}

/** What is wrong with the syntax. The line itself is not shown: it may hold a token. */
function syntaxProblem(error: unknown): Problem {
  const where = "YAML";
  if (error instanceof RangeError) {
    return { where, what: error.message.includes("call stack") ? "it is nested too deep" : error.message };
  }
  const { line, column, message } = error as LoaderNotice;
  const what = message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
  return { where, what, ...(line === undefined ? {} : { line, column }) };
}

/**
 * What the loader reads otherwise than sigs.k8s.io/yaml: byte order marks are no content wherever a line begins (files put
 * together); the further line breaks of YAML 1.1 are breaks; a comment may follow `---` at once. The loader wants an end of
 * the last line.
 */
function tidy(text: string): string {
  return text.replace(/^\ufeff+/gm, "").replace(/[\u0085\u2028\u2029]/g, "\n").replace(/^---[ \t]*#.*$/gm, "---")
    .replace(/[^\r\n]$/, "$&\n");
}

/** Reads as sigs.k8s.io/yaml, to which a key is one scalar and not null. */
class KeyedLoader extends LoaderState {
  protected override storeMappingPair(
    result: object,
    overridable: Set<string>,
    tag: unknown,
    key: unknown,
    ...rest: unknown[]
  ): object {
    if (key === null || key === undefined || typeof key === "object") {
      throw Object.assign(new SyntaxError("A key must be text, a number or a boolean"), { line: this.line + 1 });
    }
    return super.storeMappingPair(result, overridable, tag, key, ...rest);
  }
}

/** What Go's YAML does not read anywhere, not even in comments. */
const UNREADABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** @throws {SyntaxError} at the first character that may not be in YAML. */
function checkCharacters(text: string): void {
  const found = UNREADABLE.exec(text);
  if (!found) return;
  const before = text.slice(0, found.index).split(/\r\n?|\n/);
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw Object.assign(new SyntaxError(`Control characters are not allowed: U+${code}`), {
    line: before.length,
    column: before.at(-1)!.length + 1,
  });
}

/** Takes the last of several values of one key, as sigs.k8s.io/yaml does where it is not strict. */
class LenientLoader extends KeyedLoader {
  protected override storeMappingPair(
    result: object,
    overridable: Set<string>,
    tag: unknown,
    key: unknown,
    ...rest: unknown[]
  ): object {
    overridable.add(String(key));
    return super.storeMappingPair(result, overridable, tag, key, ...rest);
  }
}

/** The number of the first line that begins with `---` and has content behind it; kubeadm refuses these. */
function crowdedSeparator(text: string): number | undefined {
  const at = /^---(?![ \t]*$)/m.exec(text)?.index;
  return at === undefined ? undefined : text.slice(0, at).split(/\r\n?|\n/).length;
}

/** Where fields are in a text that {@linkcode parseDocuments} has read. */
export function placesIn(text: string): Places {
  return new Places(tidy(text));
}

/**
 * Reads the values of all documents of a YAML or JSON text, whatever they are; timestamps stay text.
 * @param source what to call the text in messages: a path.
 * @throws {InvalidInput} on bad syntax, duplicate keys and too large a text.
 */
export function parseValues(text: string, source: string): unknown[] {
  const refuse = (state: string) => new InvalidInput(`Cannot read "${source}": ${state}`);
  if (text.length > LIMITS.characters) throw refuse(`it has more than ${LIMITS.characters} characters`);
  if ((text.match(/^---/gm)?.length ?? 0) > LIMITS.documents) {
    throw refuse(`it has more than ${LIMITS.documents} documents`);
  }
  const tidied = tidy(text);
  const line = crowdedSeparator(tidied);
  if (line !== undefined) {
    const what = "a line that begins with --- separates documents, and only a comment may follow there";
    throw new InvalidInput(`Cannot read "${source}": it is not valid YAML:`, [{ where: "YAML", what, source, line }]);
  }
  try {
    checkCharacters(text);
    const budget = { values: LIMITS.values };
    const loader = new KeyedLoader(tidied, { schema: KUBERNETES_VALUES });
    return Array.from(loader.readDocuments(), (document) => unfold(document, budget));
  } catch (error) {
    throw new InvalidInput(`Cannot read "${source}": it is not valid YAML:`, [{ ...syntaxProblem(error), source }]);
  }
}

/**
 * Reads the value of the first document, as client-go reads kubeconfigs: what follows it is not looked at, and of several
 * values of one key the last counts.
 * @throws {InvalidInput} on bad syntax and too large a text.
 */
export function parseFirst(text: string, source: string): unknown {
  if (text.length > LIMITS.characters) {
    throw new InvalidInput(`Cannot read "${source}": it has more than ${LIMITS.characters} characters`);
  }
  try {
    checkCharacters(text);
    for (const document of new LenientLoader(tidy(text), { schema: KUBERNETES_VALUES }).readDocuments()) {
      return unfold(document, { values: LIMITS.values });
    }
    return undefined;
  } catch (error) {
    throw new InvalidInput(`Cannot read "${source}": it is not valid YAML:`, [{ ...syntaxProblem(error), source }]);
  }
}

/**
 * Reads all documents of a YAML or JSON text; empty ones are left out, timestamps stay text.
 * @param source what to call the text in messages: a path.
 * @throws {InvalidInput} on bad syntax, duplicate keys, too large a text, and documents without apiVersion and kind.
 */
export function parseDocuments(text: string, source: string): ConfigDocument[] {
  const problems: Problem[] = [];
  const result: ConfigDocument[] = [];
  const places = placesIn(text);
  for (const [index, body] of parseValues(text, source).entries()) {
    if (body === null || body === undefined) continue;
    if (problems.length === MOST_PROBLEMS) break;
    const refuse = (what: string) =>
      problems.push({ where: `document ${index + 1}`, what, source, ...places.find(index, "") });
    if (!isMapping(body)) {
      refuse(`expected a mapping with apiVersion and kind, is ${describe(body)}`);
      continue;
    }
    const { apiVersion, kind } = body;
    const missing = Object.entries({ apiVersion, kind }).filter(([, value]) => typeof value !== "string" || !value);
    if (missing.length > 0) {
      refuse(`has no ${missing.map(([name]) => name).join(" and no ")}`);
    } else result.push({ apiVersion: String(apiVersion), kind: String(kind), body, index });
  }
  if (problems.length > 0) {
    throw new InvalidInput(`Cannot read "${source}": not every document says what it is:`, problems);
  }
  return result;
}

/** What a value is, in words, for messages: `the number 5`, `a list`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "number" && !Number.isFinite(value)) return "no finite number";
  if (typeof value !== "string") return `the ${typeof value === "bigint" ? "number" : typeof value} ${value}`;
  const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return `the text ${shown}`;
}

/** Plain texts that YAML 1.1 or 1.2 reads as something else than text. */
const NOT_TEXT: readonly RegExp[] = [
  /^(|~|null|Null|NULL|=|<<)$/,
  /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/,
  /^[-+]?(\.inf|\.Inf|\.INF)$|^(\.nan|\.NaN|\.NAN)$/,
  /^[-+]?(\.\d[\d_]*|\d[\d_]*(\.[\d_]*)?)([eE][-+]?\d+)?$/,
  /^[-+]?0(x[\da-fA-F_]+|X[\da-fA-F_]+|[oO][0-7_]+|[bB][01_]+)$/,
  /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/,
  /^\d{4}-\d\d?-\d\d?([Tt ].*)?$/,
];

/** Characters that only double quotes can hold: as libyaml has it, beyond the basic plane as well, and what cannot be seen. */
const UNPRINTABLE =
  /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\p{Cf}\u115f\u1160\u3164\uffa0]/u;

/** What may not begin or be within a plain text: indicators, `: `, ` #`, document marks, space at an end. */
const NOT_PLAIN = /^[#,[\]{}&*!|>'"%@`]|^[-?:](\s|$)|^(---|\.\.\.)|:(\s|$)|\s#|^\s|\s$/;

const ESCAPES: Readonly<Record<string, string>> = {
  "\x00": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function doubleQuoted(text: string): string {
  const inner = Array.from(text.toWellFormed(), (character) => {
    if (ESCAPES[character]) return ESCAPES[character];
    if (!UNPRINTABLE.test(character)) return character;
    const code = character.codePointAt(0)!.toString(16).toUpperCase();
    return code.length > 4
      ? `\\U${code.padStart(8, "0")}`
      : code.length > 2
      ? `\\u${code.padStart(4, "0")}`
      : `\\x${code.padStart(2, "0")}`;
  });
  return `"${inner.join("")}"`;
}

/** A text on one line: plain where that reads back as the same text, else quoted. */
function textLine(text: string): string {
  if (UNPRINTABLE.test(text) || text.includes("\n") || NOT_TEXT.some((form) => form.test(text))) {
    return doubleQuoted(text);
  }
  return NOT_PLAIN.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

/** A text of several lines as a literal block: the header, then the lines without indentation. */
function literalBlock(text: string): string[] {
  const body = text.split("\n");
  const chomping = !text.endsWith("\n") ? "-" : /(^|\n)\n$/.test(text) ? "+" : "";
  if (chomping !== "-") body.pop();
  return [`|${/^[ \n]/.test(text) ? "2" : ""}${chomping}`, ...body];
}

/** Keys in the order of Go's YAML encoder: letters after all else, runs of digits by their number. */
function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  if (i === end) return a.length - b.length;
  const [letterA, letterB] = [/\p{L}/u.test(a[i]!), /\p{L}/u.test(b[i]!)];
  if (letterA !== letterB) return letterA ? 1 : -1;
  if (letterA) return a[i]! < b[i]! ? -1 : 1;
  const [runA, runB] = [a, b].map((key) => /^\d{0,15}/.exec(key.slice(i))![0]) as [string, string];
  return Number(runA) - Number(runB) || runA.length - runB.length || (a[i]! < b[i]! ? -1 : 1);
}

/** The lines of a value; for a scalar the first line goes after its key or dash. */
function render(value: unknown): string[] {
  if (value === null || value === undefined) return ["null"];
  if (typeof value === "string") {
    const literal = value.includes("\n") && !UNPRINTABLE.test(value) && !/ (\n|$)/.test(value);
    return literal ? literalBlock(value) : [textLine(value)];
  }
  if (typeof value !== "object") {
    if (typeof value === "boolean" || typeof value === "bigint" || Number.isFinite(value)) return [String(value)];
    throw new TypeError(`Cannot write ${String(value)} as YAML`);
  }
  const indented = (line: string) => line === "" ? "" : `  ${line}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return ["[]"];
    return value.flatMap((item) => render(item).map((line, i) => i === 0 ? `- ${line}` : indented(line)));
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => compareKeys(a, b));
  if (entries.length === 0) return ["{}"];
  return entries.flatMap(([key, item]) => {
    const [first, ...rest] = render(item) as [string, ...string[]];
    const nested = typeof item === "object" && item !== null && first !== "[]" && first !== "{}";
    if (!nested) return [`${textLine(key)}: ${first}`, ...rest.map(indented)];
    return [`${textLine(key)}:`, ...[first, ...rest].map((line) => Array.isArray(item) ? line : indented(line))];
  });
}

/**
 * Block-style YAML with sorted keys, as sigs.k8s.io/yaml writes it: lines never folded, no anchors, `undefined` left out,
 * and every text quoted that a YAML 1.1 reader would take for something else.
 */
export function stringify(value: unknown): string {
  return `${render(value).join("\n")}\n`;
}
