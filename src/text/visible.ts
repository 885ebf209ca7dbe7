/**
 * The filter for text from elsewhere (API errors, node conditions, logs, file names): nothing in it moves the cursor,
 * turns the reading direction or hides, and where one line is meant it stays on its line. CVE-2021-25743 is of this kind.
 * @module
 */

/** Control and format characters (bidirectional ones, zero-width ones), line separators, half characters, blank letters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** As Go's %q has it: `\x1b`, `\u202e`, `\U000e0001`. */
function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return code < 0x100
    ? `\\x${hex.padStart(2, "0")}`
    : code < 0x10000
    ? `\\u${hex.padStart(4, "0")}`
    : `\\U${hex.padStart(8, "0")}`;
}

/** The text with all that cannot be seen shown escaped, except line ends and tabs. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => character === "\n" || character === "\t" ? character : escaped(character));
}

/** The text with all of it shown escaped, line ends and tabs too: it stays on its line. */
export function escapedLine(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escaped(character));
}

/** The same without the white space at its ends: what somebody else said, in a sentence of ours. */
export function oneLine(text: string): string {
  return escapedLine(text.trim());
}

/** Whether the text holds something that cannot be seen; a line end or a tab is such a thing. */
export function hasUnseen(text: string): boolean {
  return text.search(UNSEEN) >= 0;
}

/** JSON text in which what cannot be seen is written as JSON's escapes: it reads back as the same value. */
export function visibleJson(json: string): string {
  return json.replace(
    UNSEEN,
    (character) =>
      character === "\n"
        ? character
        : character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** What begins a line of ours in an error; quoted text that begins so is set apart by a bar. */
const LABEL = /^(\s*)(?=(?:error|warning|because|next|changed):|No changes|\d+ changes? (?:was|were) )/i;

/** A message whose further lines are visibly its own: set in by so many spaces at least, and never a line of another kind. */
export function ownLines(message: string, indent: number): string {
  const [first = "", ...rest] = visible(message).split("\n");
  const own = rest.map((line) => line.replace(LABEL, "$1| "))
    .map((line) =>
      line === "" || line.startsWith(" ".repeat(indent)) ? line : `${" ".repeat(indent)}${line.trimStart()}`
    );
  return [first, ...own].join("\n");
}
