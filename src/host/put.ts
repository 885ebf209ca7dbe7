/**
 * Writes files: compared by size and hash, and replaced atomically.
 * @module
 */
import type { ChangeSink, FileToPut, Host, WriteChange } from "../system.ts";
import {
  bytesOf,
  drain,
  drainSource,
  isAlready,
  isSource,
  knownOf,
  type PresentFile,
  type Summary,
  writeChange,
} from "./content.ts";
import { assertWritable, PARENT_MODE, replaceFile, splitPath } from "./durable.ts";
import { open, stat } from "./look.ts";

/** `Files.put` on this machine. */
export async function put(
  file: FileToPut,
  makeDirectory: Host["makeDirectory"],
  report: ChangeSink,
): Promise<void> {
  const { path, content } = file;
  const { directory } = splitPath(path);
  const there = await presentFile(path);
  const known = await knownOf(content);
  if (isAlready(there, file, known)) return;
  if (directory !== "/") await makeDirectory(directory, PARENT_MODE);
  let change: WriteChange | undefined;
  await replaceFile(file, async (write) => {
    let made: Summary;
    if (isSource(content)) made = await drainSource(path, content, write);
    else {
      await write(bytesOf(content));
      made = known as Summary;
    }
    if (isAlready(there, file, made)) return undefined; // the hash of a stream is known at its end
    const replacing = change = writeChange(file, made, there);
    return async () => await file.beforeChange?.(replacing);
  }, () => change && report(change));
}

/** The file at the path, with its hash; long content is never held in memory. */
async function presentFile(path: string): Promise<PresentFile | undefined> {
  const there = await stat(path);
  assertWritable(path, there);
  const content = there && await open(path);
  if (!there || !content) return undefined;
  const { mode, uid, gid } = there;
  return { mode, uid, gid, ...await drain(content) };
}
