import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const IMPORTS = /^(?:import|export)\b[^;]*?from\s+"(\.[^"]+)"|^import\s+"(\.[^"]+)"/gm;

/** Paths of all source files but tests, from the root of the repository. */
function sources(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? sources(`${folder}${name}/`) : /(?<!_test|\.d)\.ts$/.test(name) ? [folder + name] : []
  );
}

/** Each file with those that it imports, types too; what is loaded later by `import()` does not count. */
function imports(files: readonly string[]): Map<string, string[]> {
  return new Map(files.map((file) => {
    const here = new URL(file, ROOT);
    const found = [...Deno.readTextFileSync(here).matchAll(IMPORTS)].map(([, from, alone]) =>
      new URL(from ?? alone!, here).href.slice(ROOT.href.length)
    );
    return [file, found];
  }));
}

/** The first circle that is found, as a path that comes back to where it began. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

Deno.test("no file imports itself, by whatever way", () => {
  assert.deepEqual(circle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b", "c", "b"]);
  const graph = imports(["mod.ts", ...sources("src/")]);
  assert.ok(graph.size > 200 && [...graph.values()].flat().length > 1000, "the files were read");
  assert.equal(circle(graph)?.join(" -> "), undefined);
});
