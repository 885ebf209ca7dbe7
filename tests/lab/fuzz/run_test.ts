import assert from "node:assert/strict";
import type { Execute } from "./batch.ts";
import { edits, render, TEXTS } from "./edits.ts";
import { FIXTURES } from "./fixtures.ts";
import { Random } from "./random.ts";
import { describeKind, editsOf, fuzz } from "./run.ts";

Deno.test("a seed and a number give the same configuration again, another number another", () => {
  assert.equal(render(editsOf(7, 3)), render(editsOf(7, 3)));
  const texts = new Set(Array.from({ length: 500 }, (_, index) => render(editsOf(7, index))));
  assert.ok(texts.size > 450, `${texts.size} different ones`);
});

Deno.test("every way to change a text changes it, and every fixture comes up", () => {
  const text = render([{ kind: "InitConfiguration", path: ["dryRun"], yaml: "true" }]);
  const flowless = Object.entries(TEXTS).filter(([, change]) => change(text) === text).map(([name]) => name);
  assert.deepEqual(flowless, []);
  const chosen = Array.from({ length: 20_000 }, (_, seed) => edits(new Random(seed), Object.keys(FIXTURES))).flat();
  const used = (key: "text" | "before") =>
    new Set(chosen.flatMap((edit) => key in edit ? [Object.values(edit)[0]] : []));
  assert.equal(used("before").size, Object.keys(FIXTURES).length);
  assert.equal(used("text").size, Object.keys(TEXTS).length);
});

/** Two programs that only judge: kubeadm takes all, kubewright what has no duration of a day. */
const judging: Execute = (_script, _args, stdin) => {
  const event = { event: "error", message: "", problems: [{ where: "x", what: 'no "1d" here' }] };
  const encode = (text: string) => new TextEncoder().encode(text).toBase64();
  const lines = stdin.trim().split("\n").flatMap((line) => {
    const [name, , text] = line.split(" ") as [string, string, string];
    const bad = new TextDecoder().decode(Uint8Array.fromBase64(text)).includes(": 1d");
    return [
      `end\t${name}\tkubeadm\tvalidate\t0\t\t`,
      `end\t${name}\tkubewright\tvalidate\t${bad ? 3 : 0}\t${bad ? encode(`${JSON.stringify(event)}\n`) : ""}\t`,
    ];
  });
  return Promise.resolve(lines.join("\n"));
};

Deno.test("a difference is found, counted, and made small", async () => {
  const allowed = { fields: [], verdicts: [], used: new Map(), compared: { fields: 0, files: 0 } };
  const plan = { seed: 1, count: 1_000, filesOneIn: 1_000, lanes: 2, shrinkSeconds: 60 };
  const { kinds, verdicts } = await fuzz(plan, judging, ["a", "b"], allowed, () => {});
  assert.equal(kinds.length, 1);
  assert.equal(kinds[0]!.times, verdicts.one);
  assert.equal(kinds[0]!.smallest.length, 1);
  assert.match(describeKind(kinds[0]!, 1), /no "1d" here\n.*seed 1, configuration \d+; smallest:\n.*: 1d/);
});

Deno.test("a difference that is allowed is none", async () => {
  const meant = { reason: "days", refusedBy: "kubewright" as const, says: /no "1d"/ };
  const allowed = { fields: [], verdicts: [meant], used: new Map(), compared: { fields: 0, files: 0 } };
  const plan = { seed: 1, count: 1_000, filesOneIn: 1_000, lanes: 2, shrinkSeconds: 60 };
  const { kinds, verdicts } = await fuzz(plan, judging, ["a", "b"], allowed, () => {});
  assert.deepEqual([kinds, allowed.used.get(meant)], [[], verdicts.one]);
});
