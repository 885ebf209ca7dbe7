import { hasUnseen } from "./visible.ts";

/** Words that a shell reads literally; others are shown quoted. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** Characters that printf(1) and an interactive bash (`!`, also in double quotes) do not interpret. */
const PRINTED = /^[\w @%+=:,./-]$/;

/**
 * A word as every POSIX shell reads it, on one line and without invisible characters: plain, in single quotes, or printed by
 * printf(1), byte by byte of its UTF-8. Line ends at its end are `$'\n'`, because a command substitution drops them.
 */
export function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!hasUnseen(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const text = word.replace(/\n+$/, "");
  return `${text === "" ? "" : `"$(printf '${printed(text)}')"`}${"$'\\n'".repeat(word.length - text.length)}`;
}

/** A format of printf(1) that writes these bytes. */
function printed(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte, i) => {
    const character = String.fromCharCode(byte);
    if (!PRINTED.test(character) || i === 0 && character === "-") return `\\${byte.toString(8).padStart(3, "0")}`;
    return character === "%" ? "%%" : character;
  }).join("");
}

/** The command line as a person would type it. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}

/** The command line that moves files to root's home, for hints: it asks before it overwrites a file there. */
export function moveAway(paths: readonly string[]): string {
  return `mv -i ${commandLine(paths)} /root/`;
}
