import { parseArgs as untypedParseArgs } from "@std/cli/parse-args";
import { nearest } from "../config/nearest.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import { COMMANDS } from "./commands.ts";
import { type CommandSpec, type Flag, flagsOf } from "./flags.ts";

// deno-std ships no types: these are the parts in use.
const parseArgs = untypedParseArgs as (
  args: readonly string[],
  options: {
    string: string[];
    boolean: string[];
    collect: string[];
    unknown(arg: string, key?: string): boolean;
  },
) => Record<string, unknown> & { _: (string | number)[] };

/** A parsed command line. */
export interface Parsed {
  command: CommandSpec;
  operands: readonly string[];
  /** Names of the flags that were given. */
  given: readonly string[];
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  list(name: string): readonly string[] | undefined;
  switch(name: string): boolean | undefined;
}

/** `; did you mean --token?`, or nothing when no candidate is near. */
function suggestion(given: string, candidates: readonly string[], prefix = ""): string {
  const meant = nearest(given, candidates);
  return meant === undefined ? "" : `; did you mean ${prefix}${meant}?`;
}

/** Words of the longest name of a command, and more. */
const LONGEST_NAME = 5;
/** Most words of a command line. */
const MOST_WORDS = 1_000;

/** Flags whose value is the next word, as they are written: a flag means the same in every command. */
const TAKING_NEXT: ReadonlySet<string> = new Set(
  COMMANDS.flatMap(flagsOf).filter(({ type }) => type !== "switch")
    .flatMap(({ name, short }) => short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]),
);

/** Where the words are that are neither flags nor their values: what may be a command's name. Flags may stand before it. */
function nameIn(words: readonly string[]): number[] {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? words.length : end).flatMap((word, i) =>
    word.startsWith("-") || TAKING_NEXT.has(words[i - 1] ?? "") ? [] : [i]
  );
}

/**
 * The command whose name the words begin with (the longest such: `token create` before `token`), and the other words.
 * @throws {InvalidInput} when there is no such command.
 */
export function findCommand(words: readonly string[]): { command: CommandSpec; rest: readonly string[] } {
  if (words.length > MOST_WORDS) throw new InvalidInput(`Cannot run this: it has more than ${MOST_WORDS} words`);
  const places = nameIn(words);
  const named = places.map((i) => words[i]!);
  for (let length = Math.min(named.length, LONGEST_NAME); length > 0; length--) {
    const wanted = named.slice(0, length).join(" ");
    const command = COMMANDS.find(({ name }) => name === wanted);
    if (command) return { command, rest: words.filter((_, i) => !places.slice(0, length).includes(i)) };
  }
  const names = COMMANDS.map(({ name }) => name);
  const within = (words: readonly string[]) => names.filter((name) => name.startsWith(`${words.join(" ")} `));
  // As many words as are the beginning of a command's name: `config print`.
  const depth = named.slice(0, LONGEST_NAME).findLastIndex((_, i) => within(named.slice(0, i + 1)).length > 0) + 1;
  const group = depth > 0 ? within(named.slice(0, depth)) : [];
  const known = depth > 0 ? group : [...new Set(names.map((name) => name.split(" ")[0]!))];
  const given = named.slice(0, depth + 1).join(" ");
  const what = depth > 0 && named.length === depth ? "it takes a command of its own" : "there is no such command";
  throw new InvalidInput(`Cannot run "${given}": ${what}${suggestion(given, known)}`, [], {
    hint: `Commands are ${known.join(", ")}; see kubewright --help`,
  });
}

/** Boolean flags given as `--flag=value` become `--flag` or nothing, other values a problem. */
function switchProblems(args: readonly string[], flags: readonly Flag[]): Problem[] {
  return args.flatMap((arg) => {
    const match = /^--([^=]+)=(.*)$/.exec(arg);
    const flag = match && flags.find((f) => f.name === match[1] && f.type === "switch");
    return flag && !/^(true|false)$/.test(match[2] ?? "")
      ? [{ where: `--${flag.name}`, what: `takes no value, true or false, but is "${match[2]}"` }]
      : [];
  });
}

/** What kubeadm's `--output` takes besides: templates. */
const TEMPLATE = /^(go-)?template|^jsonpath|^kyaml$/;

