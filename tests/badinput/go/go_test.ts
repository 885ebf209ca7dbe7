// What Go 1.26 reads and verifies, recorded: nothing here may read more, or verify otherwise.
import assert from "node:assert/strict";
import { InvalidInput } from "../../../src/errors.ts";
import { parseCertificate } from "../../../src/pki/certificate.ts";
import { chainTrouble } from "../../../src/pki/chain.ts";
import { digest, mutation, numbers, reading, STRICTER } from "./mutations.ts";

const read = async (name: string) => JSON.parse(await Deno.readTextFile(new URL(name, import.meta.url)));

Deno.test("PEM texts, certificates and keys with changes: read as Go reads them", async () => {
  const recorded = await read("mutations.json");
  const { verdicts }: { verdicts: string[] } = recorded;
  const stricter = Object.values(STRICTER).flat();
  assert.ok(stricter.every((number) => verdicts[number] !== "r"), "these are refused by Go, too");
  const recordedNumbers = numbers(4000);
  assert.equal(verdicts.length, recordedNumbers.length);
  const inputs = recordedNumbers.map((number) => mutation(recorded, number));
  const all = await digest((await Promise.all(inputs.map(({ bytes }) => digest(bytes)))).join());
  assert.equal(all, recorded.inputDigest, "mutations.ts makes other inputs than were recorded: run record.ts");
  const different: number[] = [];
  for (const [index, number] of recordedNumbers.entries()) {
    const own = await reading(inputs[index]!);
    const expected = stricter.includes(number) ? "r" : verdicts[index];
    if ((own === "refused" ? "r" : await digest(own)) !== expected) different.push(number);
  }
  assert.deepEqual(different, []);
  assert.ok(verdicts.filter((verdict) => verdict !== "r").length > 500);
});

Deno.test("chains: valid where Go's Certificate.Verify says so", async () => {
  const { certificates, chains } = await read("chains.json");
  const tried = { valid: 0, invalid: 0 };
  for (const { name, now, usage, chain, go } of chains) {
    const ders: Uint8Array<ArrayBuffer>[] = chain.map((index: number) => Uint8Array.fromBase64(certificates[index]));
    let trouble: string | undefined;
    try {
      const [leaf, root, ...intermediates] = ders.map(parseCertificate);
      const options = { now: new Date(now), ...usage && { usage } };
      trouble = await chainTrouble(leaf!, intermediates, root!, "ca.crt", options);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      trouble = "refused";
    }
    assert.equal(trouble === undefined, go === "yes", `${name}: ${trouble ?? "valid"}, but Go says ${go}`);
    assert.equal(trouble === "refused", go === "refused", name);
    // What cannot be verified, or may not be used, is not called unsigned.
    if (/insecure|unimplemented|constraint|critical|expired|key usage/.test(go)) {
      assert.doesNotMatch(trouble!, /not signed/);
    }
    tried[trouble === undefined ? "valid" : "invalid"]++;
  }
  assert.ok(tried.valid > 50 && tried.invalid > 50);
});
