import assert from "node:assert/strict";
import { SPECS } from "../../src/dispatch.ts";
import { conforms, eventConforms, fileOf, schemaFiles, schemaIn } from "./conform.ts";
import { judge, type Schema, strict } from "./json_schema.ts";

const wrong = (value: unknown, schema: Schema) => judge(schema)(value);

/** Values that a schema takes, and values that it does not. */
const CASES: readonly (readonly [Schema, readonly unknown[], readonly unknown[]])[] = [
  [{ type: "string" }, [""], [1, null, [], {}]],
  [{ type: "integer" }, [0, -1], [0.5, "1"]],
  [{ type: "number" }, [0, 0.5], ["1"]],
  [{ type: ["string", "null"] }, ["", null], [1]],
  [{ type: "boolean" }, [true, false], [0]],
  [{ const: "a" }, ["a"], ["b", 1]],
  [{ enum: ["a", 1] }, ["a", 1], ["b", 2]],
  [{ pattern: "^a$" }, ["a", 1], ["b", "ab"]],
  [{ minimum: 0 }, [0, "x"], [-1]],
  [{ type: "array", items: { type: "integer" } }, [[], [1, 2]], [{}, [1, "2"]]],
  [{ type: "object", properties: { a: { type: "integer" } }, required: ["a"] }, [{ a: 1 }], [{}, { a: "1" }, {
    a: 1,
    b: 2,
  }]],
  [{ type: "object", properties: {}, additionalProperties: true }, [{ b: 2 }], [[]]],
  [{ oneOf: [{ const: 1 }, { type: "string" }] }, [1, "x"], [2, true]],
  [{ oneOf: [{ const: 1 }, { type: "integer" }] }, [2], [1]],
  [true, [1, {}, null], []],
];

Deno.test("the validator takes and refuses, keyword by keyword", () => {
  for (const [schema, valid, invalid] of CASES) {
    for (const value of valid) assert.deepEqual(wrong(value, schema), [], `${JSON.stringify([schema, value])}`);
    for (const value of invalid) assert.notDeepEqual(wrong(value, schema), [], `${JSON.stringify([schema, value])}`);
  }
});

Deno.test("the validator names the place, knows references, and refuses keywords that it does not know", () => {
  const items = { oneOf: [{ $ref: "#/$defs/n" }, { $ref: "other.json" }] };
  const list: Schema = {
    $id: "list.json",
    type: "object",
    properties: { a: { type: "array", items } },
    $defs: { n: { type: "integer" } },
  };
  const violations = judge(list, [{ $id: "other.json", type: "boolean" }]);
  assert.deepEqual(violations({ a: [1, true] }), []);
  const found = violations({ a: [1, "x"] });
  assert.ok(found.some((what) => /^#\/a\/1: .*"string".*"integer"/.test(what)), found.join("\n"));
  assert.throws(() => wrong({}, { minProperties: 1 }), /the keyword "minProperties" is not among those/);
});

/** Every schema within a schema. */
function parts(schema: Schema): Schema[] {
  if (schema === true) return [];
  const { properties, $defs, items, oneOf } = schema as Record<string, Record<string, Schema>>;
  const below = [...Object.values(properties ?? {}), ...Object.values($defs ?? {}), ...Object.values(oneOf ?? {})];
  return [schema, ...[...below, ...(items ? [items as unknown as Schema] : [])].flatMap(parts)];
}

/** What `error.json`, or `#/$defs/name` in the file that says so, refers to. */
function target(reference: string, base: string): unknown {
  const [file = "", path = ""] = reference.split("#");
  const inside = (part: unknown, step: string) => (part as Record<string, unknown> | undefined)?.[step];
  return path.split("/").slice(1).reduce(inside, schemaIn(file || base));
}

Deno.test("each file in schemas/ says what it is, uses only what the validator knows, and its references lead somewhere", () => {
  for (const file of schemaFiles()) {
    const schema = schemaIn(file) as Record<string, unknown>;
    assert.equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", file);
    assert.equal(schema["$id"], file);
    strict(schema as Schema); // throws at a keyword that it does not know
    assert.ok(String(schema["title"]).length > 0 && String(schema["description"]).length > 0, file);
    for (const part of parts(schema as Schema)) {
      if (part === true) continue;
      const reference = part["$ref"] as string | undefined;
      if (reference !== undefined) assert.ok(target(reference, file), `"${reference}" in ${file} leads nowhere`);
      const named = Object.keys((part["properties"] ?? {}) as Record<string, unknown>);
      const required = (part["required"] ?? []) as string[];
      if (part["additionalProperties"] !== true) {
        assert.deepEqual(required.filter((name) => !named.includes(name)), [], `${file}: required, but not described`);
      }
    }
  }
});

Deno.test("each command has a schema, and each schema is of a command or of events", () => {
  const wanted = ["change.json", "error.json", "event.json", ...SPECS.map(({ name }) => fileOf(name))];
  const files = schemaFiles();
  assert.deepEqual(
    wanted.filter((file) => !files.includes(file)),
    [],
    "schemas/ lacks files for commands: describe what they print",
  );
  assert.deepEqual(files.filter((file) => !wanted.includes(file)), [], "schemas/ has files that no command answers by");
});

Deno.test("events that are not as the schemas say are told apart", () => {
  eventConforms({ event: "phase", phase: "certs/ca", state: "finished", ms: 3 }, "init");
  eventConforms({ event: "result", node: "k1", seconds: 1.5 }, "join");
  eventConforms({ event: "change", kind: "remove", path: "/a" }, "init");
  const bad: Record<string, unknown>[] = [
    { event: "phase", phase: "certs/ca", state: "done" },
    { event: "phase", phase: "certs/ca", state: "finished", ms: -1 },
    { event: "change", kind: "remove", path: "/a", content: "x" },
    { event: "change", kind: "destroy" },
    { event: "result", seconds: 1 },
    { event: "news" },
  ];
  for (const event of bad) assert.throws(() => eventConforms(event, "join"), /not as schemas\//, JSON.stringify(event));
  assert.throws(
    () => conforms({ deleted: ["abcdef"], why: "" }, "token-delete.json"),
    /Property "why" does not match additional properties schema/,
  );
});
