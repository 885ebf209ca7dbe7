import assert from "node:assert/strict";
import { cell, cellsBy } from "./cell.ts";

Deno.test("a cell is set once and read by name", () => {
  const started = cell<number>("kubelet started at");
  assert.throws(() => started.get(), /Cannot read "kubelet started at": no phase has set it/);
  assert.equal(started.or(7), 7);
  started.set(0);
  assert.deepEqual([started.get(), started.or(7)], [0, 0]);
  assert.throws(() => started.set(1), /Cannot set "kubelet started at" a second time/);
});

Deno.test("cells by key are apart from one another, and each stays the same", () => {
  const former = cellsBy<string>("former file");
  former("/a").set("x");
  assert.equal(former("/a").get(), "x");
  assert.throws(() => former("/b").get(), /Cannot read "former file \/b"/);
});
