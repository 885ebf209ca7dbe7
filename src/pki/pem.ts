/** PEM text (RFC 7468) to DER and back. @module */
import { InvalidInput } from "../errors.ts";

/** One `-----BEGIN label-----` block. `headers` says that it carries RFC 1421 headers, as old encrypted keys do. */
export interface PemBlock {
  label: string;
  der: Uint8Array<ArrayBuffer>;
  headers: boolean;
}

const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,64})-----[ \t]*\n/g;
/** More than any bundle of certificates has, in characters. */
const LONGEST = 4 << 20;

/** PEM text of one block: lines of 64 characters and a final newline, as Go's encoding/pem writes it. */
export function encodePem(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${base64(der).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

/**
 * All blocks of a text, in order; text between blocks is skipped. No block at all is an empty list.
 * @throws {InvalidInput} when a block is not base64, or the text is endless. Never shows the text.
 */
export function decodePem(text: string): PemBlock[] {
  if (text.length > LONGEST) throw new InvalidInput(`Cannot read PEM: it has more than ${LONGEST} characters`);
  return blocksOf(text.replaceAll("\r\n", "\n")).map(([label, body]) => {
    const headers = /^[\w-]{1,64}:/.test(body);
    const headersEnd = headers ? /\n[ \t]*\n/.exec(body) : null;
    const payload = headersEnd ? body.slice(headersEnd.index + headersEnd[0].length) : body;
    return { label, der: fromBase64(payload, `PEM block "${label}"`), headers };
  });
}

/** Label and body of each block. A block ends at the next last line; when that is of another label, it is none, as in Go. */
function blocksOf(text: string): [label: string, body: string][] {
  const blocks: [string, string][] = [];
  let [end, next] = [-1, -1];
  for (const { 0: line, 1: label = "", index } of text.matchAll(BEGIN)) {
    const start = index + line.length;
    if (index < end) continue; // within the last block
    if (next < start) next = text.indexOf("-----END ", start);
    if (next < 0) break;
    if (!text.startsWith(`-----END ${label}-----`, next)) continue;
    blocks.push([label, text.slice(start, next)]);
    end = next;
  }
  return blocks;
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
