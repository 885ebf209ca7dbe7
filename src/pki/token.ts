/** Bootstrap tokens: `<id>.<secret>`. The id is public, the secret is a password. @module */
import { InvalidInput } from "../errors.ts";

/** The two parts of a bootstrap token. */
export interface BootstrapTokenParts {
  /** Six characters `[a-z0-9]`; public: part of the name of the Secret, and the key ID of the signature. */
  id: string;
  /** Sixteen characters `[a-z0-9]`; never shown. */
  secret: string;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const FORM = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;

/** A token's text. */
export function formatToken({ id, secret }: BootstrapTokenParts): string {
  return `${id}.${secret}`;
}

/** Whether the text has the form of a bootstrap token. */
export function isToken(text: string): boolean {
  return FORM.test(text);
}

/**
 * Splits a token.
 * @throws {InvalidInput} for another form; the message shows lengths, and the ID only if it is valid.
 */
export function parseToken(text: string): BootstrapTokenParts {
  const match = FORM.exec(text);
  if (match) return { id: match[1]!, secret: match[2]! };
  // Without a valid ID at the start, any part of the text may be the secret, so that none of it is shown.
  const id = /^([a-z0-9]{6})\./.exec(text)?.[1];
  const state = id === undefined
    ? `must start with an ID of 6 characters and a dot; got ${text.length} characters`
    : /^[a-z0-9]*$/.test(text.slice(7))
    ? `the secret must have 16 characters; got ${text.length - 7}`
    : "the secret must contain only the characters a-z and 0-9";
  throw new InvalidInput(`Cannot read bootstrap token${id === undefined ? "" : ` "${id}.…"`}: ${state}`, [], {
    hint: 'A bootstrap token has the form "[a-z0-9]{6}.[a-z0-9]{16}".',
  });
}

/** A new token from the system's random source; all characters are equally likely (log2 36^16 = 82 bits of secret). */
export function generateToken(): BootstrapTokenParts {
  return { id: randomText(6), secret: randomText(16) };
}

/** Bytes of 252 and more are dropped: 256 is not a multiple of 36, so that they would favor the first letters. */
function randomText(length: number): string {
  const limit = 256 - 256 % ALPHABET.length;
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length - text.length))) {
      if (byte < limit) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}
