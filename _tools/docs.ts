/**
 * The documentation that is generated, and the links of all of it.
 *
 *     deno task docs            writes the generated pages
 *     deno task docs --check    compares them, writes nothing; also checks every link
 *     deno task docs --man DIR  writes the man pages into a directory, which `compile.sh` puts beside the binary
 *
 * @module
 */
import { dirname } from "@std/path/posix";
import { cliReference } from "./docs/cli.ts";
import { ConfigurationReference } from "./docs/configuration.ts";
import { countLinks, deadLinks, type Files } from "./docs/links.ts";
import { manPages } from "./docs/man.ts";
import { readPage } from "./docs/markdown.ts";
import { exitCodes, outputReference } from "./docs/output.ts";
import { preflightChecks } from "./docs/preflight.ts";
import { pagePaths, ROOT, textIn } from "./docs/pages.ts";
import { commandsOf, readScript } from "./docs/script.ts";

/** The generated pages. */
const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/exit-codes.md": exitCodes,
  "docs/preflight-checks.md": preflightChecks,
  "docs/reference/cli.md": cliReference,
  "docs/reference/configuration.md": () => new ConfigurationReference().text(),
  "docs/reference/output.md": outputReference,
};

const FILES: Files = {
  exists(path) {
    try {
      return Deno.statSync(ROOT + path) !== undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      throw error;
    }
  },
  text: textIn,
};

/** Paths of generated pages that are not up to date, each with what it should hold. */
async function outdated(): Promise<[path: string, text: string][]> {
  const made = await Promise.all(Object.entries(GENERATED).map(async ([path, make]) => [path, await make()] as const));
  return made.filter(([path, text]) => !FILES.exists(path) || textIn(path) !== text).map((
    [path, text],
  ) => [path, text]);
}

/** How many commands of marked blocks are run, by tests and in the lab. */
function countCommands(paths: readonly string[]): { byTests: number; inLab: number } {
  const blocks = paths.flatMap((path) => readPage(textIn(path)).blocks).filter(({ language }) => language === "sh");
  const count = (mark: string) =>
    blocks.filter(({ marks }) => mark in marks).reduce((sum, { text }) => sum + commandsOf(readScript(text)).length, 0);
  return { byTests: count("run"), inLab: count("lab") };
}

/** Writes the pages that are not up to date. */
async function write(): Promise<number> {
  for (const [path, text] of await outdated()) {
    await Deno.mkdir(dirname(ROOT + path), { recursive: true });
    await Deno.writeTextFile(ROOT + path, text);
    console.log(`docs: wrote ${path}`);
  }
  return 0;
}

/** Reports what is not up to date, and dead links. */
async function check(): Promise<number> {
  const old = (await outdated()).map(([path]) => `${path}: not up to date: run deno task docs`);
  const paths = pagePaths();
  const dead = deadLinks(paths, FILES);
  for (const line of [...old, ...dead]) console.error(line);
  const { byTests, inLab } = countCommands(paths);
  console.log(
    `docs: ${paths.length} pages, ${countLinks(paths, FILES)} links, ${dead.length} dead; ${
      Object.keys(GENERATED).length
    } ` +
      `generated pages, ${old.length} not up to date; ${byTests} commands run by tests, ${inLab} in the lab`,
  );
  return old.length + dead.length === 0 ? 0 : 1;
}

/** Writes the man pages. */
async function writeManPages(directory: string): Promise<number> {
  await Deno.mkdir(directory, { recursive: true });
  for (const [name, text] of await manPages()) await Deno.writeTextFile(`${directory}/${name}`, text);
  return 0;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) return await write();
  if (args.join() === "--check") return await check();
  if (args.length === 2 && args[0] === "--man") return await writeManPages(args[1]!);
  console.error(`docs: unknown arguments "${args.join(" ")}": must be --check or --man DIR`);
  return 2;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
