/** deno-std against the standard library's own source. @module */
import { call } from "./call.ts";

/**
 * What is not its source: each file is compared with the .ts of the same place, both as Deno
 * transpiles and prints them, without comments.
 * @param files `deno-std/yaml/mod.js` …, below `work`.
 * @param source a checkout of the standard library.
 */
export async function differencesFromSource(
  files: readonly string[],
  work: string,
  source: string,
): Promise<string[]> {
  const different: string[] = [];
  for (const file of files) {
    const path = file.slice("deno-std/".length);
    const original = `${source}/${path.replace(/\.js$/, ".ts")}`;
    try {
      const [ours, theirs] = await Promise.all([plain(`${work}/${file}`, work), plain(original, work)]);
      if (ours !== theirs) different.push(`${file} differs from ${original}`);
    } catch (error) {
      different.push(`${file} cannot be compared: ${error instanceof Error ? error.message : error}`);
    }
  }
  return different;
}

/** A module's code in one form: as Deno prints it, without comments, white space, and endings of what it imports. */
async function plain(file: string, work: string): Promise<string> {
  const copy = `${await Deno.makeTempDir({ dir: work })}/module.ts`;
  await Deno.copyFile(file, copy);
  const printed = await call(Deno.execPath(), ["transpile", "--quiet", "--no-check", "--no-lock", "--no-config", copy]);
  const code = printed.replace(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, "").replace(/(\bfrom\s*"[^"]+)\.[jt]s"/g, '$1"')
    .replace(/,(?=\s*[}\])])/g, "").replace(/\s+/g, "");
  if (code === "") throw new Error(`nothing is left of "${file}"`); // or nothing would be equal to nothing
  return code;
}
