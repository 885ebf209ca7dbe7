// The loader of @std/yaml is an internal module: what `yaml.ts` and `yaml_places.ts` take from it has to stay as it is.
import assert from "node:assert/strict";
// @ts-types="./std_yaml_loader.d.ts"
import { type LoaderNotice, LoaderState } from "@std/yaml/loader";
import { KUBERNETES_VALUES } from "./yaml_values.ts";

const METHODS = ["composeNode", "readTagProperty", "readBlockSequence", "storeMappingPair", "dispatchWarning"] as const;

Deno.test("the loader of @std/yaml has the methods that are overridden, each with as many parameters", () => {
  const prototype = LoaderState.prototype as unknown as Record<string, { length: number }>;
  assert.deepEqual(METHODS.map((name) => [name, typeof prototype[name]]), METHODS.map((name) => [name, "function"]));
  assert.deepEqual(METHODS.map((name) => prototype[name]!.length), [1, 1, 3, 7, 1]);
});

Deno.test("the loader of @std/yaml calls them as it is expected to, and tells where it is", () => {
  const calls: unknown[][] = [];
  const notices: LoaderNotice[] = [];
  class Watched extends LoaderState {
    protected override composeNode(request: object): { result: unknown } | undefined {
      const state = super.composeNode(request);
      if (state && typeof state.result !== "object") calls.push(["node", state.result, this.line]);
      return state;
    }
    protected override readTagProperty(tag: string | null): string | undefined {
      this.dispatchWarning("here");
      return super.readTagProperty(tag);
    }
    protected override readBlockSequence(tag: string | null, anchor: string | null, indent: number) {
      calls.push(["sequence", tag, anchor, indent]);
      return super.readBlockSequence(tag, anchor, indent);
    }
    protected override storeMappingPair(
      result: object,
      overridable: Set<string>,
      tag: unknown,
      key: unknown,
      ...rest: unknown[]
    ) {
      calls.push(["pair", key, rest[0], overridable instanceof Set]);
      return super.storeMappingPair(result, overridable, tag, key, ...rest);
    }
  }
  const onWarning = (notice: LoaderNotice) => void notices.push(notice);
  const loader = new Watched("a:\n  - 1\nb: x\n", { schema: KUBERNETES_VALUES, onWarning });
  assert.deepEqual([...loader.readDocuments()], [{ a: [1], b: "x" }]);
  assert.deepEqual(calls.filter(([kind]) => kind === "pair").map(([, key, value, set]) => [key, value, set]), [
    ["a", [1], true],
    ["b", "x", true],
  ]);
  // It is tried for every node; where there is none, at its indent, it answers nothing.
  assert.ok(calls.some(([kind, , , indent]) => kind === "sequence" && indent === 2));
  assert.ok(calls.some(([kind, result]) => kind === "node" && result === 1));
  assert.ok(notices.some(({ line, column }) => line === 3 && column === 1), "lines and columns from 1");
});

Deno.test("the loader of @std/yaml throws a SyntaxError that has a line and a column", () => {
  const loader = new LoaderState("a: 1\nb: [", { schema: KUBERNETES_VALUES });
  assert.throws(() => [...loader.readDocuments()], (error: LoaderNotice) => {
    return error instanceof SyntaxError && error.line >= 2 && error.column >= 1;
  });
});
