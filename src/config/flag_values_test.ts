import assert from "node:assert/strict";
import { parseBoolean, parseDecimal, parseInteger, parseList } from "./flag_values.ts";
import { isImageReference } from "./image_reference.ts";
import {
  RECORDED_BOOLEANS,
  RECORDED_INTEGERS,
  RECORDED_LISTS,
  RECORDED_REFERENCES,
} from "../../tests/recorded/values.ts";

function compare(name: string, read: (text: string) => unknown, recorded: readonly (readonly [string, unknown?])[]) {
  Deno.test(`${name}() reads and refuses what Go reads and refuses`, () => {
    for (const [text, expected] of recorded) assert.deepEqual(read(text), expected, JSON.stringify(text));
  });
}

compare("parseList", parseList, RECORDED_LISTS);
compare("parseInteger", parseInteger, RECORDED_INTEGERS);
compare("parseBoolean", parseBoolean, RECORDED_BOOLEANS);
// Go's expression takes digests that its Parse, and so every runtime, refuses.
const REFERENCES = RECORDED_REFERENCES.filter(([text]) => !text.includes("md5"));
compare("isImageReference", isImageReference, REFERENCES);

Deno.test("parseDecimal() has no prefixes", () => {
  assert.deepEqual(["010", "5", "-1", "0x1", ""].map(parseDecimal), [10, 5, -1, undefined, undefined]);
});

Deno.test("isImageReference() takes digests of the algorithms and lengths that runtimes take", () => {
  const digits = "0123456789abcdef".repeat(8);
  const taken = (text: string) => isImageReference(`name@${text}`);
  assert.ok(taken(`sha256:${digits.slice(0, 64)}`) && taken(`sha512:${digits}`));
  for (
    const text of [`sha256:${digits}`, `sha256:${digits.slice(0, 64).toUpperCase()}`, `md5:${digits.slice(0, 32)}`]
  ) {
    assert.ok(!taken(text), text);
  }
});
