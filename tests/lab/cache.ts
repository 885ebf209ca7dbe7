/**
 * The lab's cache: folders that are made once, completely or not at all, and found again by the hash of what went in.
 *
 * @module
 */

import { run, stopwatch } from "./process.ts";

/** Folder of the lab's cache: `$XDG_CACHE_HOME/kubewright/lab`, by default below `~/.cache`. */
export function cacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  return `${base}/kubewright/lab`;
}

/** Hex SHA-256 of strings and byte arrays, each preceded by its length so that no two lists collide. */
export async function hash(parts: readonly (string | Uint8Array)[]): Promise<string> {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (const part of parts) {
    const bytes = typeof part === "string" ? encoder.encode(part) : part;
    chunks.push(encoder.encode(`${bytes.length}:`), bytes);
  }
  return hex(await crypto.subtle.digest("SHA-256", await new Blob(chunks as BlobPart[]).arrayBuffer()));
}

/** Hex SHA-256 of a file. */
export async function hashFile(path: string): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", await Deno.readFile(path)));
}

/** Whether a path exists; a dangling symbolic link does. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** Says what the lab is doing, on standard error, so that a program's own output stays clean. */
export function say(line: string): void {
  console.error(`lab: ${line}`);
}

/**
 * The cached folder `name-key`; where it is missing, `make` fills a temporary folder that is then renamed into place.
 * Several processes at once: one makes it, the others wait for that one and use the result.
 */
export async function cached(
  name: string,
  key: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = `${cacheFolder()}/${name}-${key.slice(0, 12)}`;
  if (await exists(folder)) {
    await Deno.utime(folder, new Date(), new Date());
    return folder;
  }
  return await locked(name, async () => {
    if (await exists(folder)) return folder;
    const time = stopwatch();
    say(`making ${name} …`);
    const partial = `${folder}.partial`;
    // An interrupted run may have left a container host's mounts or read-only folders below it: rm copes with the latter.
    await run(["rm", "-rf", "--one-file-system", partial]);
    await Deno.mkdir(partial, { recursive: true });
    await make(partial);
    await Deno.rename(partial, folder);
    await prune(name);
    say(`made ${name} in ${time()}`);
    return folder;
  });
}

/** Runs `work` while holding the lock `name`; other processes, and other callers in this one, wait. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(`${cacheFolder()}/locks`, { recursive: true });
  using file = await Deno.open(`${cacheFolder()}/locks/${name}`, { create: true, write: true });
  await file.lock(true);
  try {
    return await work();
  } finally {
    await file.unlock();
  }
}

/** Removes what the cache has of `name` under other keys, where nobody asked for it in the last day. */
async function prune(name: string): Promise<void> {
  for await (const entry of Deno.readDir(cacheFolder())) {
    if (!entry.name.startsWith(`${name}-`) || !/^[0-9a-f]{12}$/.test(entry.name.slice(name.length + 1))) continue;
    const path = `${cacheFolder()}/${entry.name}`;
    const used = (await Deno.stat(path)).mtime?.getTime() ?? 0;
    if (Date.now() - used > 24 * 3600_000) await run(["rm", "-rf", "--one-file-system", path]);
  }
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
