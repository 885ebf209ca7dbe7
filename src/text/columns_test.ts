import assert from "node:assert/strict";
import { widthOf } from "../../_tools/terminal/width.ts";
import { columnsOf, fit } from "./columns.ts";
import { hasUnseen } from "./visible.ts";

Deno.test("no character is measured narrower than terminals draw it", () => {
  for (let code = 0x20; code < 0x40000; code++) {
    const character = String.fromCodePoint(code);
    if (hasUnseen(character)) continue; // it is escaped before it is shown
    assert.ok(columnsOf(character) >= widthOf(character), code.toString(16));
  }
});

Deno.test("fit() cuts at a whole character, and says where", () => {
  assert.equal(fit("kubelet", 7, "…"), "kubelet");
  assert.equal(fit("kubelet", 6, "…"), "kubel…");
  assert.equal(fit("a b c", 4, "..."), "a...");
  assert.equal(fit("节点控制", 8, "…"), "节点控制");
  assert.equal(fit("节点控制", 7, "…"), "节点控…");
  assert.equal(fit("节点控制", 6, "…"), "节点…");
  assert.equal(fit("e\u0301e\u0301e\u0301", 2, "…"), "e\u0301…");
  assert.equal(fit("abc", 2, "..."), "");
  assert.equal(fit("abc", 0, "…"), "");
});
