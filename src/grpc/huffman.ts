/**
 * The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: the lengths define it.
 * @module
 */

/** Bits of each symbol's code, 0 to 255 and the end of the string, a digit in base 36 for each. */
const LENGTHS = [
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca",
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds",
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn",
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq",
  "u",
].join("");
const END = 256;
const LONGEST = 30;

/** For each length: the first code, the place of its symbol among all, and how many codes there are. */
interface Row {
  first: number;
  at: number;
  count: number;
}

let table: { symbols: readonly number[]; rows: readonly Row[] } | undefined;

function build(): { symbols: readonly number[]; rows: readonly Row[] } {
  const symbols: number[] = [];
  const rows: Row[] = [];
  for (let length = 0, next = 0; length <= LONGEST; length++, next *= 2) {
    const at = symbols.length;
    for (let symbol = 0; symbol <= END; symbol++) {
      if (Number.parseInt(LENGTHS[symbol]!, 36) === length) symbols.push(symbol);
    }
    const count = symbols.length - at;
    rows.push({ first: next, at, count });
    next += count;
  }
  return { symbols, rows };
}

/** Decodes a string; undefined when it is invalid: it contains the end code, or its padding is not ones or is too long. */
export function decodeHuffman(bytes: Uint8Array): Uint8Array | undefined {
  const { symbols, rows } = table ??= build();
  const out: number[] = [];
  let [code, length] = [0, 0];
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + (byte >> bit & 1);
      length++;
      const row = rows[length];
      if (row === undefined) return undefined;
      if (code - row.first >= row.count) continue;
      const symbol = symbols[row.at + code - row.first]!;
      if (symbol === END) return undefined;
      out.push(symbol);
      [code, length] = [0, 0];
    }
  }
  return length < 8 && code === 2 ** length - 1 ? new Uint8Array(out) : undefined;
}
