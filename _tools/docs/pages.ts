/**
 * The Markdown pages of the repository.
 * @module
 */
import { fromFileUrl } from "@std/path/posix";

/** The root of the repository, with a slash at its end. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));

const SKIPPED = new Set(["dist", "node_modules", ".git"]);

/** Paths of all Markdown files, from the root of the repository, in order. */
export function pagePaths(folder = ""): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? SKIPPED.has(name) ? [] : pagePaths(`${folder}${name}/`) : name.endsWith(".md") ? [folder + name] : []
  ).sort();
}

/** The text of a file of the repository. */
export function textIn(path: string): string {
  return Deno.readTextFileSync(ROOT + path);
}
