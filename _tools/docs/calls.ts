/**
 * Calls of kubewright in the documentation, held against the table of commands.
 * @module
 */
import { findCommand, parseCommandLine } from "../../src/cli/parse.ts";
import { COMMANDS, PARENTS } from "../../src/dispatch.ts";
import { InvalidInput } from "../../src/errors.ts";
import { commandsOf, kubewrightArguments, readScript, withoutPrompts } from "./script.ts";
import type { Page } from "./markdown.ts";

/** Whether it is the first words of several commands: `token`, `config print`. */
const isParent = (name: string) => PARENTS.some((parent) => parent.name === name);

/** Words that ask for help. */
const HELP = ["--help", "-h", "help"];

/** A word that stands for something else: `…`, `<token>`, `TOKEN`. */
const PLACEHOLDER = /[…<]|^\[?[A-Z]{2,}/;

/** Phases that the words of `init phase` name, and those of --skip-phases, that the command does not have. */
function unknownPhases(words: readonly string[], skipped: readonly string[], known: readonly string[]): string[] {
  const isKnown = (path: string) => known.includes(path) || known.some((one) => one.startsWith(`${path}/`));
  const named = words.filter((word) => !PLACEHOLDER.test(word) && !/[.:]/.test(word));
  // `all` is every phase below the one before it.
  const path = (named.at(-1) === "all" ? named.slice(0, -1) : named).join("/");
  return [...path === "" ? [] : [path], ...skipped.filter((one) => !PLACEHOLDER.test(one))].filter((one) =>
    !isKnown(one)
  );
}

/** What is wrong with the arguments of a call; undefined when the program accepts them. */
export async function callProblem(args: readonly string[]): Promise<string | undefined> {
  const named = args.filter((word) => !HELP.includes(word));
  const asksForHelp = named.length < args.length;
  if (named.length === 0 || asksForHelp && isParent(named.join(" "))) return undefined;
  if (named[0] === "--version" || PLACEHOLDER.test(named[0]!)) return undefined;
  try {
    const { command: { spec, phases }, rest } = findCommand(COMMANDS, named);
    const parsed = parseCommandLine(spec, rest);
    const isPhase = spec.name.endsWith(" phase");
    const unknown = phases === undefined ? [] : unknownPhases(
      isPhase ? parsed.args : [],
      parsed.list("skip-phases") ?? [],
      (await phases()).map(({ path }) => path),
    );
    if (unknown.length > 0) return `unknown phase "${unknown.join(", ")}"`;
    const choices = spec.choices ?? (spec.args.includes("|") ? spec.args.split("|") : undefined);
    const wrong = parsed.args.filter((word) => choices?.includes(word) === false && !PLACEHOLDER.test(word));
    return wrong.length > 0 ? `unknown argument "${wrong.join(", ")}"` : undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error.message.replaceAll(/\s*\n\s*/g, " ");
    throw error;
  }
}

/** A call in a page. */
export interface Call {
  args: readonly string[];
  line: number;
}

/** Languages of code blocks with commands; of `console`, the lines with a prompt. */
const SHELLS = ["sh", "bash", "shell", "console"];

/** Each word with alternatives, `json|yaml`, once for each of them. */
function alternatives(words: readonly string[]): string[][] {
  const each = (word: string) => word.split(/(?<=\w)\|(?=\w)/);
  return words.reduce<string[][]>((calls, word) => calls.flatMap((call) => each(word).map((one) => [...call, one])), [
    [],
  ]);
}

/** The text with `<token>` as a placeholder, which a shell would take for a redirection. */
function withPlaceholders(text: string): string {
  return text.replaceAll(/<[a-z][\w:.| -]*>/g, "…");
}

/** Every call of kubewright in a page: in shell blocks, and in code spans, where a bare group (`kubewright token`) is a name. */
export function callsIn({ blocks, spans }: Page): Call[] {
  const inBlocks = blocks.filter(({ language }) => SHELLS.includes(language)).flatMap(({ language, text, line }) => {
    const script = language === "console" ? withoutPrompts(text) : text;
    return commandsOf(readScript(withPlaceholders(script))).flatMap((command) => {
      const args = kubewrightArguments(command);
      return args === undefined ? [] : [{ args, line: line + command.line }];
    });
  });
  const inSpans = spans.filter(({ text }) => text.startsWith("kubewright ")).flatMap(({ text, line }) =>
    alternatives(withPlaceholders(text).split(/\s+/).slice(1)).map((words) => {
      const [command] = commandsOf(readScript(["kubewright", ...words].join(" ")));
      const args = command?.words.slice(1) ?? [];
      return { args: isParent(args.join(" ")) ? [...args, "--help"] : args, line };
    })
  );
  return [...inBlocks, ...inSpans];
}
