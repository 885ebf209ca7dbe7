/**
 * From the bytes of a file that a user wrote to text: UTF-8, or UTF-16 with a byte order mark, as YAML has it and as some
 * shells on other systems write it.
 * @module
 */

/** Byte order marks and what they announce. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** The text without byte order mark; undefined when the bytes are not text of the encoding. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))?.[1] ?? "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
