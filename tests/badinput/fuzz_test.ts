import assert from "node:assert/strict";
import { failureText, fuzz } from "./fuzz.ts";

Deno.test("a share of the fuzzer: a thousand mutations of one seed", async () => {
  const { targets, failures } = await fuzz(20261122, 1_000);
  assert.equal(failures.length, 0, failures.map(failureText).join("\n"));
  assert.ok([...targets.values()].every(({ tried }) => tried > 0));
});
