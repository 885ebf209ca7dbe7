/**
 * Reads and writes YAML. Only this module and `yaml_*.ts` import a YAML library. Reading uses std's loader class, because its
 * public functions neither accept other values nor report places. Writing is our own: the text must be byte for byte that of
 * sigs.k8s.io/yaml (kubeadm stores it and users compare it), and std's `stringify` misplaces nested lists with
 * `arrayIndent: false` and leaves `0o7` and `08` unquoted.
 * @module
 */
// @ts-types="./std_yaml_loader.d.ts"
import { type LoaderNotice, LoaderState } from "@std/yaml/loader";
import { InvalidInput, type Problem } from "../errors.ts";
import { Places } from "./yaml_places.ts";
import { KUBERNETES_VALUES } from "./yaml_values.ts";
import { mustBe, mustNot } from "./wording.ts";

/** One document of a configuration file. `body` is the whole mapping, with `apiVersion` and `kind`. */
export interface ConfigDocument {
  apiVersion: string;
  kind: string;
  body: Record<string, unknown>;
  /** Number of the document in the text, from 0, empty ones counted, as in {@linkcode Places}. */
  index: number;
}

/** Limits of what a text expands to (aliases count each time), far above any real configuration. */
const LIMITS = { characters: 4 << 20, values: 200_000, documents: 1_000, depth: 64 } as const;

/** The most documents without apiVersion and kind that are reported. */
const MOST_PROBLEMS = 20;

/** Whether the value is a mapping. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Copies a parsed value without sharing, resolving `<<`, within {@linkcode LIMITS}. */
function unfold(value: unknown, budget: { values: number }, depth = 0): unknown {
  if (--budget.values < 0) throw new RangeError(mustNot(`expand to more than ${LIMITS.values} values`));
  if (depth > LIMITS.depth) throw new RangeError(mustNot(`be nested more than ${LIMITS.depth} levels deep`));
  if (Array.isArray(value)) return value.map((item) => unfold(item, budget, depth + 1));
  if (typeof value === "string" && !value.isWellFormed()) {
    throw new RangeError("an escape sequence is half of a surrogate pair");
  }
  if (!isMapping(value)) return value;
  const own: [string, unknown][] = [];
  const merged: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const copy = unfold(item, budget, depth + 1);
    if (key !== "<<") own.push([key, copy]);
    else {
      for (const part of [copy].flat().reverse()) {
        if (!isMapping(part)) throw new RangeError(`"<<" ${mustBe("a mapping or a list of mappings", describe(part))}`);
        merged.push(...Object.entries(part));
      }
    }
  }
  return Object.fromEntries([...merged, ...own]);
}

/** The problem of a syntax error. The line itself is not shown: it may hold a token. */
function syntaxProblem(error: unknown): Problem {
  const where = "YAML";
  if (error instanceof RangeError) {
    return { where, what: error.message.includes("call stack") ? mustNot("be nested so deeply") : error.message };
  }
  const { line, column, message } = error as LoaderNotice;
  const what = message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
  return { where, what, ...(line === undefined ? {} : { line, column }) };
}

/**
 * Prepares a text where the loader differs from sigs.k8s.io/yaml: drops byte order marks at the start of any line
 * (concatenated files), replaces the further line breaks of YAML 1.1, drops a comment directly after `---`. The loader
 * requires the last line to end.
 */
