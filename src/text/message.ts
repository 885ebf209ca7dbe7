import { withoutSecrets } from "./redact.ts";
import { visible } from "./visible.ts";

/** Longest word and line of a message: longer ones come from input, and no one reads them. */
const LONGEST = { word: 300, line: 3_000 } as const;

function cut(text: string, length: number): string {
  return `${text.slice(0, length / 2)}… (${text.length} characters)`;
}

/** A message as it may be shown: no secrets, no invisible characters, no endless words or lines, whatever it quotes. */
export function presentable(message: string): string {
  return visible(withoutSecrets(message))
    .replace(new RegExp(`\\S{${LONGEST.word},}`, "g"), (word) => cut(word, LONGEST.word))
    .replace(new RegExp(`.{${LONGEST.line},}`, "g"), (line) => cut(line, LONGEST.line));
}
