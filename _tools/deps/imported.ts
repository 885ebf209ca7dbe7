/** Which files of the packages an import of the program can load: the whole graph, read by Deno itself. @module */
import { call } from "./call.ts";

type Exports = string | { [condition: string]: Exports } | undefined;

/** The file that an entry of package.json's `exports` leads to for Deno's conditions. */
export function targetOf(exported: Exports): string | undefined {
  if (exported === undefined || typeof exported === "string") return exported;
  for (const [condition, to] of Object.entries(exported)) {
    if (["deno", "node", "import", "default"].includes(condition)) return targetOf(to);
  }
  return undefined;
}

/**
 * Files below `work`, where the packages are unpacked by their names, that can be loaded from the entries of deno.json's
 * import map. They are read as plain modules, since Deno tells no files of npm packages.
 */
export async function importedFiles(denoJson: string, work: string): Promise<string[]> {
  const { imports }: { imports: Record<string, string> } = JSON.parse(await Deno.readTextFile(denoJson));
  const map: Record<string, string> = {};
  for (const name of await packageNames(work)) {
    const { exports } = JSON.parse(await Deno.readTextFile(`${work}/${name}/package.json`));
    for (const [path, exported] of Object.entries(exports as Record<string, Exports>)) {
      const to = targetOf(exported);
      if (to !== undefined && !path.includes("*")) map[name + path.slice(1)] = `./${name}/${to}`;
    }
  }
  const entries = Object.values(imports).filter((to) => to.startsWith("npm:")).map((to) => {
    const [, name, path] = /^npm:(@?[^@]+)@[^/]+(.*)$/.exec(to)!;
    return map[name! + path!] ?? `./${name}${path}`;
  });
  await Deno.writeTextFile(`${work}/deno.json`, JSON.stringify({ imports: map }));
  await Deno.writeTextFile(`${work}/entry.js`, entries.map((entry) => `import ${JSON.stringify(entry)};\n`).join(""));
  const graph: { modules: { specifier: string; error?: string }[] } = JSON.parse(
    await call(Deno.execPath(), ["info", "--json", "--no-lock", "--config", `${work}/deno.json`, `${work}/entry.js`]),
  );
  const broken = graph.modules.find(({ error }) => error !== undefined);
  if (broken) throw new Error(`Cannot follow the imports of "${broken.specifier}": ${broken.error}`);
  const base = `file://${work}/`;
  return graph.modules.map(({ specifier }) => specifier.startsWith(base) ? specifier.slice(base.length) : specifier)
    .filter((file) => file !== "entry.js").sort();
}

async function packageNames(work: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(work)) {
    if (!isDirectory) continue;
    if (!name.startsWith("@")) names.push(name);
    else for await (const inner of Deno.readDir(`${work}/${name}`)) names.push(`${name}/${inner.name}`);
  }
  return names;
}
