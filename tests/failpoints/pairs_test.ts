/**
 * `init phase certs all` twice at once on this machine, in one folder: one does the work, the other is refused or runs after
 * it, and every key belongs to its certificate. KUBEWRIGHT_ROUNDS is how often.
 * @module
 */
import assert from "node:assert/strict";
import { EXIT } from "../../src/errors.ts";
import { inPlace, shape, words } from "./place.ts";

Deno.test("pairs: two of init phase certs at once leave the keys and certificates of one", async () => {
  const rounds = Number(Deno.env.get("KUBEWRIGHT_ROUNDS") || 2);
  const codes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    await inPlace(async ({ dir, run, files }) => {
      const ended = await Promise.all([run(), run()]);
      const said = ended.map(words).join("\n");
      codes.push(ended.map(({ code }) => code).sort().join());
      assert.ok([`${EXIT.ok},${EXIT.ok}`, `${EXIT.ok},${EXIT.busy}`].includes(codes.at(-1)!), said);
      const refused = ended.find(({ code }) => code === EXIT.busy);
      if (refused) assert.match(words(refused), /changed by "init phase" \(process \d+\) since 20\d\d-/);
      const made = shape(await files());
      assert.deepEqual([made.length, made.filter((line) => line.endsWith("false"))], [22, []], said);
      await assert.rejects(Deno.stat(`${dir}/state/run`), Deno.errors.NotFound);
    });
  }
  console.log(`exit codes: ${codes.join(" ")}`);
});
