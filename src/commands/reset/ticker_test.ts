import assert from "node:assert/strict";
import { UserError } from "../../errors.ts";
import { within } from "../../phases/reset/bounds.ts";
import { startTicker } from "./ticker.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("a ticker reports what a run is doing only when it takes long", async () => {
  const said: [what: string, ms: number][] = [];
  const report = (what: string, ms: number) => void said.push([what, ms]);
  const patient = startTicker(report, 20_000);
  patient.doing("something short");
  await pause(50);
  patient.stop();
  assert.equal(said.length, 0);
  const ticker = startTicker(report, 20);
  ticker.doing("unmounting /mnt");
  while (said.length === 0) await pause(10);
  ticker.doing(""); // a person is asked
  assert.equal(said[0]![0], "unmounting /mnt");
  assert.ok(said[0]![1] >= 20);
  said.length = 0;
  await pause(100);
  ticker.stop();
  assert.equal(said.length, 0);
});

Deno.test("work that hangs is waited for no longer than it may take", async () => {
  const hangs = pause(400);
  await assert.rejects(within(50, "umount /mnt", hangs), (error: UserError) => {
    assert.equal(error.message, "umount /mnt: timed out after 0.05 s");
    return true;
  });
  assert.equal(await within(1_000, "x", Promise.resolve(5)), 5);
  await assert.rejects(within(1_000, "x", Promise.reject(new UserError("busy"))), /busy/);
  await hangs; // nothing is left behind for the next test
});
