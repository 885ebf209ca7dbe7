/**
 * Runs every test file there is, in a few isolates instead of one for each file: each isolate loads and compiles most of
 * the program again, which takes longer than most tests. `deno task test [flags of deno test]`
 *
 * @module
 */

/** One a core: more load and compile more often than they gain while tests wait for servers, pipes and processes. */
const ISOLATES = 2;

const ROOT = new URL("../", import.meta.url);

/** The test files below a folder of the repository, as paths in it. */
async function testFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    if (isDirectory) found.push(...await testFiles(`${folder}/${name}`));
    else if (name.endsWith("_test.ts")) found.push(`${folder}/${name}`);
  }
  return found;
}

/** What changes something that all isolates of a process share. */
const CHANGES_PROCESS = /\bDeno\.(env\.(set|delete)|chdir)\(/;

/** Runs test files, `isolates` of them at a time; the exit code. */
async function run(parts: readonly string[], flags: readonly string[]): Promise<number> {
  const config = new URL("deno.json", ROOT).pathname;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--parallel", "--no-check", "-A", "--config", config, ...flags, ...parts],
    env: { DENO_JOBS: String(parts.length) },
    stdin: "null",
  }).spawn().status;
  return code;
}

async function main(flags: readonly string[]): Promise<number> {
  const ignored = flags.flatMap((flag) =>
    flag.startsWith("--ignore=") ? flag.slice("--ignore=".length).split(",") : []
  );
  const others = flags.filter((flag) => !flag.startsWith("--ignore="));
  const { test: { include } } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const files = (await Promise.all((include as string[]).map(testFiles))).flat().sort();
  const parts: string[][] = Array.from({ length: ISOLATES + 1 }, () => []);
  for (const [index, file] of files.filter((file) => !ignored.includes(file)).entries()) {
    const apart = CHANGES_PROCESS.test(await Deno.readTextFile(new URL(file, ROOT)));
    parts[apart ? ISOLATES : index % ISOLATES]!.push(file);
  }
  const folder = await Deno.makeTempDir({ prefix: "kubewright-tests-" });
  try {
    const paths = await Promise.all(parts.map(async (files, part) => {
      const path = `${folder}/${part}_test.ts`;
      await Deno.writeTextFile(path, files.map((file) => `import "${new URL(file, ROOT)}";\n`).join(""));
      return path;
    }));
    const codes = await Promise.all([run(paths.slice(0, ISOLATES), others), run(paths.slice(ISOLATES), others)]);
    return Math.max(...codes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.exit(await main(Deno.args));
