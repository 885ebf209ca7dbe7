import { absolutePath } from "../config/paths.ts";
import { type Duration, parseDuration } from "../config/duration.ts";
import { parseBoolean, parseDecimal, parseInteger, parseList } from "../config/flag_values.ts";
import { nearest } from "../config/suggest.ts";
import { mustBe, mustBeOneOf, quoted } from "../config/wording.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import { type CommandSpec, type Flag, flagsOf } from "./flags.ts";
import { readWords } from "./words.ts";

/** A parsed command line. */
export interface Parsed {
  command: CommandSpec;
  args: readonly string[];
  /** Names of the flags in the command line. */
  given: readonly string[];
  value(name: string): unknown;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  duration(name: string): Duration | undefined;
  list(name: string): readonly string[] | undefined;
  switch(name: string): boolean | undefined;
  /** The last value of a flag as it was typed, for messages. */
  written(name: string): string | undefined;
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
function takingNext(commands: readonly CommandSpec[]): ReadonlySet<string> {
  return new Set(
    commands.flatMap(flagsOf).filter(({ type }) => type !== "switch")
      .flatMap(({ name, short }) => short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]),
  );
}

/** Positions of the words that are neither flags nor their values: the command's name is among them, after any flags. */
function nameIn(words: readonly string[], commands: readonly CommandSpec[]): number[] {
  const valued = takingNext(commands);
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? words.length : end).flatMap((word, i) =>
    word.startsWith("-") || valued.has(words[i - 1] ?? "") ? [] : [i]
  );
}

/**
 * Of `commands` the one whose name the words begin with (the longest such: `token create` before `token`), and the other
 * words.
 * @throws {InvalidInput} when there is no such command.
 */
export function findCommand<C extends { spec: CommandSpec }>(
  commands: readonly C[],
  words: readonly string[],
): { command: C; rest: readonly string[] } {
  if (words.length > MOST_WORDS) {
    throw new InvalidInput(`Cannot run this command: it has more than ${MOST_WORDS} words`);
  }
  const places = nameIn(words, commands.map(({ spec }) => spec));
  const named = places.map((i) => words[i]!);
  for (let length = Math.min(named.length, LONGEST_NAME); length > 0; length--) {
    const wanted = named.slice(0, length).join(" ");
    const command = commands.find(({ spec }) => spec.name === wanted);
    if (command) return { command, rest: words.filter((_, i) => !places.slice(0, length).includes(i)) };
  }
  const names = commands.map(({ spec }) => spec.name);
  const within = (words: readonly string[]) => names.filter((name) => name.startsWith(`${words.join(" ")} `));
  // As many words as are the beginning of a command's name: `config print`.
  const depth = named.slice(0, LONGEST_NAME).findLastIndex((_, i) => within(named.slice(0, i + 1)).length > 0) + 1;
  const group = depth > 0 ? within(named.slice(0, depth)) : [];
  const known = depth > 0 ? group : [...new Set(names.map((name) => name.split(" ")[0]!))];
  const parent = named.slice(0, depth).join(" ");
  const given = named.slice(0, depth + 1).join(" ");
  if (depth > 0 && named.length === depth) {
    const below = [...new Set(group.map((name) => name.slice(parent.length + 1).split(" ")[0]!))];
    throw new InvalidInput(`"${parent}" requires a subcommand: ${choice(below)}`, [], { hint: helpOf(parent) });
  }
  throw new InvalidInput(`unknown command "${given}"${suggestion(given, known)}`, [], { hint: helpOf(parent) });
}

