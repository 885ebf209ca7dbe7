/**
 * Replaces several files: all of them, or none. When a write fails (a full disk, an immutable file), the files written before
 * are restored.
 * @module
 */
import { type Problem, UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { type FormerFile, formerFile, putBack, writeAsOwned } from "../former_files.ts";
import { shellWord } from "../../text/shell.ts";

/** New content of a file. */
export interface NewFile {
  readonly path: string;
  readonly content: string;
  /** The mode; the group keeps its permissions. */
  readonly mode: number;
  /** Whether it contains a key. */
  readonly secret: boolean;
}

/** The files that cannot be replaced, because they are not regular files. */
export async function replacementProblems(host: Host, files: readonly NewFile[]): Promise<Problem[]> {
  const problems = await Promise.all(files.map(async ({ path }): Promise<Problem[]> => {
    const stat = await host.stat(path);
    if (stat === undefined || stat.kind === "file") return [];
    const state = {
      symlink: "is a symlink, must be a file",
      directory: "is a directory, must be a file",
      other: "is a device, socket or pipe, must be a file",
    }[stat.kind];
    return [{ where: path, what: state, hint: `Replace it by a regular file. To show it: ls -ld ${shellWord(path)}` }];
  }));
  return problems.flat();
}

/**
 * Writes all files in order; owner and group of each are kept.
 * @throws the error of the write that failed; for a {@linkcode UserError}, after the earlier files are restored.
 */
export async function replaceAll(host: Host, files: readonly NewFile[]): Promise<void> {
  const replaced: FormerFile[] = [];
  for (const file of files) {
    try {
      const former = await formerFile(host, file.path, file.mode, file.secret);
      await replace(host, file);
      replaced.push(former);
    } catch (error) {
      if (error instanceof UserError && replaced.length > 0) await takeBack(host, replaced, error);
      throw error;
    }
  }
}

/** @throws {UserError} with the first failure and the state of the files. */
async function takeBack(host: Host, replaced: readonly FormerFile[], failure: UserError): Promise<never> {
  const stuck: string[] = [];
  for (const former of replaced.toReversed()) {
    try {
      await putBack(host, former);
    } catch {
      stuck.push(former.path);
    }
  }
  const state = stuck.length === 0
    ? "The files replaced before it are restored"
    : `These files are replaced and could not be restored: ${stuck.join(", ")}`;
  throw new UserError(`${failure.message}. ${state}.`, { cause: failure, hint: failure.hints });
}

/** The group keeps its permissions, because a component that does not run as root must read its key. */
async function replace(host: Host, file: NewFile): Promise<void> {
  const before = await host.stat(file.path);
  const mode = file.mode | ((before?.mode ?? 0) & 0o070);
  await writeAsOwned(host, file.path, file.content, mode, { secret: file.secret });
}
