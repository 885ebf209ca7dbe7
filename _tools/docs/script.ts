/**
 * Commands of shell scripts in the documentation, as far as pages use the shell: words, quotes, pipes, redirections, here
 * documents and substitutions. Control structures are passed over by their words.
 * @module
 */

/** One command of a script. */
export interface SimpleCommand {
  words: readonly string[];
  /** The file after `<`, and the text of a here document. */
  from?: string;
  hereText?: string;
  /** The file after `>` or `>>`. */
  to?: string;
  append?: true;
  /** Commands of `$(…)` and `<(…)` in its words. */
  inner: readonly Pipeline[];
  /** Line in the script, from 1. */
  line: number;
}

/** Commands of which each reads what the one before it prints. */
export type Pipeline = readonly SimpleCommand[];

/** Words before a command that do not change which it is. */
const BEFORE = /^(?:sudo|-[EHin]+|exec|nohup|time|env|if|then|else|while|until|do|!|\{|[A-Za-z_]\w*=.*)$/;
const OPERATORS = ["&&", "||", ";", "|", "&", "\n", "(", ")"];
const REDIRECTIONS = ["2>&1", "2>>", "2>", ">>", ">", "<<-", "<<", "<"];

/** Where the parenthesis that opens before `at` is closed. */
function closing(text: string, at: number): number {
  for (let depth = 1; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}

/** Reads a script. */
export function readScript(text: string): Pipeline[] {
  const pipelines: SimpleCommand[][] = [];
  let pipeline: SimpleCommand[] = [];
  let words: string[] = [];
  let inner: Pipeline[] = [];
  let more: { from?: string; hereText?: string; to?: string; append?: true } = {};
  let word: string | undefined;
  let redirection: string | undefined;
  let ends: string[] = [];
  let at = 0;

  const line = () => text.slice(0, at).split("\n").length;
  const endWord = () => {
    if (word === undefined) return;
    if (redirection === "<<" || redirection === "<<-") ends.push(word);
    else if (redirection === "<") more.from = word;
    else if (redirection === ">" || redirection === ">>") {
      more = { ...more, to: word, ...(redirection === ">>" ? { append: true } : {}) };
    } else if (redirection === undefined && (words.length > 0 || !BEFORE.test(word))) words.push(word);
    word = redirection = undefined;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) pipeline.push({ words, ...more, inner, line: line() });
    [words, inner, more] = [[], [], {}];
  };
  const endPipeline = () => {
    endCommand();
    if (pipeline.length > 0) pipelines.push(pipeline);
    pipeline = [];
  };
  /** The here documents that begin after this line end. */
  const hereDocuments = () => {
    for (const end of ends) {
      const rest = text.slice(at + 1);
      const [body = ""] = rest.split(new RegExp(`^\\t*${end}$`, "m"));
      more.hereText = body;
      at += body.length + end.length + 1;
    }
    ends = [];
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const char = text[at]!;
    if (rest.startsWith("\\\n")) at += 2;
    else if (/^[$<]\(/.test(rest)) {
      const end = closing(text, at + 2);
      inner.push(...readScript(text.slice(at + 2, end)));
      word = `${word ?? ""}…`;
      at = end + 1;
    } else if (char === "'" || char === '"') {
      const end = text.indexOf(char, at + 1);
      const quoted = text.slice(at + 1, end < 0 ? undefined : end);
      const substituted = char === '"' ? [...quoted.matchAll(/\$\(([^)]*)\)/g)] : [];
      inner.push(...substituted.flatMap(([, script]) => readScript(script!)));
      word = (word ?? "") + quoted;
      at = end < 0 ? text.length : end + 1;
    } else if (char === "\\") {
      word = (word ?? "") + (text[at + 1] ?? "");
      at += 2;
    } else if (char === "#" && word === undefined) {
      at += rest.search(/\n|$/);
    } else if (char === " " || char === "\t") {
      endWord();
      at++;
    } else {
      const redirect = REDIRECTIONS.find((one) => rest.startsWith(one) && (word === undefined || !/^2/.test(one)));
      const operator = OPERATORS.find((one) => rest.startsWith(one));
      if (redirect !== undefined) {
        endWord();
        redirection = redirect === "2>&1" ? undefined : redirect;
        at += redirect.length;
      } else if (operator !== undefined) {
        endWord();
        if (operator === "\n") hereDocuments();
        if (operator === "|") endCommand();
        else endPipeline();
        at += operator.length;
      } else {
        word = (word ?? "") + char;
        at++;
      }
    }
  }
  endPipeline();
  return pipelines;
}

/** What a terminal session in the documentation has after its prompts; the other lines are output. */
export function withoutPrompts(session: string): string {
  return session.split("\n").filter((line) => /^[$#] /.test(line)).map((line) => line.slice(2)).join("\n");
}

/** All commands of a script, those of substitutions too. */
export function commandsOf(pipelines: readonly Pipeline[]): SimpleCommand[] {
  return pipelines.flat().flatMap((command) => [command, ...commandsOf(command.inner)]);
}

/** The arguments of kubewright, when that is the command. */
export function kubewrightArguments({ words: [program = "", ...args] }: SimpleCommand): string[] | undefined {
  return program === "kubewright" || program.endsWith("/kubewright") ? args : undefined;
}
