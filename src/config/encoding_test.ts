import assert from "node:assert/strict";
import { decodeText } from "./encoding.ts";

const TEXT = "name: é\n";

/** UTF-16 with a byte order mark. */
function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2));
  [..."\ufeff" + text].forEach((character, i) => view.setUint16(2 * i, character.charCodeAt(0), littleEndian));
  return new Uint8Array(view.buffer);
}

Deno.test("decodeText() reads UTF-8, with and without byte order mark, and UTF-16 with one", () => {
  for (const text of [TEXT, `\ufeff${TEXT}`]) assert.equal(decodeText(new TextEncoder().encode(text)), TEXT);
  for (const littleEndian of [true, false]) assert.equal(decodeText(utf16(TEXT, littleEndian)), TEXT);
  assert.equal(decodeText(new Uint8Array()), "");
});

Deno.test("decodeText() refuses what is no text of its encoding", () => {
  const latin1 = Uint8Array.from(TEXT, (character) => character.charCodeAt(0));
  for (const bytes of [latin1, Uint8Array.of(0xff), Uint8Array.of(0xc0, 0x80), utf16(TEXT, true).slice(0, -1)]) {
    assert.equal(decodeText(bytes), undefined);
  }
});
