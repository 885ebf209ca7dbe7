import assert from "node:assert/strict";
import { call } from "./call.ts";
import { compareWithSource, PRINTER } from "./source.ts";

/** Only where an earlier `deno task deps --std` has got it: tests get nothing from the network. */
const absent = await call("npx", ["--offline", "-y", PRINTER, "--version"]).then(() => false, () => true);

const SOURCE = `// of the source
import { b, type Of } from './b.ts';
export function a(x: Of): number {
  if (!x) return 1; else return b(x as Of)
}
`;
const BUILT = `import { b } from "./b.js";
export function a(x) {
  if (!x) {
    return 1;
  } else return b(x);
}
`;

/** File, deno-std's code, the source's, and what is said. */
const FILES: [string, string, string | undefined, "same" | "types" | "differs" | "has no source"][] = [
  ["same", BUILT, SOURCE, "same"],
  ["types", "", `export type T = "./y.ts";\n`, "types"],
  ["constant", BUILT.replace("return 1", "return 2"), SOURCE, "differs"],
  ["import", BUILT.replace("./b.js", "../b.js"), SOURCE, "differs"],
  ["statement", BUILT + `fetch("x");\n`, SOURCE, "differs"],
  ["reexport", BUILT + `export * from "./types.js";\n`, SOURCE, "differs"],
  ["emptied", "", SOURCE, "differs"],
  ["filled", "globalThis.x = 1;\n", `export type T = 1;\n`, "differs"],
  ["alone", BUILT, undefined, "has no source"],
];

Deno.test({
  name: "deps: types, comments, braces and quotes make no difference to the source; any other code does",
  ignore: absent,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      for (const side of ["built/a", "source/a"]) await Deno.mkdir(`${folder}/${side}`, { recursive: true });
      for (const [name, built, source] of FILES) {
        await Deno.writeTextFile(`${folder}/built/a/${name}.js`, built);
        if (source !== undefined) await Deno.writeTextFile(`${folder}/source/a/${name}.ts`, source);
      }
      const names = FILES.map(([name]) => `a/${name}.js`);
      const found = await compareWithSource(names, `${folder}/built`, `${folder}/source`, `${folder}/printed`);
      assert.deepEqual(found.typesOnly, ["a/types.js"]);
      const said = (what: string) => found.problems.filter((problem) => problem.includes(` ${what} "`)).sort();
      for (const what of ["differs from", "has no source"]) {
        const expected = FILES.filter(([, , , result]) => what.startsWith(result));
        assert.deepEqual(
          said(what),
          expected.map(([name]) => `deno-std/a/${name}.js ${what} "${folder}/source/a/${name}.ts"`).sort(),
        );
      }
      assert.equal(found.problems.length, 7);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
