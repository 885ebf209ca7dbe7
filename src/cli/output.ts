/**
 * `--output`: which reporter a command line asks for.
 * @module
 */
import { visibleJson } from "../text/visible.ts";
import type { OutputKind } from "./flags.ts";
import {
  documentReporter,
  eventReporter,
  type Notation,
  type Reporter,
  type ReporterOptions,
  textReporter,
  unlessQuiet,
} from "./reporter.ts";

/** Numbers of 64 bits as they are: JSON's text has no limit, only JavaScript's numbers have. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === "bigint"
    ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(`${value}`)
    : value;
}

/** JSON: events one a line, documents indented as kubeadm's. */
const JSON_NOTATION: Notation = {
  event: (event) => visibleJson(JSON.stringify(event, exact)),
  document: (document) => visibleJson(JSON.stringify(document, exact, 4)),
};

/** YAML: each event after a line `---`; documents with such a line between them. Loaded only when needed. */
async function yamlNotation(): Promise<Notation> {
  const { stringify } = await import("../config/yaml.ts");
  const text = (value: unknown) => stringify(JSON.parse(JSON.stringify(value, exact))).trimEnd();
  return {
    event: (event) => `---\n${text(event)}`,
    document: (document, first) => `${first ? "" : "---\n"}${text(document)}`,
  };
}

/** The value of `--output` in words that may contain mistakes, so that errors have this format, too; `text` when it is absent. */
export function outputIn(words: readonly string[]): string {
  const at = words.findLastIndex((word) => /^(--output|-o)(=|$)|^-o./.test(word));
  const word = words[at];
  if (word === undefined) return "text";
  return (/^(--output|-o)$/.test(word) ? words[at + 1] : word.replace(/^(--output=|-o=?)/, "")) ?? "text";
}

/** The reporter for an output: text for all that is neither json nor yaml (`short`). */
export async function reporterFor(output: string, kind: OutputKind, options: ReporterOptions): Promise<Reporter> {
  return unlessQuiet(options, await reporterOf(output, kind, options));
}

async function reporterOf(output: string, kind: OutputKind, options: ReporterOptions): Promise<Reporter> {
  if (output !== "json" && output !== "yaml") return textReporter(options);
  const notation = output === "json" ? JSON_NOTATION : await yamlNotation();
  return kind === "events" ? eventReporter(options, notation) : documentReporter(options, notation);
}
