/**
 * What can be completed, from the tables of commands and flags.
 * @module
 */
import { type CommandSpec, type Flag, flagsOf } from "../flags.ts";

/** What a flag's value can be completed with: one of some words, a path, phases between commas, or nothing. */
export type Value = { words: readonly string[]; path?: "file" | "directory"; phases?: true };

/** A command with what may follow its name. */
export interface Completable {
  name: string;
  summary: string;
  flags: readonly Flag[];
  /** Words that may be operands. */
  operands: readonly string[];
  /** Paths of its phases; they are operands, too, word by word, where the command's name ends with `phase`. */
  phases: readonly string[];
}

/** Words of a choice like `flannel|none|<file>`, without what only stands for a word. */
const wordsIn = (choices: string) => choices.split("|").filter((word) => /^[a-z][\w.-]*$/.test(word));

/** @param phases paths of the command's phases. */
export function completable(spec: CommandSpec, phases: readonly string[]): Completable {
  const operands = spec.choices ?? (spec.operands.includes("|") ? wordsIn(spec.operands) : []);
  return { name: spec.name, summary: spec.summary, flags: flagsOf(spec), operands, phases };
}

/** What a flag's value can be completed with; undefined for a flag without a value. */
export function valueOf({ type, value = "" }: Flag): Value | undefined {
  if (type === "switch") return undefined;
  if (value === "<phases>") return { words: [], phases: true };
  const words = value.includes("|") ? wordsIn(value) : [];
  if (/<(file|socket)>/.test(value)) return { words, path: "file" };
  return value === "<dir>" ? { words, path: "directory" } : { words };
}

/** How flags are written that take the next word as their value; a flag means the same in every command. */
export function valuedFlags(commands: readonly Completable[]): string[] {
  const valued = commands.flatMap(({ flags }) => flags.filter((flag) => valueOf(flag) !== undefined));
  return [...new Set(valued.flatMap(spellings))];
}

/** `--output` and `-o`. */
export function spellings({ name, short }: Flag): string[] {
  return [`--${name}`, ...short ? [`-${short}`] : []];
}

/** Every command's name, and what a name begins with: `token` before `token create`. Each with what it is. */
export function namesOf(commands: readonly Completable[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, summary } of commands) {
    const words = name.split(" ");
    for (let length = 1; length < words.length; length++) {
      const group = words.slice(0, length).join(" ");
      if (!names.has(group)) names.set(group, `commands of ${group}`);
    }
    names.set(name, summary);
  }
  return names;
}

/** The words that may follow a name, with what they are: those of commands that are longer by one word. */
export function nextWords(names: ReadonlyMap<string, string>, name: string): [string, string][] {
  const prefix = name === "" ? "" : `${name} `;
  return [...names].filter(([longer]) => longer.startsWith(prefix) && !longer.slice(prefix.length).includes(" "))
    .map(([longer, summary]) => [longer.slice(prefix.length), summary]);
}

/** Quoted for the POSIX family of shells; fish takes the same where there is no backslash. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
