/**
 * The tables that are Kubernetes' Go types, written anew from them, and kubeadm's kinds compared with theirs; needs Go, which gets the modules of the release.
 *
 *     deno task tables 1.38.0     # writes the tables of that release: read the difference
 *     deno task tables --check    # of the release that they name; ends with 1 where one differs
 *
 * @module
 */
import { call } from "./deps/call.ts";
import { KUBEADM_KINDS } from "../src/config/kubeadm_kinds.ts";
import { differences } from "./tables/kubeadm.ts";
import { generatedFrom, HEADING, moduleOf, type Tables, textOf } from "./tables/render.ts";

const root = new URL("..", import.meta.url).pathname;
const modules = `${root}tests/lab/modules`;
const files = Object.keys(textOf);
const check = Deno.args.includes("--check");
const version = Deno.args.find((argument) => /^\d+\.\d+\.\d+$/.test(argument)) ??
  generatedFrom(await Deno.readTextFile(root + files[0]!));

const work = await Deno.makeTempDir({ prefix: "kubewright-tables-" });
let different = 0;
const wrong: string[] = [];
try {
  const folders = Array.from(Deno.readDirSync(modules), ({ name }) => name);
  const from = `${modules}/${moduleOf(version, folders)}`;
  await Deno.copyFile(new URL("tables/main.go", import.meta.url), `${work}/main.go`);
  await Deno.copyFile(`${from}/go.sum`, `${work}/go.sum`);
  const released = /(?<![\w.])(k8s\.io\/\S+ v[01])\.\d\d\.\d+$/gm; // k8s.io/utils and others are of no release
  const [, minor, patch] = version.split(".");
  const goMod = await Deno.readTextFile(`${from}/go.mod`);
  const own = goMod.replace(/ \/\/ indirect$/gm, "").replace(
    released,
    (line, start) => /k8s\.io\/(system-validators|klog)/.test(line) ? line : `${start}.${minor}.${patch}`,
  );
  await Deno.writeTextFile(`${work}/go.mod`, own);
  const tables: Tables = JSON.parse(await call("go", ["run", "-C", work, "-mod=mod", "."]));
  for (const [kind, schema] of Object.entries(KUBEADM_KINDS)) {
    wrong.push(...differences(schema, kind, tables.kubeadm, kind));
  }
  for (const file of files) {
    const before = await Deno.readTextFile(root + file);
    const at = before.indexOf(HEADING);
    if (at < 0) throw new Error(`Cannot write "${file}": it has no line "${HEADING} …"`);
    const path = `${work}/${file.split("/").at(-1)}`;
    await Deno.writeTextFile(path, `${before.slice(0, at)}${HEADING} ${version}\n\n${textOf[file]!(tables)}`);
    await call(Deno.execPath(), ["fmt", "--quiet", "--config", `${root}deno.json`, path]);
    const after = await Deno.readTextFile(path);
    if (after === before) continue;
    different++;
    if (check) console.log(await call("diff", ["-u", root + file, path], [1]));
    else await Deno.writeTextFile(root + file, after);
    console.log(`${file}: ${check ? "differs from" : "written from"} the types of ${version}`);
  }
} finally {
  await Deno.remove(work, { recursive: true });
}
console.log(`${files.length - different} of ${files.length} tables are what the types of ${version} say`);
console.log(`${wrong.length} fields of kubeadm's kinds, which are written by hand, are not as its types`);
for (const line of wrong) console.error(`Problem: ${line}`);
Deno.exit(wrong.length > 0 || check && different > 0 ? 1 : 0);
