import assert from "node:assert/strict";
import { UserError } from "../../errors.ts";
import { within } from "../../phases/reset/bounds.ts";
import { startTicker } from "./ticker.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("a ticker says what a run is at only when it is at it for long", async () => {
  const said: string[] = [];
  const ticker = startTicker((message) => said.push(message), 60);
  for (let i = 0; i < 10; i++) {
    ticker.doing("something short");
    await pause(20);
  }
  assert.deepEqual(said, []);
  ticker.doing("unmounting /mnt");
  await pause(300);
  assert.ok(said.length >= 1 && said.every((line) => /^unmounting \/mnt, 0 s$/.test(line)), said.join());
  ticker.doing("");
  said.length = 0;
  await pause(150);
  assert.deepEqual(said, []); // a person is asked
  ticker.stop();
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