/** `a, b or c`. */
function choice(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

const helpOf = (name: string) => `For all commands: ${["kubewright", name, "--help"].filter(Boolean).join(" ")}`;

/** What kubeadm's `--output` takes in addition: templates. */
const TEMPLATE = /^(go-)?template|^jsonpath|^kyaml$/;

/** What is wrong with a value of a flag like `text|json|yaml`; undefined when it is one of these. */
function choiceProblem({ name, value: choices = "<" }: Flag, value: string): Problem | undefined {
  const known = choices.split("|");
  if (choices.includes("<") || value === "" || known.includes(value)) return undefined;
  const what = mustBeOneOf(known, value);
  const template = name === "output" && TEMPLATE.test(value);
  return { where: `--${name}`, what, ...(template ? { hint: "Use --output json and process it with jq." } : {}) };
}

/** An empty value means an absent flag, as with kubeadm, but not where the value is a file or a secret. */
function mayBeEmpty({ type, value = "", needed }: Flag): boolean {
  return !needed && (type === "list" || type === "text" && !value.includes("<file>"));
}

/** `no arguments`, `at most 1 argument`. */
const atMost = (count: number) =>
  count === 0 ? "no arguments" : `at most ${count} ${count === 1 ? "argument" : "arguments"}`;

/** The value of a flag, or what is wrong with one of its texts. */
function valueOf(flag: Flag, texts: readonly (string | undefined)[]): { value: unknown } | { problem: Problem } {
  const { name, type } = flag;
  const refuse = (what: string) => ({ problem: { where: `--${name}`, what } });
  if (flag.refused) return refuse(flag.refused);
  const missing = texts.some((text) => text === undefined || text === "" && type !== "switch" && !mayBeEmpty(flag));
  if (missing) return refuse(`requires a value: ${flag.value}`);
  const last = texts.at(-1)!;
  if (type === "switch") {
    const values = texts.map((text) => parseBoolean(text!));
    const wrong = values.indexOf(undefined);
    return wrong < 0 ? { value: values.at(-1) } : refuse(mustBe("true or false", quoted(texts[wrong]!)));
  }
  if (type === "number") {
    const value = (flag.decimal ? parseDecimal : parseInteger)(last);
    return value === undefined ? refuse(mustBe("a whole number", quoted(last))) : { value };
  }
  if (type === "list") {
    const lists = texts.map((text) => parseList(text!));
    const wrong = lists.indexOf(undefined);
    if (wrong < 0) return { value: lists.flat() };
    const form = "a list separated by commas, with items that contain a comma in double quotes";
    return refuse(mustBe(form, quoted(texts[wrong]!)));
  }
  if (type === "duration") {
    const value = parseDuration(last);
    return value === undefined ? refuse(mustBe("a duration such as 24h or 1m30s", quoted(last))) : { value };
  }
  const problem = choiceProblem(flag, last);
  return problem ? { problem } : { value: last === "" ? undefined : last };
}

/**
 * Parses the words after the command's name.
 * @param workingDirectory the directory of relative paths; called only for flags that take a path.
 * @throws {InvalidInput} with every unknown flag, missing value and extra argument at once.
 */
export function parseCommandLine(
  command: CommandSpec,
  words: readonly string[],
  workingDirectory: () => string = () => "/",
): Parsed {
  const flags = flagsOf(command);
  const names = flags.map(({ name }) => name);
  const { values: given, args, unknown } = readWords(words, flags);
  const problems: Problem[] = unknown.map((where) => ({
    where,
    what: `unknown flag${suggestion(where.replace(/^-+/, ""), names, "--")}`,
  }));
  for (const extra of args.slice(command.maxArgs)) {
    problems.push({
      where: `unexpected argument "${extra}"`,
      what: `${command.name} takes ${atMost(command.maxArgs)}`,
    });
  }
  const values = new Map<string, unknown>();
  for (const flag of flags) {
    const texts = given.get(flag.name);
    if (!texts) continue;
    const result = valueOf(flag, texts);
    if ("problem" in result) problems.push(result.problem);
    else if (!flag.path || result.value === undefined) values.set(flag.name, result.value);
    else values.set(flag.name, absolutePath(String(result.value), workingDirectory()));
  }
  if (problems.length > 0) {
    throw new InvalidInput(`Cannot run "${command.name}" with these flags and arguments:`, problems, {
      hint: `For all flags: kubewright ${command.name} --help`,
    });
  }
  const value = <T>(name: string) => values.get(name) as T | undefined;
  return {
    command,
    args,
    given: [...values.keys()],
    value,
    text: (name) => value<string>(name),
    number: (name) => value<number>(name),
    duration: (name) => value<Duration>(name),
    list: (name) => value<readonly string[]>(name),
    switch: (name) => value<boolean>(name),
    written: (name) => given.get(name)?.at(-1),
  };
}
