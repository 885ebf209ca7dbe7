/**
 * How many columns of a terminal a text takes. Where terminals differ, the wider answer counts: a line that is measured too
 * wide is cut early, one that is measured too narrow wraps.
 * @module
 */

/** Letters and symbols of East Asia, emoji: two columns. */
const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2329\\u232a\\u27b0\\u27bf\\u2e80-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe1f" +
    "\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{1b2ff}\\u{1d300}-\\u{1d37f}\\u{1f000}-\\u{1fbff}" +
    "\\u{20000}-\\u{3ffff}\\p{Emoji_Presentation}]",
  "u",
);

/** Marks above, below or around the character before them: no column of their own. */
const MARK = /[\p{Mn}\p{Me}]/u;

/** It makes the character before it an emoji, which is wider in some terminals. */
const EMOJI_SELECTOR = "\ufe0f";

function columnsOfCharacter(character: string): number {
  if (character >= " " && character <= "~" || character === EMOJI_SELECTOR) return 1;
  return MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/** The columns of a text on one line, without control characters. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** The text in at most so many columns: what does not fit is cut from its end, and `mark` stands there. */
export function fit(text: string, columns: number, mark: string): string {
  if (columnsOf(text) <= columns) return text;
  const room = columns - columnsOf(mark);
  if (room < 0) return "";
  let [kept, used] = ["", 0];
  for (const character of text) {
    used += columnsOfCharacter(character);
    if (used > room) break;
    kept += character;
  }
  return kept.trimEnd() + mark;
}
