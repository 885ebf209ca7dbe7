/** What files were before they were written, so that they can be so again. @module */
import type { Host, WriteOptions } from "../system.ts";
import type { CellsBy } from "./cell.ts";

/** What a file was. */
export interface FormerFile {
  readonly path: string;
  /** Undefined: there was none. */
  readonly content: Uint8Array | undefined;
  readonly mode: number;
  readonly secret: boolean;
}

/** What lies there now. @param mode what it is to have, should there be none. */
export async function formerFile(host: Host, path: string, mode: number, secret = false): Promise<FormerFile> {
  return { path, secret, content: await host.read(path), mode: (await host.stat(path))?.mode ?? mode };
}

/** Makes the file again what it was; owner and group stay as they are. */
export async function putBack(host: Host, { path, content, mode, secret }: FormerFile): Promise<void> {
  if (content === undefined) await host.remove(path);
  else await writeAsOwned(host, path, content, mode, { secret });
}

/** Writes with the owner and the group that the file has. */
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

/** What a phase needs that can put files back. */
export interface FormerFilesContext {
  host: Host;
  /** By path: what was there before this run first wrote it. */
  formerFiles: CellsBy<FormerFile>;
}

/** Writes a file, and keeps what was there for {@linkcode undoFiles}. */
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

/** Puts those of the files back that this run wrote. @returns whether there were any. */
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
