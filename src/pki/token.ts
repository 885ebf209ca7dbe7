/** Bootstrap tokens: `<id>.<secret>`. The id is public, the secret is a password. @module */
import { InvalidInput } from "../errors.ts";

/** The two halves of a bootstrap token. */
export interface BootstrapTokenParts {
  /** Six characters `[a-z0-9]`; public: the name of the Secret and the key id of the signature. */
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
 * @throws {InvalidInput} when the form is wrong; the message shows lengths, and the id only where a good one is there.
 */
export function parseToken(text: string): BootstrapTokenParts {
  const match = FORM.exec(text);
  if (match) return { id: match[1]!, secret: match[2]! };
  // Without a well-formed id in front, any part of the text may be the secret: then none of it is shown.
  const id = /^([a-z0-9]{6})\./.exec(text)?.[1];
  const state = id === undefined
    ? `it is ${text.length} characters long and does not begin with an id of 6 characters and a dot`
    : /^[a-z0-9]*$/.test(text.slice(7))
    ? `its secret half has ${text.length - 7} characters instead of 16`
    : "its secret half has characters other than a-z and 0-9";
  throw new InvalidInput(`Cannot read bootstrap token${id === undefined ? "" : ` "${id}.…"`}: ${state}`, [], {
    hint: 'A bootstrap token has the form "[a-z0-9]{6}.[a-z0-9]{16}".',
  });
}

/** A new token from the system's random source, each character equally likely (log2 36^16 = 82 bits of secret). */
export function generateToken(): BootstrapTokenParts {
  return { id: randomText(6), secret: randomText(16) };
}

/** Bytes of 252 and more are drawn again: 256 is no multiple of 36, so keeping them would favour the first letters. */
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