function tidy(text: string): string {
  return text.replace(/^\ufeff+/gm, "").replace(/[\u0085\u2028\u2029]/g, "\n").replace(/^---[ \t]*#.*$/gm, "---")
    .replace(/[^\r\n]$/, "$&\n");
}

/** Reads keys as sigs.k8s.io/yaml: each is one scalar and not null. */
class KeyedLoader extends LoaderState {
  protected override storeMappingPair(
    result: object,
    overridable: Set<string>,
    tag: unknown,
    key: unknown,
    ...rest: unknown[]
  ): object {
    if (key === null || key === undefined || typeof key === "object") {
      throw Object.assign(new SyntaxError("a key must be a string, a number or a boolean"), { line: this.line + 1 });
    }
    return super.storeMappingPair(result, overridable, tag, key, ...rest);
  }
}

/** Characters that Go's YAML rejects everywhere, also in comments. */
const UNREADABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** @throws {SyntaxError} at the first character that YAML does not allow. */
function checkCharacters(text: string): void {
  const found = UNREADABLE.exec(text);
  if (!found) return;
  const before = text.slice(0, found.index).split(/\r\n?|\n/);
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw Object.assign(new SyntaxError(mustNot(`contain the character U+${code}`)), {
    line: before.length,
    column: before.at(-1)!.length + 1,
  });
}

/** Keeps the last of several values of one key, as sigs.k8s.io/yaml does when not strict. */
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

/** The number of the first line that starts with `---` and has content after it, which kubeadm rejects. */
function crowdedSeparator(text: string): number | undefined {
  const at = /^---(?![ \t]*$)/m.exec(text)?.index;
  return at === undefined ? undefined : text.slice(0, at).split(/\r\n?|\n/).length;
}

/** The places of fields in a text that {@linkcode parseDocuments} has read. */
export function placesIn(text: string): Places {
  return new Places(tidy(text));
}

/**
 * Reads the values of all documents of a YAML or JSON text, of any type; timestamps stay text.
 * @param source the name of the text in messages: a path.
 * @throws {InvalidInput} on bad syntax, duplicate keys and too large a text.
 */
export function parseValues(text: string, source: string): unknown[] {
  const refuse = (state: string) => new InvalidInput(`Cannot read "${source}": ${state}`);
  if (text.length > LIMITS.characters) throw refuse(tooLong());
  if ((text.match(/^---/gm)?.length ?? 0) > LIMITS.documents) {
    throw refuse(mustNot(`have more than ${LIMITS.documents} documents`));
  }
  const tidied = tidy(text);
  const line = crowdedSeparator(tidied);
  if (line !== undefined) {
    const what = 'only a comment may follow "---" at the start of a line, which separates documents';
    throw notYaml(source, { where: "YAML", what, line });
  }
  try {
    checkCharacters(text);
    const budget = { values: LIMITS.values };
    const loader = new KeyedLoader(tidied, { schema: KUBERNETES_VALUES });
    return Array.from(loader.readDocuments(), (document) => unfold(document, budget));
  } catch (error) {
    throw notYaml(source, syntaxProblem(error));
  }
}

function tooLong(): string {
  return mustNot(`have more than ${LIMITS.characters} characters`);
}

function notYaml(source: string, problem: Problem): InvalidInput {
  return new InvalidInput(`Cannot read "${source}": not valid YAML:`, [{ ...problem, source }]);
}

/**
 * Reads the value of the first document, as client-go reads kubeconfigs: later documents are ignored, and the last of several
 * values of one key counts.
 * @throws {InvalidInput} on bad syntax and too large a text.
 */
export function parseFirst(text: string, source: string): unknown {
  if (text.length > LIMITS.characters) {
    throw new InvalidInput(`Cannot read "${source}": ${tooLong()}`);
  }
  try {
    checkCharacters(text);
    for (const document of new LenientLoader(tidy(text), { schema: KUBERNETES_VALUES }).readDocuments()) {
      return unfold(document, { values: LIMITS.values });
    }
    return undefined;
  } catch (error) {
    throw notYaml(source, syntaxProblem(error));
  }
}

/**
 * Reads all documents of a YAML or JSON text; empty ones are dropped, timestamps stay text.
 * @param source the name of the text in messages: a path.
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
      refuse(mustBe("a mapping with apiVersion and kind", describe(body)));
      continue;
    }
    const { apiVersion, kind } = body;
    const missing = Object.entries({ apiVersion, kind }).filter(([, value]) => typeof value !== "string" || !value);
    if (missing.length > 0) refuse(`missing ${missing.map(([name]) => name).join(" and ")}`);
    else result.push({ apiVersion: String(apiVersion), kind: String(kind), body, index });
  }
  if (problems.length > 0) {
    throw new InvalidInput(`Cannot read "${source}": every document requires apiVersion and kind:`, problems);
  }
  return result;
}

/** The type of a value, and the value of a scalar, for messages: `the number 5`, `a list`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "number" && !Number.isFinite(value)) return "a number that is not finite";
  if (typeof value !== "string") return `the ${typeof value === "bigint" ? "number" : typeof value} ${value}`;
  const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return `the string ${shown}`;
}

/** Plain texts that YAML 1.1 or 1.2 does not read as a string. */
const NOT_TEXT: readonly RegExp[] = [
  /^(|~|null|Null|NULL|=|<<)$/,
  /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/,
  /^[-+]?(\.inf|\.Inf|\.INF)$|^(\.nan|\.NaN|\.NAN)$/,
  /^[-+]?(\.\d[\d_]*|\d[\d_]*(\.[\d_]*)?)([eE][-+]?\d+)?$/,
  /^[-+]?0(x[\da-fA-F_]+|X[\da-fA-F_]+|[oO][0-7_]+|[bB][01_]+)$/,
  /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/,
  /^\d{4}-\d\d?-\d\d?([Tt ].*)?$/,
];

/** Characters that require double quotes: those of libyaml, those outside the basic plane, and invisible ones. */
const UNPRINTABLE =
  /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\p{Cf}\u115f\u1160\u3164\uffa0]/u;

/** Text that cannot be plain: a leading indicator or document mark, `: `, ` #`, leading or trailing space. */
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

/** A text on one line: plain if it reads back as the same text, otherwise quoted. */
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

/** The lines of a value; the first line of a scalar follows its key or dash. */
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
 * Block-style YAML with sorted keys, as sigs.k8s.io/yaml writes it: no folded lines, no anchors, `undefined` left out, and
 * quotes around every text that a YAML 1.1 reader would not read as a string.
 */
export function stringify(value: unknown): string {
  return `${render(value).join("\n")}\n`;
}
