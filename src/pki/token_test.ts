import assert from "node:assert/strict";
import { InvalidInput } from "../errors.ts";
import { formatToken, generateToken, isToken, parseToken } from "./token.ts";

Deno.test("a generated token has the form that the API server wants, and every character occurs about equally often", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 4000; i++) {
    const token = generateToken();
    assert.ok(isToken(formatToken(token)));
    assert.deepEqual(parseToken(formatToken(token)), token);
    for (const character of token.id + token.secret) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const expected = 4000 * 22 / 36;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.equal(counts.size, 36);
  // 35 degrees of freedom: above 100 once in 10^7 runs; keeping bytes of 252 and more would give about 1000.
  assert.ok(chiSquare < 100, `chi square ${chiSquare}`);
});

Deno.test("the error for a malformed token shows the id where there is one, and nothing of the secret", () => {
  for (
    const [text, state] of [
      ["abcdef.hunter2hunter2", /Cannot read bootstrap token "abcdef\.…": the secret must have 16 characters; got 14/],
      ["abcdef.hunter2hunter2hunter2", /must have 16 characters; got 21/],
      ["abcdef.Hunter2hunter2hu", /must contain only the characters a-z and 0-9/],
      ["hunter2hunter2hunter2", /must start with an ID of 6 characters and a dot; got 21 characters/],
      ["hunter2.hunter2hunter2hu", /must start with an ID/],
      ["", /must start with an ID of 6 characters and a dot; got 0 characters/],
      ["abcdef.hunter2hunter2hu\n", /must contain only the characters a-z and 0-9/],
    ] as const
  ) {
    assert.throws(() => parseToken(text), (error: Error) => {
      assert.ok(error instanceof InvalidInput);
      assert.match(error.message, state);
      assert.doesNotMatch(error.message, /hunter2/i);
      return true;
    });
  }
});
