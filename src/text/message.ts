import { withoutSecrets } from "./redact.ts";
import { visible } from "./visible.ts";

/** Longest word and line of a message: what is longer was given by somebody, and is not read by anybody. */
const LONGEST = { word: 300, line: 3_000 } as const;

function cut(text: string, length: number): string {
  return `${text.slice(0, length / 2)}… (${text.length} characters)`;
}

/** A message as it may be shown: whatever it quotes, no secret, nothing that cannot be seen, and nothing endless. */
export function presentable(message: string): string {
  return visible(withoutSecrets(message))
    .replace(new RegExp(`\\S{${LONGEST.word},}`, "g"), (word) => cut(word, LONGEST.word))
    .replace(new RegExp(`.{${LONGEST.line},}`, "g"), (line) => cut(line, LONGEST.line));
}
