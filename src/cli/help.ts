/**
 * Help, laid out from the tables of commands and flags.
 * @module
 */
import { EXIT, EXIT_MEANINGS } from "../errors.ts";
import { type CommandSpec, type Flag, flagsOf, GROUPS, isCommon, type ParentSpec, type PhaseRow } from "./flags.ts";
import { OUTPUTS, PROGRAM, schemasOf } from "./program.ts";

/** No line of help is wider, in columns. */
export const HELP_WIDTH = 100;
/** A longer entry of the left column has the line for itself. */
const LEFT_WIDTH = 30;

/** Breaks a text at spaces into lines no wider than `width`. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Two columns, the first as wide as its widest entry that is not too wide. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(LEFT_WIDTH, Math.max(...rows.map(([left]) => left.length)));
  const indent = " ".repeat(width + 4);
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, HELP_WIDTH - indent.length).map((line) => `${indent}${line}`.trimEnd());
    if (left.length > width) return [`  ${left}`, ...lines];
    return [`  ${left.padEnd(width)}  ${lines[0]!.trimStart()}`.trimEnd(), ...lines.slice(1)];
  }).join("\n");
}

/** What a flag is, with its default and an example. */
export function flagText({ help, default: value, example }: Flag): string {
  const more = [
    ...value === undefined ? [] : [`default: ${value}`],
    ...example === undefined ? [] : [`example: ${example}`],
  ];
  return more.length === 0 ? help : `${help} (${more.join("; ")})`;
}

function flagRow(flag: Flag): [string, string] {
  const names = `${flag.short ? `-${flag.short}, ` : "    "}--${flag.name}`;
  return [flag.value === undefined ? names : `${names} ${flag.value}`, flagText(flag)];
}

const flagsPart = (title: string, flags: readonly Flag[]) =>
  flags.length === 0 ? [] : [`${title}:\n${columns(flags.map(flagRow))}`];

/** A command or a parent of commands, as a list names it. */
type Entry = Pick<CommandSpec, "name" | "group" | "summary">;

/** What is one word below a name, with the last word of each: `create` below `token`. */
function below(name: string, entries: readonly Entry[]): [string, string][] {
  const prefix = name === "" ? "" : `${name} `;
  return entries.filter((entry) => entry.name.startsWith(prefix) && !entry.name.slice(prefix.length).includes(" "))
    .filter((entry) => entry.name !== name)
    .map((entry) => [entry.name.slice(prefix.length), entry.summary]);
}

const paragraphs = (texts: readonly string[]) => texts.map((text) => wrap(text, HELP_WIDTH).join("\n"));

/** The text of `kubewright --help`. */
export function programHelp(commands: readonly CommandSpec[], parents: readonly ParentSpec[]): string {
  const entries: readonly Entry[] = [...commands, ...parents];
  const lists = GROUPS.map((group) => {
    const rows = below("", entries.filter((entry) => entry.group === group));
    return `${group[0]!.toUpperCase()}${group.slice(1)}:\n${columns(rows)}`;
  });
  return [
    ...paragraphs(PROGRAM.description),
    `Usage: ${PROGRAM.name} <command> [flags]`,
    ...lists,
    `Run "${PROGRAM.name} <command> --help" for the flags and examples of a command.`,
  ].join("\n\n");
}

/** The text of `kubewright token --help`, or of another parent; undefined when there is no such parent. */
export function parentHelp(
  commands: readonly CommandSpec[],
  parents: readonly ParentSpec[],
  name: string,
): string | undefined {
  const parent = parents.find((one) => one.name === name);
  if (parent === undefined) return undefined;
  return [
    `${name}: ${parent.summary}`,
    `Usage: ${PROGRAM.name} ${name} <command> [flags]`,
    `Commands:\n${columns(below(name, [...commands, ...parents]))}`,
    `Run "${PROGRAM.name} ${name} <command> --help" for the flags and examples of a command.`,
  ].join("\n\n");
}

/** What --output json and yaml print, and where that is described. */
function outputPart(command: CommandSpec): string {
  const text = `${OUTPUTS[command.output]} (${schemasOf(command).join(", ")})`;
  return `Output with --output json or yaml:\n${wrap(text, HELP_WIDTH - 2).map((line) => `  ${line}`).join("\n")}`;
}

/** How the program may end. */
function exitPart({ name }: CommandSpec): string {
  const codes = Object.entries(EXIT_MEANINGS).filter(([code]) => name === "status" || Number(code) !== EXIT.unhealthy);
  return `Exit codes:\n${columns(codes)}`;
}

/**
 * The text of `kubewright <command> --help`.
 * @param phases those that --skip-phases takes.
 * @param commands all of them: those below this one are listed.
 */
export function commandHelp(
  command: CommandSpec,
  phases: readonly PhaseRow[],
  commands: readonly CommandSpec[],
): string {
  const flags = flagsOf(command);
  const subcommands = below(command.name, commands);
  return [
    `${command.name}: ${command.summary}`,
    `Usage: ${[PROGRAM.name, command.name, command.args, "[flags]"].filter(Boolean).join(" ")}`,
    ...paragraphs(command.description),
    ...subcommands.length > 0 ? [`Subcommands:\n${columns(subcommands)}`] : [],
    `Examples:\n${command.examples.map((example) => `  ${example}`).join("\n")}`,
    ...flagsPart("Flags", flags.filter((flag) => !isCommon(flag))),
    ...flagsPart("Flags of every command", flags.filter(isCommon)),
    ...phases.length > 0
      ? [`Phases, in order of work:\n${columns(phases.map(({ path, summary }) => [path, summary]))}`]
      : [],
    outputPart(command),
    exitPart(command),
  ].join("\n\n");
}
