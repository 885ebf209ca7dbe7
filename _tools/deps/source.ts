/** deno-std against the standard library's own source. @module */
import { call } from "./call.ts";

/**
 * The printer that both sides go through: it takes out types, comments and what is written in several ways (braces,
 * quotes, brackets), and leaves names as they are.
 */
export const PRINTER = "esbuild@0.28.2";

/** What a comparison says. */
export interface Comparison {
  /** Files without code on both sides: those that hold types only. */
  typesOnly: string[];
  problems: string[];
}

/**
 * Compares each file with the .ts of the same place, both printed by {@linkcode PRINTER}.
 * @param files `yaml/mod.js` …, below `ours`.
 * @param ours the unpacked deno-std; an absolute path, as are the others.
 * @param source a checkout of the standard library.
 * @param work an empty folder for what is printed.
 */
export async function compareWithSource(
  files: readonly string[],
  ours: string,
  source: string,
  work: string,
): Promise<Comparison> {
  const result: Comparison = { typesOnly: [], problems: [] };
  const pairs: { file: string; both: [string, string] }[] = [];
  for (const file of files) {
    const original = `${source}/${file.replace(/\.js$/, ".ts")}`;
    if (await Deno.stat(original).then(() => true, () => false)) {
      pairs.push({ file, both: [`${ours}/${file}`, original] });
    } else result.problems.push(`deno-std/${file} has no source "${original}"`);
  }
  if (pairs.length === 0) return result;
  const options = [
    "--format=esm",
    "--target=esnext",
    "--minify-whitespace",
    "--minify-syntax",
    "--legal-comments=none",
  ];
  const places = ["--tsconfig-raw={}", "--outbase=/", `--outdir=${work}`, "--log-level=error"];
  await call("npx", ["-y", PRINTER, ...options, ...places, ...pairs.flatMap(({ both }) => both)]);
  for (const { file, both: [our, original] } of pairs) {
    const [mine, theirs] = await Promise.all([printed(work, our), printed(work, original)]);
    if (mine !== theirs) result.problems.push(`deno-std/${file} differs from "${original}"`);
    else if (mine === "") result.typesOnly.push(file);
  }
  return result;
}

/** What was printed of a file, without the endings of what it imports. */
async function printed(work: string, file: string): Promise<string> {
  const code = await Deno.readTextFile(work + file.replace(/\.ts$/, ".js"));
  return code.replace(/(\b(?:from|import)\(?"\.[^"]*)\.[jt]s"/g, '$1"').trim();
}
