/**
 * `init phase certs all` on this machine, in a folder of its own, killed at Changes and run again: every pair belongs
 * together, what was whole stays, nothing is left over. KUBEWRIGHT_FAILPOINTS=all kills at each Change, else at some.
 * @module
 */
import assert from "node:assert/strict";
import { inPlace, shape, words } from "./place.ts";

Deno.test("failpoints: init phase certs, killed before and after Changes, run again, ends as undisturbed", async () => {
  let whole: string[] = [];
  let count = 0;
  await inPlace(async ({ dir, run, files }) => {
    const ran = await run(`count:${dir}/changes`);
    assert.equal(ran.code, 0, words(ran));
    count = (await Deno.readTextFile(`${dir}/changes`)).trim().split("\n").length;
    whole = shape(await files());
    assert.ok(count >= whole.length && whole.every((line) => !line.endsWith("false")), whole.join("\n"));
  });
  const step = Deno.env.get("KUBEWRIGHT_FAILPOINTS") === "all" ? 1 : Math.ceil(count / 2);
  for (let n = Math.ceil(step / 2); n <= count; n += step) {
    for (const failpoint of [`before:${n}`, `after:${n}`]) {
      await inPlace(async ({ dir, run, files }) => {
        const killed = await run(failpoint);
        // What is made within the last call has no call after it.
        const over = n === count && failpoint.startsWith("before") && killed.code === 0;
        assert.ok(killed.signal === "SIGKILL" || over, `${failpoint}: ${words(killed)}`);
        const before = await files().catch(() => new Map<string, string>());
        const again = await run();
        assert.equal(again.code, 0, `${failpoint}: ${words(again)}`);
        const after = await files();
        assert.deepEqual(shape(after), whole, failpoint);
        for (const [path, text] of before) {
          if (!path.includes("/.")) assert.equal(after.get(path), text, `${failpoint}: ${path} stays`);
        }
        const third = await run(`count:${dir}/changes`);
        assert.equal(third.code, 0, words(third));
        await assert.rejects(
          Deno.stat(`${dir}/changes`),
          Deno.errors.NotFound,
          `${failpoint}: a third run changes nothing`,
        );
        await assert.rejects(Deno.stat(`${dir}/state/run`), Deno.errors.NotFound, `${failpoint}: the lock is gone`);
      });
    }
  }
});
