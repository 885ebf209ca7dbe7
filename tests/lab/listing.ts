/**
 * Listings of files, to see what a command changed and what it left alone.
 *
 * @module
 */

import type { Output } from "./process.ts";

/** What is known of one file, folder or symbolic link. */
export interface Entry {
  type: "file" | "folder" | "link" | "other";
  /** Octal, e.g. `600`. */
  mode: string;
  /** Numeric, `uid:gid`. */
  owner: string;
  /** Seconds since 1970 with nanoseconds, as text. */
  mtime: string;
  /** Bytes of a file. */
  size: number;
  /** Of a file's content, in hex; empty for everything else. */
  sha256: string;
  /** Where a link leads; empty for everything else. */
  target: string;
}

const TYPES: Readonly<Record<string, Entry["type"]>> = { f: "file", d: "folder", l: "link" };

/** Lists everything at and below `paths` by running `find` and `sha256sum` through `exec`; paths that are absent give nothing. */
export async function list(
  exec: (argv: readonly string[]) => Promise<Output>,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  const script = String.raw`for path in "$@"; do
  [ -e "$path" ] || [ -L "$path" ] || continue
  find "$path" -xdev -printf 'entry\t%p\t%y\t%m\t%U:%G\t%T@\t%s\t%l\n'
  find "$path" -xdev -type f -exec sha256sum -- {} + | sed 's/^\([^ ]*\)  /sum\t\1\t/'
done`;
  const { stdout } = await exec(["sh", "-euc", script, "list", ...paths]);
  const entries = new Map<string, Entry>();
  for (const line of stdout.split("\n")) {
    const [kind, ...fields] = line.split("\t");
    if (kind === "entry") {
      const [path = "", type = "", mode = "", owner = "", mtime = "", size = "0", target = ""] = fields;
      entries.set(path, {
        type: TYPES[type] ?? "other",
        mode,
        owner,
        mtime,
        size: type === "f" ? Number(size) : 0,
        sha256: "",
        target,
      });
    } else if (kind === "sum") {
      const [sha256 = "", path = ""] = fields;
      const entry = entries.get(path);
      if (entry !== undefined) entry.sha256 = sha256;
    }
  }
  return new Map([...entries].sort(([a], [b]) => a < b ? -1 : 1));
}

/** What differs between two listings, one line each, e.g. `changed /etc/hosts: mtime, sha256`; empty when nothing does. */
export function differences(before: ReadonlyMap<string, Entry>, after: ReadonlyMap<string, Entry>): string[] {
  const lines: string[] = [];
  for (const [path, old] of before) {
    const now = after.get(path);
    if (now === undefined) {
      lines.push(`removed ${path}`);
      continue;
    }
    const fields = (Object.keys(old) as (keyof Entry)[]).filter((field) => old[field] !== now[field]);
    if (fields.length > 0) lines.push(`changed ${path}: ${fields.join(", ")}`);
  }
  for (const path of after.keys()) if (!before.has(path)) lines.push(`added ${path}`);
  return lines.sort();
}
