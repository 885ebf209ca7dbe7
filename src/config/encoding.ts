/**
 * Decodes the bytes of a user's file: UTF-8, or UTF-16 with a byte order mark, which YAML allows and some shells of other
 * systems write.
 * @module
 */

/** Byte order marks and their encodings. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** The text without byte order mark; undefined when the bytes are invalid in the encoding. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))?.[1] ?? "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
