/** Files before they were written, so that they can be restored. @module */
import type { Host, WriteOptions } from "../system.ts";
import type { CellsBy } from "./cell.ts";

/** A file before it was written. */
export interface FormerFile {
  readonly path: string;
  /** Undefined: the file did not exist. */
  readonly content: Uint8Array | undefined;
  readonly mode: number;
  readonly secret: boolean;
}

/** The current file. @param mode the mode if it does not exist. */
export async function formerFile(host: Host, path: string, mode: number, secret = false): Promise<FormerFile> {
  return { path, secret, content: await host.read(path), mode: (await host.stat(path))?.mode ?? mode };
}

/** Restores the file; owner and group are kept. */
export async function putBack(host: Host, { path, content, mode, secret }: FormerFile): Promise<void> {
  if (content === undefined) await host.remove(path);
  else await writeAsOwned(host, path, content, mode, { secret });
}

/** Writes the file and keeps its owner and group. */
export async function writeAsOwned(
  host: Host,
  path: string,
  content: string | Uint8Array,
  mode: number,
  options: WriteOptions,
): Promise<void> {
  const before = await host.stat(path);
  const owner = before && (before.uid !== 0 || before.gid !== 0) ? { uid: before.uid, gid: before.gid } : undefined;
  await host.put({ path, mode, content, ...options, ...(owner === undefined ? {} : { owner }) });
}

/** What a phase needs to restore files. */
export interface FormerFilesContext {
  host: Host;
  /** By path: the file before this run first wrote it. */
  formerFiles: CellsBy<FormerFile>;
}

/** Writes a file and keeps the former one for {@linkcode undoFiles}. */
export async function writeKeeping(
  { host, formerFiles }: FormerFilesContext,
  path: string,
  content: string,
  mode: number,
  options: WriteOptions = {},
): Promise<void> {
  const former = formerFiles(path);
  if (former.or(undefined) === undefined) former.set(await formerFile(host, path, mode, options.secret));
  await host.put({ path, mode, content, ...options });
}

/** Restores the files that this run wrote. @returns whether it wrote any. */
export async function undoFiles({ host, formerFiles }: FormerFilesContext, paths: readonly string[]): Promise<boolean> {
  let any = false;
  for (const path of paths.toReversed()) {
    const former = formerFiles(path).or(undefined);
    if (former === undefined) continue;
    any = true;
    await putBack(host, former);
  }
  return any;
}
