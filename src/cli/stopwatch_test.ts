import assert from "node:assert/strict";
import { stopwatch } from "./stopwatch.ts";

Deno.test("the time that a person takes to answer is no phase's time", async () => {
  let now = 0;
  const watch = stopwatch(() => now);
  const told: string[] = [];
  const observer = watch.observing({
    started: (path) => told.push(path),
    finished: (path, ms) => told.push(`${path} ${ms}`),
    failed: (path, ms) => told.push(`${path} failed ${ms}`),
  });
  observer.started("preflight");
  now = 10;
  const answer = Promise.withResolvers<string>();
  const asked = watch.pausedBy(answer.promise);
  now = 60_010;
  answer.resolve("y");
  assert.equal(await asked, "y");
  now = 60_015;
  observer.finished("preflight", 60_015);
  observer.started("next");
  now = 60_020;
  observer.failed("next", 5);
  assert.deepEqual(told, ["preflight", "preflight 15", "next", "next failed 5"]);
  assert.equal(watch.clock(), 20);
});
