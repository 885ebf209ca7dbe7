import assert from "node:assert/strict";
import { BadHeaders, decodeHeaders, encodeHeaders, type HeaderList } from "./hpack.ts";

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g)!, (two) => Number.parseInt(two, 16));

// RFC 7541, appendix C, as far as no dynamic table is needed.
const EXAMPLES: readonly (readonly [string, HeaderList])[] = [
  ["400a637573746f6d2d6b65790d637573746f6d2d686561646572", [["custom-key", "custom-header"]]],
  ["040c2f73616d706c652f70617468", [[":path", "/sample/path"]]],
  ["100870617373776f726406736563726574", [["password", "secret"]]],
  ["82", [[":method", "GET"]]],
  ["828684418cf1e3c2e5f23a6ba0ab90f4ff", [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ]],
];

Deno.test("hpack: the examples of the RFC, and what is encoded decodes to the same", () => {
  for (const [hex, headers] of EXAMPLES) assert.deepEqual(decodeHeaders(bytes(hex)), headers, hex);
  const long: HeaderList = [["a", "x".repeat(5000)], [":status", "200"], ["ü", ""]];
  assert.deepEqual(decodeHeaders(encodeHeaders(long)), long);
  assert.deepEqual(decodeHeaders(bytes("2088")), [[":status", "200"]]); // the table's size is 0
});

for (
  const [what, hex] of Object.entries({
    "an index that there is not": "be",
    "the index 0": "80",
    "a table that is used": "3fe11f",
    "a number without end": "ffffffffffffff",
    "a length past the end": "000561",
    "a name without a value": "000161",
    "padding that is not ones": "0001618100",
    "the code of the end": "00016184ffffffff",
  })
) {
  Deno.test(`hpack: ${what} is refused`, () => {
    assert.throws(() => decodeHeaders(bytes(hex)), BadHeaders);
  });
}

Deno.test("hpack: a list that grows from a short block is refused", () => {
  const one = encodeHeaders([["a", "x".repeat(16_000)]]);
  const block = new Uint8Array(5 * one.length);
  for (let i = 0; i < 5; i++) block.set(one, i * one.length);
  assert.throws(() => decodeHeaders(block), /longer than 65536 bytes/);
});
