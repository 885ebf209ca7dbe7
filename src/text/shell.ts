import { escapedLine, hasUnseen } from "./visible.ts";

/** Words that a shell takes literally; others are shown quoted. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word as a shell takes it: plain, in single quotes, or, with what cannot be seen in it, in `$'…'`. */
export function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!hasUnseen(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${escapedLine(word.replaceAll(/[\\']/g, "\\$&"))}'`;
}

/** The command line as one would type it. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}
