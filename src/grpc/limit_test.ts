import assert from "node:assert/strict";
import { limitOf } from "./limit.ts";

Deno.test("a limit that is over before the work began ends it, too", async () => {
  const controller = new AbortController();
  const limit = limitOf({ signal: controller.signal });
  controller.abort(new Error("enough"));
  const discarded: string[] = [];
  const work = Promise.withResolvers<string>();
  await assert.rejects(limit.during(work.promise, (late) => discarded.push(late)), /enough/);
  work.resolve("late");
  await work.promise;
  assert.deepEqual(discarded, ["late"]);
  const told: unknown[] = [];
  limit.onEnd((reason) => told.push(reason));
  assert.equal(told.length, 1);
  limit.clear();
});