/** Values that are none of those that a flag like `text|json|yaml` takes. */
function choiceProblems(given: readonly Flag[], valueOf: (name: string) => unknown): Problem[] {
  return given.flatMap(({ name, type, value: choices = "<" }): Problem[] => {
    const value = String(valueOf(name) ?? "");
    const known = choices.split("|");
    if (type !== "text" || choices.includes("<") || value === "" || known.includes(value)) return [];
    const what = `is ${known.slice(0, -1).join(", ")} or ${known.at(-1)}, not "${value}"`;
    const template = name === "output" && TEMPLATE.test(value);
    return [{ where: `--${name}`, what, ...(template ? { hint: "Take json, and give it to jq or yq instead." } : {}) }];
  });
}

/** Short names in full, and `--flag -` (standard input) in one piece: a dash alone would be taken for an operand. */
function inFull(args: readonly string[], flags: readonly Flag[]): string[] {
  const full = args.map((arg) => {
    const letter = /^-([a-z])=?(.*)$/.exec(arg);
    const long = letter && flags.find((f) => f.short === letter[1]);
    if (!long || long.type === "switch" && letter[2] !== "") return arg;
    return letter[2] === "" ? `--${long.name}` : `--${long.name}=${letter[2]}`;
  });
  const takesValue = (arg: string | undefined) => flags.some((f) => f.type !== "switch" && `--${f.name}` === arg);
  const follows = (i: number) => full[i] === "-" && takesValue(full[i - 1]);
  return full.flatMap((arg, i) => follows(i) ? [] : follows(i + 1) ? [`${arg}=-`] : [arg]);
}

/**
 * Parses what stands behind the command's name.
 * @throws {InvalidInput} with every unknown flag, missing value and extra operand at once.
 */
export function parseCommandLine(command: CommandSpec, words: readonly string[]): Parsed {
  const flags = flagsOf(command);
  const args = inFull(words, flags);
  const names = flags.map((f) => f.name);
  const named = (...types: Flag["type"][]) => flags.filter((f) => types.includes(f.type)).map((f) => f.name);
  const problems: Problem[] = switchProblems(args, flags);
  const values = parseArgs(args, {
    string: named("text", "number", "list"),
    boolean: named("switch"),
    collect: named("list"),
    unknown(arg, key) {
      if (key === undefined) return true;
      problems.push({ where: arg.split("=")[0] ?? arg, what: `there is no such flag${suggestion(key, names, "--")}` });
      return false;
    },
  });
  const operands = values._.map(String);
  for (const extra of operands.slice(command.maxOperands)) {
    problems.push({
      where: extra,
      what: `${command.name} takes ${command.maxOperands || "no"} operand, this is one more`,
    });
  }
  const given = flags.filter((f) => args.some((a) => a === `--${f.name}` || a.startsWith(`--${f.name}=`)));
  for (const f of given) {
    if (f.refused) problems.push({ where: `--${f.name}`, what: f.refused });
    const value = values[f.name];
    const empty = Array.isArray(value) ? value.some((v) => v === "") : value === "";
    if (f.type !== "switch" && empty) problems.push({ where: `--${f.name}`, what: `needs a value: ${f.value}` });
    if (f.type === "number" && !/^\d+$/.test(String(value))) {
      problems.push({ where: `--${f.name}`, what: `is a whole number, not "${value}"` });
    }
  }
  problems.push(...choiceProblems(given, (name) => values[name]));
  if (problems.length > 0) {
    throw new InvalidInput(`Cannot run "${command.name}" as given:`, problems, {
      hint: `See kubewright ${command.name} --help`,
    });
  }
  const givenNames = given.map((f) => f.name);
  const value = <T>(name: string) => givenNames.includes(name) ? values[name] as T : undefined;
  return {
    command,
    operands,
    given: givenNames,
    text: (name) => value<string>(name),
    number: (name) => value<string>(name) === undefined ? undefined : Number(value<string>(name)),
    list: (name) => value<string[]>(name)?.flatMap((item) => item.split(",")).map((item) => item.trim()),
    switch: (name) => value<boolean>(name),
  };
}
