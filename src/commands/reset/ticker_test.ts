import assert from "node:assert/strict";
import { UserError } from "../../errors.ts";
import { within } from "../../phases/reset/bounds.ts";
import { startTicker } from "./ticker.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("a ticker says what a run is at only when it is at it for long", async () => {
  const said: string[] = [];
  const patient = startTicker((message) => said.push(message), 20_000);
  patient.doing("something short");
  await pause(50);
  patient.stop();
  assert.equal(said.length, 0);
  const ticker = startTicker((message) => said.push(message), 20);
  ticker.doing("unmounting /mnt");
  while (said.length === 0) await pause(10);
  ticker.doing(""); // a person is asked
  assert.match(said[0]!, /^unmounting \/mnt, \d+ s$/);
  said.length = 0;
  await pause(100);
  ticker.stop();
  assert.equal(said.length, 0);
});

Deno.test("work that hangs is waited for no longer than it may take", async () => {
  const hangs = pause(400);
  await assert.rejects(within(50, "umount /mnt", hangs), (error: UserError) => {
    assert.equal(error.message, "umount /mnt: it did not end within 0.05 s");
    return true;
  });
  assert.equal(await within(1_000, "x", Promise.resolve(5)), 5);
  await assert.rejects(within(1_000, "x", Promise.reject(new UserError("busy"))), /busy/);
  await hangs; // nothing is left behind for the next test
});
