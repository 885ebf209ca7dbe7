import assert from "node:assert/strict";
import { targetOf } from "./imported.ts";
import { reachOf } from "./reach.ts";

Deno.test("deps: what a module reaches is named; comments and its own functions are not", () => {
  assert.deepEqual(reachOf("// Deno.run()\n/* fetch(x) */\nexport const prefetch = (a) => a.process_;"), []);
  for (
    const [text, found] of [
      ["x = Deno?.env.get('A')", "Deno: Deno?.env"],
      ['import fs from "node:fs";', 'Node: "node:fs"'],
      ["process.env.A", "process: process.env"],
      ["await fetch (u)", "network: fetch("],
      ["new Function('x')", "code: newFunction"],
      ["globalThis['Deno']", "global object: globalThis['Deno"],
    ] as const
  ) assert.deepEqual(reachOf(text), [found], text);
});

Deno.test("deps: an export is taken by Deno's conditions, the first that holds", () => {
  assert.equal(targetOf({ require: "./a.cjs", import: { types: "./a.d.ts", default: "./a.js" } }), "./a.js");
  assert.equal(targetOf({ require: "./a.cjs" }), undefined);
});
