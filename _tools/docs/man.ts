/**
 * Man pages, from the table of commands: one for the program and one for each command, in section 8.
 * @module
 */
import { COMMON_FLAGS, type Flag, flagsOf, GROUPS, isCommon } from "../../src/cli/flags.ts";
import { flagText } from "../../src/cli/help.ts";
import { PROGRAM } from "../../src/cli/program.ts";
import { COMMANDS } from "../../src/dispatch.ts";
import type { Command } from "../../src/dispatch/command.ts";
import { EXIT, EXIT_MEANINGS } from "../../src/errors.ts";
import { VERSION } from "../../src/version.ts";

/** A text as roff prints it: no escapes, no requests, and hyphens that can be searched for. */
export function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^(?=[.'])/gm, "\\&").replaceAll("`", "");
}

const bold = (text: string) => `\\fB${roff(text)}\\fR`;
const italic = (text: string) => `\\fI${roff(text)}\\fR`;

/** Name of the page of a command. */
function pageOf(name: string): string {
  return `${PROGRAM.name}-${name.replaceAll(" ", "-")}`;
}

/** Terms, each with its text below it. */
function terms(rows: readonly (readonly [term: string, text: string])[]): string {
  return rows.map(([term, text]) => `.TP\n${term}\n${roff(text)}`).join("\n");
}

function flagTerm({ name, short, value }: Flag): string {
  return [...short ? [bold(`-${short}`)] : [], `${bold(`--${name}`)}${value ? ` ${italic(value)}` : ""}`].join(", ");
}

const flagTerms = (flags: readonly Flag[]) => terms(flags.map((flag) => [flagTerm(flag), flagText(flag)]));

const paragraphs = (texts: readonly string[]) => texts.map((text) => `.PP\n${roff(text)}`).join("\n");

/** Lines that are not filled. */
const verbatim = (lines: readonly string[]) =>
  ["", ".EX", ...lines.map((line) => `    ${roff(line)}`), ".EE"].join("\n").trim();

/** @param command absent: of the whole program. */
function exitStatus(command?: string): string {
  const codes = Object.entries(EXIT_MEANINGS).filter(([code]) =>
    command === undefined || command === "status" || Number(code) !== EXIT.unhealthy
  );
  return terms(codes.map(([code, meaning]) => [bold(code), meaning]));
}

/** A page of sections; those without text are left out. */
function page(name: string, sections: readonly (readonly [title: string, text: string])[]): string {
  const title = `.TH ${roff(name.toUpperCase())} 8 "" "${PROGRAM.name} ${VERSION}" "${PROGRAM.name} manual"`;
  const written = sections.filter(([, text]) => text !== "").map(([title, text]) => `.SH ${title}\n${text}`);
  return [title, ...written, ""].join("\n");
}

function seeAlso(names: readonly string[]): string {
  return names.map((name, index) => `.BR ${roff(name)} (8)${index < names.length - 1 ? "," : ""}`).join("\n");
}

async function commandPage({ spec, phases }: Command): Promise<string> {
  const { name, group, summary, description, args, examples } = spec;
  const related = COMMANDS.map(({ spec }) => spec).filter((other) => other.group === group && other.name !== name);
  const flags = flagsOf(spec);
  return page(pageOf(name), [
    ["NAME", `${roff(pageOf(name))} \\- ${roff(summary)}`],
    ["SYNOPSIS", [bold(`${PROGRAM.name} ${name}`), args && italic(args), "[flags]"].filter(Boolean).join(" ")],
    ["DESCRIPTION", paragraphs(description)],
    ["OPTIONS", flagTerms(flags.filter((flag) => !isCommon(flag)))],
    ["OPTIONS OF EVERY COMMAND", flagTerms(flags.filter(isCommon))],
    ["PHASES", terms((await phases?.() ?? []).map(({ path, summary }) => [bold(path), summary]))],
    ["EXIT STATUS", exitStatus(name)],
    ["EXAMPLES", verbatim(examples)],
    ["SEE ALSO", seeAlso([PROGRAM.name, ...related.map((other) => pageOf(other.name))])],
  ]);
}

function programPage(): string {
  const commands = GROUPS.map((group) => {
    const rows = COMMANDS.map(({ spec }) => spec).filter((spec) => spec.group === group);
    const list = terms(rows.map(({ name, summary }) => [bold(name), summary]));
    return `.SS ${roff(`${group[0]!.toUpperCase()}${group.slice(1)}`)}\n${list}`;
  });
  return page(PROGRAM.name, [
    ["NAME", `${PROGRAM.name} \\- ${roff(PROGRAM.summary)}`],
    ["SYNOPSIS", `${bold(PROGRAM.name)} ${italic("command")} [flags]`],
    ["DESCRIPTION", paragraphs(PROGRAM.description)],
    ["COMMANDS", commands.join("\n")],
    ["OPTIONS OF EVERY COMMAND", flagTerms(COMMON_FLAGS)],
    ["EXIT STATUS", exitStatus()],
    ["SEE ALSO", seeAlso(COMMANDS.map(({ spec: { name } }) => pageOf(name)))],
  ]);
}

/** All man pages, by file name. */
export async function manPages(): Promise<ReadonlyMap<string, string>> {
  const pages = COMMANDS.map(async (command) =>
    [`${pageOf(command.spec.name)}.8`, await commandPage(command)] as const
  );
  return new Map([[`${PROGRAM.name}.8`, programPage()], ...await Promise.all(pages)]);
}
