/** PEM text (RFC 7468) to DER and back. @module */
import { InvalidInput } from "../errors.ts";

/** One `-----BEGIN label-----` block. `headers` says that it carries RFC 1421 headers, as old encrypted keys do. */
export interface PemBlock {
  label: string;
  der: Uint8Array<ArrayBuffer>;
  headers: boolean;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s*?\n([\s\S]*?)-----END \1-----/g;

/** PEM text of one block: lines of 64 characters and a final newline, as Go's encoding/pem writes it. */
export function encodePem(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${base64(der).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

/**
 * All blocks of a text, in order; text between blocks is skipped. No block at all is an empty list.
 * @throws {InvalidInput} when a block is not base64. Never shows the text.
 */
export function decodePem(text: string): PemBlock[] {
  return [...text.replaceAll("\r\n", "\n").matchAll(BLOCK)].map(([, label, body]) => {
    const headers = /^[\w-]+:/.test(body!);
    const payload = headers ? body!.replace(/^[\s\S]*?\n\s*\n/, "") : body!;
    return { label: label!, der: fromBase64(payload, `PEM block "${label}"`), headers };
  });
}

/** Standard base64 with padding. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Bytes of standard base64; white space is skipped.
 * @param what names the text in the error, which never shows the text itself.
 * @throws {InvalidInput} when it is not base64.
 */
export function fromBase64(text: string, what: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new InvalidInput(`Cannot read ${what}: it is not valid base64`, [], { cause });
  }
}
