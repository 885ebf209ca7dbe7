/**
 * `init phase certs all` on this machine, in a folder of its own, ended by each signal in turn and run again: it says what
 * was done, leaves nothing half done, and the last run completes what the others began.
 * @module
 */
import assert from "node:assert/strict";
import { inPlace, shape } from "./place.ts";

/** Sends the signal when the program has told of this phase; what it said by its end, and how that came. */
async function endedAfter(child: Deno.ChildProcess, phase: string, signal: Deno.Signal) {
  let said = "";
  let sentAt: number | undefined;
  const out = new Response(child.stdout).text();
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (sentAt !== undefined || !said.includes(`[certs/${phase}]`)) continue;
    sentAt = performance.now();
    child.kill(signal);
  }
  const { code } = await child.status;
  await out;
  return { code, said, ms: performance.now() - (sentAt ?? 0) };
}

Deno.test("signals: each ends the program at once with what it did, and the same command continues", async () => {
  await inPlace(async ({ dir, run, spawn, files }) => {
    let before = new Map<string, string>();
    for (
      const [signal, code, phase] of [["SIGINT", 130, "ca"], ["SIGTERM", 143, "apiserver"], [
        "SIGHUP",
        129,
        "etcd-ca",
      ]] as const
    ) {
      const ended = await endedAfter(spawn(), phase, signal);
      assert.equal(ended.code, code, ended.said);
      // The limit is one second; a machine that is busy with other tests gets more.
      assert.ok(ended.ms < 5_000, `${signal}: it took ${Math.round(ended.ms)} ms`);
      assert.match(ended.said, new RegExp(`error: Interrupted by ${signal} before the command finished\n`));
      assert.match(ended.said, /\n {2}\d+ changes? (was|were) made: .*file|\n {2}No changes were made\./);
      assert.match(ended.said, /\n {2}next: Rerun the command: it continues where this run stopped\.\n$/);
      await assert.rejects(Deno.stat(`${dir}/state/run`), Deno.errors.NotFound, "the lock is gone");
      const after = await files();
      for (const [path, text] of before) assert.equal(after.get(path), text, `${path} stays`);
      before = after;
    }
    const last = await run();
    assert.equal(last.code, 0);
    const after = await files();
    for (const [path, text] of before) if (!path.includes("/.")) assert.equal(after.get(path), text, `${path} stays`);
    assert.deepEqual([after.size, shape(after).filter((line) => line.endsWith("false"))], [22, []]);
  }, "RSA-2048");
});
