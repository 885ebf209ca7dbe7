/**
 * What can be completed, from the tables of commands and flags.
 * @module
 */
import { type CommandSpec, type Flag, flagsOf, type ParentSpec, type PhaseRow } from "../flags.ts";

/** What a flag's value can be completed with: one of some words, a path, phases between commas, or nothing. */
export type Value = { words: readonly string[]; path?: "file" | "directory"; phases?: true };

/** A command with what may follow its name. */
export interface Completable {
  name: string;
  summary: string;
  flags: readonly Flag[];
  /** Words that may be arguments. */
  args: readonly string[];
  /** Paths of its phases; they are arguments, too, word by word, where the command's name ends with `phase`. */
  phases: readonly string[];
}

/** What a shell completes: all commands, and the words that several of them begin with. */
export interface Completables {
  commands: readonly Completable[];
  parents: readonly ParentSpec[];
}

/** Words of a choice like `flannel|none|<file>`, without placeholders. */
const wordsIn = (choices: string) => choices.split("|").filter((word) => /^[a-z][\w.-]*$/.test(word));

/** @param phases the command's phases. */
export function completable(spec: CommandSpec, phases: readonly PhaseRow[]): Completable {
  const args = spec.choices ?? (spec.args.includes("|") ? wordsIn(spec.args) : []);
  const { name, summary } = spec;
  return { name, summary, flags: flagsOf(spec), args, phases: phases.map(({ path }) => path) };
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

/** The names of commands and of their parents (`token`, `token create`), each with its summary. */
export function namesOf({ commands, parents }: Completables): Map<string, string> {
  return new Map([...commands, ...parents].map(({ name, summary }) => [name, summary]));
}

/** The words that may follow a name, with what they are: those of commands that are longer by one word. */
export function nextWords(names: ReadonlyMap<string, string>, name: string): [string, string][] {
  const prefix = name === "" ? "" : `${name} `;
  return [...names].filter(([longer]) => longer.startsWith(prefix) && !longer.slice(prefix.length).includes(" "))
    .map(([longer, summary]) => [longer.slice(prefix.length), summary]);
}

/** Quoted for POSIX shells, and for fish where the text contains no backslash. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
