import assert from "node:assert/strict";
import type { Schema } from "../../src/config/schema.ts";
import { differences } from "./kubeadm.ts";

const INNER: Schema = { type: "fields", fields: { d: { type: "duration" }, q: { type: "anything" } } };
const SCHEMA: Schema = {
  type: "fields",
  fields: {
    list: { type: "list", of: INNER },
    map: { type: "map", of: { type: "boolean" } },
    n: { type: "integer", min: 0 },
    t: { type: "text", values: ["a"] },
  },
};
const GO: Record<string, Record<string, string>> = {
  Inner: { d: "duration", q: "quantity" },
  Kind: { list: "[Inner]", map: "{bool}", n: "int", t: "text" },
};

function found(go: Record<string, Record<string, string>>): string[] {
  const structs = Object.entries(go).map(([name, fields]) =>
    [name, Object.entries(fields).map(([name, type]) => ({ name, type, patch: "" }))] as const
  );
  return differences(SCHEMA, "Kind", { names: Object.keys(go), fields: Object.fromEntries(structs) }, "Kind");
}

Deno.test("tables: a schema is as its Go type, or each field that is not is told", () => {
  assert.deepEqual(found(GO), []);
  const { t: _, ...without } = GO["Kind"]!;
  assert.deepEqual(found({ ...GO, Kind: { ...without, n: "long", map: "[bool]", more: "text" } }), [
    'Kind.map is "map", in Go "[bool]"',
    'Kind.n is "int", in Go "long"',
    "Kind.t is not in Go",
    "Kind.more is only in Go",
  ]);
  assert.deepEqual(found({ ...GO, Inner: { d: "text", q: "any" } }), [
    'Kind.list[].d is "duration", in Go "text"',
    'Kind.list[].q is "quantity", in Go "any"',
  ]);
});
