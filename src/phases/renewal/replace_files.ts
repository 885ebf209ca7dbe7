/**
 * Replaces several files: all of them, or none. What can be looked at is looked at before; when a write fails all the same
 * (a full disk, a file that is immutable), the files that were written get their former content again.
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
  /** What everybody else may do; the group keeps the rights that it has. */
  readonly mode: number;
  /** Whether there is a key in it. */
  readonly secret: boolean;
}

/** Why one of the files cannot be replaced: a link would lead elsewhere, a directory is no file. */
export async function replacementProblems(host: Host, files: readonly NewFile[]): Promise<Problem[]> {
  const problems = await Promise.all(files.map(async ({ path }): Promise<Problem[]> => {
    const stat = await host.stat(path);
    if (stat === undefined || stat.kind === "file") return [];
    const state = {
      symlink: "is a symbolic link; writing through it could overwrite a file somewhere else",
      directory: "is a directory, must be a file",
      other: "is a device, socket or pipe, must be a file",
    }[stat.kind];
    return [{ where: path, what: state, hint: `Put a file in its place (ls -ld ${shellWord(path)}).` }];
  }));
  return problems.flat();
}

/**
 * Writes all files in their order; owner and group of each stay as they are.
 * @throws what the write that failed threw; for a {@linkcode UserError}, after the earlier files are as they were.
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

/** @throws {UserError} about the first failure, and what state the files are in. */
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
    ? "The files that were replaced before it have their former content again"
    : `These files are new and could not be taken back: ${stuck.join(", ")}`;
  throw new UserError(`${failure.message}. ${state}.`, { cause: failure, hint: failure.hints });
}

/** A component that does not run as root has to read its key: the group keeps the rights that it has. */
async function replace(host: Host, file: NewFile): Promise<void> {
  const before = await host.stat(file.path);
  const mode = file.mode | ((before?.mode ?? 0) & 0o070);
  await writeAsOwned(host, file.path, file.content, mode, { secret: file.secret });
}
