/**
 * Dead links of the documentation: relative targets must exist in the repository, and their anchors in the page. Of links
 * to other sites only the form is checked, so that the check needs no network.
 * @module
 */
import { dirname, join } from "@std/path/posix";
import { type Page, readPage } from "./markdown.ts";

/** What is asked about the repository. */
export interface Files {
  /** Whether a file or folder exists. */
  exists(path: string): boolean;
  /** The text of a file. */
  text(path: string): string;
}

/** What is wrong with a link to another site; undefined when its form is right. */
function siteProblem(target: string): string | undefined {
  if (/^mailto:[^@\s]+@[^@\s]+$/.test(target)) return undefined;
  const url = URL.parse(target);
  if (url === null || !/^https?:$/.test(url.protocol)) return "is not an http, https or mailto URL";
  return /\.[a-z]{2,}$/.test(url.hostname) ? undefined : `"${url.hostname}" is not a public host name`;
}

/** Dead links of the pages, each as `docs/a.md:12: "b.md": …`. */
export function deadLinks(paths: readonly string[], files: Files): string[] {
  const pages = new Map<string, Page>();
  const pageAt = (path: string) => {
    const page = pages.get(path) ?? readPage(files.text(path));
    pages.set(path, page);
    return page;
  };
  const problemOf = (from: string, target: string): string | undefined => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return siteProblem(target);
    const [address = "", anchor] = target.split("#");
    const name = decodeURIComponent(address.split("?")[0]!);
    const path = name === "" ? from : name.startsWith("/") ? name.slice(1) : join(dirname(from), name);
    if (path.startsWith("..")) return "points outside the repository";
    if (!files.exists(path)) return `"${path}" does not exist`;
    if (anchor === undefined) return undefined;
    if (path.endsWith(".md")) {
      return pageAt(path).anchors.has(anchor) ? undefined : `"${path}" has no anchor "${anchor}"`;
    }
    const last = Number(/^L(\d+)(?:-L(\d+))?$/.exec(anchor)?.slice(1).findLast(Boolean) ?? NaN);
    return last <= files.text(path).split("\n").length ? undefined : `"${path}" has no line "${anchor}"`;
  };
  return paths.flatMap((path) =>
    pageAt(path).links.flatMap(({ target, line }) => {
      const problem = problemOf(path, target);
      return problem === undefined ? [] : [`${path}:${line}: link "${target}": ${problem}`];
    })
  );
}

/** How many links the pages have. */
export function countLinks(paths: readonly string[], files: Files): number {
  return paths.reduce((sum, path) => sum + readPage(files.text(path)).links.length, 0);
}
