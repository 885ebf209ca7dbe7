/**
 * Header lists of HTTP/2 (HPACK, RFC 7541), without a dynamic table: our settings declare size 0, so the peer's headers are
 * not kept.
 * @module
 */
import { decodeHuffman } from "./huffman.ts";

/** Names and values; a pseudo-header's name begins with a colon. Names may repeat. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Longest header list that is read, in bytes of names and values. */
const MAX_LIST = 64 * 1024;

/** The static table, from index 1: names, with an optional value after `=` (appendix A). */
const STATIC =
  (":authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https :status=200 " +
    ":status=204 :status=206 :status=304 :status=400 :status=404 :status=500 accept-charset accept-encoding=gzip,_deflate " +
    "accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control " +
    "content-disposition content-encoding content-language content-length content-location content-range content-type " +
    "cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since " +
    "last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after " +
    "server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate")
    .split(" ").map((entry) => {
      const [name = "", value = ""] = entry.split("=");
      return [name, value.replace("_", " ")] as const;
    });

/** A header block is invalid. */
export class BadHeaders extends Error {}

/** Encodes a header list, every header as a literal without indexing. */
export function encodeHeaders(headers: HeaderList): Uint8Array {
  const bytes: number[] = [];
  for (const [name, value] of headers) {
    bytes.push(0);
    for (const text of [name, value]) {
      const encoded = new TextEncoder().encode(text);
      pushInteger(bytes, encoded.length, 7);
      for (const byte of encoded) bytes.push(byte);
    }
  }
  return new Uint8Array(bytes);
}

/** An integer in the low `bits` of a byte, whose other bits are 0, and as many further bytes as required (5.1). */
function pushInteger(bytes: number[], value: number, bits: number): void {
  const most = 2 ** bits - 1;
  if (value < most) return void bytes.push(value);
  bytes.push(most);
  for (value -= most; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  bytes.push(value);
}

/** Decodes a header block. @throws {BadHeaders} when it is malformed, too long, or uses the dynamic table. */
export function decodeHeaders(block: Uint8Array): HeaderList {
  const headers: (readonly [string, string])[] = [];
  let at = 0;
  let size = 0;

  const byte = () => {
    const value = block[at++];
    if (value === undefined) throw new BadHeaders("a header block ends too early");
    return value;
  };
  const integer = (first: number, bits: number) => {
    const most = 2 ** bits - 1;
    let value = first & most;
    if (value < most) return value;
    for (let shift = 0;; shift += 7) {
      const next = byte();
      value += (next & 127) * 2 ** shift;
      if (next < 128) return value;
      if (shift > 21) throw new BadHeaders("a number in a header block is too large");
    }
  };
  const text = () => {
    const first = byte();
    const length = integer(first, 7);
    const raw = block.subarray(at, at + length);
    if (raw.length < length) throw new BadHeaders("a header block ends too early");
    at += length;
    const plain = first < 128 ? raw : decodeHuffman(raw);
    if (plain === undefined) throw new BadHeaders("a header is not in HPACK's Huffman code");
    return new TextDecoder().decode(plain);
  };
  const known = (index: number) => {
    const entry = STATIC[index - 1];
    if (entry === undefined) throw new BadHeaders(`no header has the index ${index}`);
    return entry;
  };

  while (at < block.length) {
    const first = byte();
    if ((first & 0xe0) === 0x20) { // the size of the dynamic table
      if (integer(first, 5) !== 0) throw new BadHeaders("the peer uses a dynamic table, which is not allowed");
      continue;
    }
    let header: readonly [string, string];
    if (first >= 128) header = known(integer(first, 7));
    else {
      const index = integer(first, first >= 64 ? 6 : 4);
      header = [index === 0 ? text() : known(index)[0], text()];
    }
    size += header[0].length + header[1].length + 32;
    if (size > MAX_LIST) throw new BadHeaders(`the headers are longer than ${MAX_LIST} bytes`);
    headers.push(header);
  }
  return headers;
}
