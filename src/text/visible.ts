/**
 * The filter for text from other sources (API errors, node conditions, logs, file names): it must not move the cursor, change
 * the reading direction or hide text, and a single line must stay on its line. CVE-2021-25743 is of this kind.
 * @module
 */

/** Control and format characters (bidirectional ones, zero-width ones), line separators, half characters, blank letters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** As in Go's %q: `\x1b`, `\u202e`, `\U000e0001`. */
function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return code < 0x100
    ? `\\x${hex.padStart(2, "0")}`
    : code < 0x10000
    ? `\\u${hex.padStart(4, "0")}`
    : `\\U${hex.padStart(8, "0")}`;
}

/** The text with invisible characters escaped, except line ends and tabs. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => character === "\n" || character === "\t" ? character : escaped(character));
}

/** The text with all invisible characters escaped, also line ends and tabs: it stays on its line. */
export function escapedLine(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escaped(character));
}

/** The same without white space at its ends: foreign text in our own sentence. */
export function oneLine(text: string): string {
  return escapedLine(text.trim());
}

/** Whether the text has invisible characters, including line ends and tabs. */
export function hasUnseen(text: string): boolean {
  return text.search(UNSEEN) >= 0;
}

/** JSON text with invisible characters as JSON escapes: it is parsed to the same value. */
export function visibleJson(json: string): string {
  return json.replace(
    UNSEEN,
    (character) =>
      character === "\n"
        ? character
        : character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** The labels of our own lines in an error; quoted text that begins with one is marked with a bar. */
const LABEL = /^(\s*)(?=(?:error|warning|because|next|changed):|No changes|\d+ changes? (?:was|were) )/i;

/**
 * A message whose further lines are indented by at least this many spaces and never look like a labelled line.
 * @param ours labelled lines that the program itself put into the message, without indentation.
 */
export function ownLines(message: string, indent: number, ours: readonly string[] = []): string {
  const [first = "", ...rest] = visible(message).split("\n");
  const own = rest.map((line) => ours.includes(line.trim()) ? line : line.replace(LABEL, "$1| "))
    .map((line) =>
      line === "" || line.startsWith(" ".repeat(indent)) ? line : `${" ".repeat(indent)}${line.trimStart()}`
    );
  return [first, ...own].join("\n");
}
