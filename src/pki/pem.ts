/**
 * Converts PEM to DER and back like Go's encoding/pem, which every component of Kubernetes uses: BEGIN and END at the start
 * of a line, only white space after END.
 * https://github.com/golang/go/blob/go1.26.0/src/encoding/pem/pem.go
 * @module
 */
import { InvalidInput } from "../errors.ts";

/** One `-----BEGIN label-----` block. `headers`: whether it has RFC 1421 headers, like old encrypted keys. */
export interface PemBlock {
  label: string;
  der: Uint8Array<ArrayBuffer>;
  headers: boolean;
}

const [BEGIN, END, DASHES] = ["-----BEGIN ", "\n-----END ", "-----"] as const;
/** The most characters of a text, above any bundle of certificates. */
const LONGEST = 4 << 20;

/** PEM text of one block: lines of 64 characters and a final newline, as Go's encoding/pem writes it. */
export function encodePem(label: string, der: Uint8Array): string {
  return `${BEGIN}${label}-----\n${base64(der).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

/** The text of a file; a byte order mark stays, because Go does not skip it. */
export function pemText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/**
 * All blocks that Go finds in a text, in order; text between blocks and blocks that Go cannot read are skipped.
 * {@linkcode pemTrouble} explains an empty list.
 * @throws {InvalidInput} when the text is too long.
 */
export function decodePem(text: string): PemBlock[] {
  if (text.length > LONGEST) throw new InvalidInput(`Cannot read PEM: more than ${LONGEST} characters`);
  const blocks: PemBlock[] = [];
  for (let found = nextBlock(text); found; found = nextBlock(found.rest)) blocks.push(found.block);
  return blocks;
}

/** Go's `pem.Decode`, step by step, with all its special cases. */
function nextBlock(data: string): { block: PemBlock; rest: string } | undefined {
  let rest = data;
  let trailer = 0; // start of the label of the last END line
  while (trailer >= 0 && trailer <= rest.length) {
    rest = rest.slice(trailer);
    let end = rest.indexOf(END);
    if (end < 0) return undefined;
    trailer = end + END.length;
    const begin = end < BEGIN.length ? -1 : rest.lastIndexOf(BEGIN, end - BEGIN.length);
    if (begin < 0 || begin > 0 && rest[begin - 1] !== "\n") continue;
    const skip = begin + BEGIN.length;
    const typeLine = lineOf(rest.slice(skip));
    rest = typeLine.rest;
    end -= skip + typeLine.consumed;
    trailer -= skip + typeLine.consumed;
    if (!typeLine.line.endsWith(DASHES)) continue;
    const label = typeLine.line.slice(0, -DASHES.length);
    let headers = false;
    for (;;) {
      if (rest.length === 0) return undefined;
      const { line, rest: behind, consumed } = lineOf(rest);
      if (!line.includes(":")) break;
      headers = true;
      rest = behind;
      end -= consumed;
      trailer -= consumed;
    }
    if (headers && end < 0) continue;
    if (!rest.startsWith(`${label}${DASHES}`, trailer)) continue;
    if (lineOf(rest.slice(trailer + label.length + DASHES.length)).line !== "") continue;
    const der = end > 0 ? goBase64(rest.slice(0, end).replace(/[ \t]/g, "")) : new Uint8Array();
    if (!der) continue;
    return { block: { label, der, headers }, rest: lineOf(rest.slice(end + END.length - 1)).rest };
  }
  return undefined;
}

/** The first line without trailing blanks, the text after it, and the number of characters before that text. */
function lineOf(data: string): { line: string; rest: string; consumed: number } {
  const newline = data.indexOf("\n");
  const consumed = newline < 0 ? data.length : newline + 1;
  const line = newline < 0 ? data : data.slice(0, newline > 0 && data[newline - 1] === "\r" ? newline - 1 : newline);
  let length = line.length;
  while (length > 0 && (line[length - 1] === " " || line[length - 1] === "\t")) length--;
  return { line: line.slice(0, length), rest: data.slice(consumed), consumed };
}

/** Go's base64.StdEncoding: line ends are ignored, padding is required; undefined when invalid. */
function goBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/[\r\n]/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  const binary = atob(digits);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * Why Go finds no block of a kind in a text: the first invalid line, such as
 * `line 20: text follows the END line of "CERTIFICATE"`. Never shows the text itself.
 * @param wanted whether a label is one of the kind.
 */
export function pemTrouble(text: string, wanted: (label: string) => boolean): string | undefined {
  if (text.startsWith("\ufeff")) return "line 1: a byte order mark precedes the text";
  const others = new Set<string>();
  let open: { label: string; line: number; body: string } | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/[ \t\r]+$/, "");
    const at = (what: string) => `line ${index + 1}: ${what}`;
    const [, before = "", kind, label = "", after = ""] =
      /^(.*?)-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----(.*)$/.exec(line) ?? [];
    if (kind === undefined) {
      if (open) open.body += raw;
      continue;
    }
    if (!wanted(label)) {
      others.add(label);
      if (kind === "BEGIN" || open === undefined) continue;
    }
    // Without dashes: the redaction of messages treats text after the first line of a private key as the key.
    const marker = `the ${kind} line of "${label}"`;
    if (before !== "") return at(`${marker} must be at the start of a line`);
    if (after !== "") return at(`text follows ${marker}`);
    if (kind === "BEGIN") {
      if (open) return `line ${open.line}: the BEGIN line of "${open.label}" has no END line`;
      open = { label, line: index + 1, body: "" };
    } else if (open === undefined) return at(`${marker} has no BEGIN line`);
    else if (open.label !== label) return at(`${marker} ends a block of "${open.label}"`);
    else {
      const body = open.body.replace(/[ \t]/g, "");
      if (!body.includes(":") && !goBase64(body)) {
        return `line ${open.line}: the PEM block "${label}" is not valid base64`;
      }
      open = undefined;
    }
  }
  if (open) return `line ${open.line}: the BEGIN line of "${open.label}" has no END line`;
  return others.size === 0 ? undefined : `it contains ${[...others].slice(0, 3).join(", ")}`;
}

/** Standard base64 with padding. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Bytes of standard base64 with padding; line ends are ignored, as in Go.
 * @param what the name of the text in the error, which never shows the text itself.
 * @throws {InvalidInput} for invalid base64.
 */
export function fromBase64(text: string, what: string): Uint8Array<ArrayBuffer> {
  const bytes = goBase64(text);
  if (!bytes) throw new InvalidInput(`Cannot read ${what}: not valid base64`);
  return bytes;
}
