import { hasUnseen } from "./visible.ts";

/** Words that a shell takes literally; others are shown quoted. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/** What printf(1) writes as it is: not what it reads itself, nor an interactive bash (`!`, in double quotes, too). */
const PRINTED = /^[\w @%+=:,./-]$/;

/**
 * A word as every POSIX shell takes it, on one line and with nothing in it that cannot be seen: plain, in single quotes, or
 * printed by printf(1), byte by byte of its UTF-8. Line ends at its end are `$'\n'`, as what is printed would lose them.
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

/** The command line as one would type it. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}

/** The command line that moves files to root's home, for hints: it asks about what has such a name there already. */
export function moveAway(paths: readonly string[]): string {
  return `mv -i ${commandLine(paths)} /root/`;
}
