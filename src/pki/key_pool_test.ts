import assert from "node:assert/strict";
import { startKeys } from "./key_pool.ts";
import { generateKeyPair, type KeyPair, samePublicKey } from "./keys.ts";

/** A generator whose keys are finished by hand, in the order in which they were begun. */
function manual() {
  const begun: ((outcome: KeyPair | Error) => void)[] = [];
  const generate = () =>
    new Promise<KeyPair>((resolve, reject) => {
      begun.push((outcome) => outcome instanceof Error ? reject(outcome) : resolve(outcome));
    });
  return { begun, generate };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("keys are begun in the order of need, no more at once than allowed", async () => {
  const { begun, generate } = manual();
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => generateKeyPair("ECDSA-P256"))) as [
    KeyPair,
    KeyPair,
    KeyPair,
  ];
  const mill = startKeys(["a", "b", "c", "a"], "ECDSA-P256", 2, generate);
  assert.equal(begun.length, 2);
  begun[1]!(two);
  assert.equal(await mill.take("b"), two);
  await settle();
  assert.equal(begun.length, 3);
  begun[0]!(one);
  begun[2]!(three);
  assert.equal(await mill.take("a"), one);
  assert.equal(await mill.take("c"), three);
  assert.equal(await mill.take("c"), three);
  assert.equal(begun.length, 3);
});

Deno.test("a name that was not announced is made next", async () => {
  const { begun, generate } = manual();
  const [one, two] = await Promise.all([1, 2].map(() => generateKeyPair("ECDSA-P256"))) as [KeyPair, KeyPair];
  const mill = startKeys(["a", "b", "c"], "ECDSA-P256", 1, generate);
  const late = mill.take("late");
  begun[0]!(one);
  await settle();
  begun[1]!(two);
  assert.equal(await late, two);

  const idle = startKeys([], "ECDSA-P256", 4);
  assert.equal(await samePublicKey((await idle.take("x")).publicKey, (await idle.take("y")).publicKey), false);
});

Deno.test("a failure reaches whoever takes that key, and nobody else", async () => {
  const { begun, generate } = manual();
  const good = await generateKeyPair("ECDSA-P256");
  const mill = startKeys(["bad", "never taken", "good"], "ECDSA-P256", 1, generate);
  begun[0]!(new Error("no entropy"));
  await settle();
  begun[1]!(new Error("no entropy either")); // would end the test run as an unhandled rejection
  await settle();
  begun[2]!(good);
  assert.equal(await mill.take("good"), good);
  await assert.rejects(mill.take("bad"), /no entropy/);
});
