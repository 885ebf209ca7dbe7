/**
 * What the program depends on, and whether it is what it should be; run it before a version is raised, and after.
 *
 *     deno task deps                 # archives against deno.lock, the cache against the archives, scripts, age, licence
 *     deno task deps --std FOLDER    # also: deno-std's files in use against a checkout of the standard library's source
 *                                # (printed by esbuild, which npx gets)
 *
 * Ends with 1 where something differs. Needs npm, which gets the archives from the registry that it is set up for.
 * @module
 */
import { resolve } from "@std/path/posix";
import { importedFiles } from "./deps/imported.ts";
import { reachOf } from "./deps/reach.ts";
import { compareWithSource, PRINTER } from "./deps/source.ts";
import { lockedPackages, verifyPackage } from "./deps/packages.ts";

const root = new URL("..", import.meta.url).pathname;
const given = Deno.args.indexOf("--std");
const standardLibrary = given < 0 ? undefined : Deno.args[given + 1];
const work = await Deno.makeTempDir({ prefix: "kubewright-deps-" });
const problems: string[] = [];
try {
  for (const locked of await lockedPackages(`${root}/deno.lock`)) {
    const found = await verifyPackage(locked, work);
    problems.push(...found.problems);
    console.log(
      `${locked.id}: ${found.licence}, published ${found.published}, install scripts: ${
        found.scripts.join() || "none"
      }`,
    );
  }
  const files = await importedFiles(`${root}/deno.json`, work);
  console.log(`\n${files.length} files can be loaded; what each can reach (nothing where it is not named):`);
  for (const file of files) {
    const reach = reachOf(await Deno.readTextFile(`${work}/${file}`));
    if (reach.length > 0) console.log(`  ${file}: ${reach.join(", ")}`);
  }
  const ofStandardLibrary = files.filter((file) => file.startsWith("deno-std/")).map((file) => file.slice(9));
  if (standardLibrary === undefined) console.log("\ndeno-std was not compared with its source: no --std FOLDER");
  else {
    const source = resolve(standardLibrary);
    const found = await compareWithSource(ofStandardLibrary, `${work}/deno-std`, source, `${work}/printed`);
    problems.push(...found.problems);
    const same = ofStandardLibrary.length - found.problems.length;
    console.log(
      `\ndeno-std: ${same} of ${ofStandardLibrary.length} files are their source, both printed by ${PRINTER}; ` +
        `${found.typesOnly.length} of these hold types only`,
    );
  }
} finally {
  await Deno.remove(work, { recursive: true });
}
for (const problem of problems) console.error(`Problem: ${problem}`);
Deno.exit(problems.length > 0 ? 1 : 0);
