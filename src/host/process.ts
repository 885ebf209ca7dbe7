/**
 * Child processes, started without a shell and without the caller's environment.
 * @module
 */
import { UserError } from "../errors.ts";
import { PROGRAM_DIRECTORIES } from "../programs.ts";
import type { Command, CommandOutput } from "../system.ts";
import { commandLine } from "../text/shell.ts";

/** All of a child's environment: what it prints does not depend on the caller's locale, pager or PATH. */
const ENVIRONMENT = { PATH: PROGRAM_DIRECTORIES.join(":"), LC_ALL: "C", HOME: "/root" };

/** Where a program is, or why there is none that could be run. */
type Located = { path: string } | { failure: "not found" | "not executable"; why: string };

/** Looks for a program in the fixed directories; an absolute path is taken as it is. */
async function locate(program: string): Promise<Located> {
  if (program.startsWith("/")) return { path: program };
  if (program.includes("/")) throw new Error(`"${program}" is relative: a name or an absolute path is wanted`);
  let unfit: string | undefined;
  for (const directory of PROGRAM_DIRECTORIES) {
    const path = `${directory}/${program}`;
    try {
      const { isFile, mode } = await Deno.stat(path);
      if (isFile && ((mode ?? 0) & 0o111) !== 0) return { path };
      unfit ??= `${path}: permission denied`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) continue;
      unfit ??= `${path}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return unfit === undefined
    ? { failure: "not found", why: `${program}: command not found` }
    : { failure: "not executable", why: unfit };
}

/** Exit codes of a shell for what did not run. */
const CODES = { "not found": 127, "not executable": 126 } as const;

function unstarted(failure: keyof typeof CODES, stderr: string): CommandOutput {
  return { code: CODES[failure], failure, stdout: "", stderr };
}

/**
 * Runs the command in the C locale and collects what it prints. `failure` says why there is no exit code of the program's
 * own: no such program, one that may not or cannot be executed, one that a signal ended.
 */
export async function execute(command: Command, signal?: AbortSignal): Promise<CommandOutput> {
  const [program, ...args] = command.argv;
  if (program === undefined) throw new Error("a command has at least a program");
  const located = await locate(program);
  if ("failure" in located) return unstarted(located.failure, located.why);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(located.path, {
      args,
      clearEnv: true,
      env: ENVIRONMENT,
      stdin: command.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...(signal === undefined ? {} : { signal }),
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      // The file, or the interpreter that its first line names.
      const there = await Deno.stat(located.path).then(() => true, () => false);
      return there
        ? unstarted("not executable", `${located.path}: its interpreter is missing`)
        : unstarted("not found", `${program}: command not found`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return unstarted("not executable", `${located.path}: permission denied`);
    }
    throw new UserError(`Cannot run "${commandLine(command.argv)}": it could not be started`, { cause: error });
  }
  const [ended] = await Promise.all([child.output(), feed(child, command.stdin)]);
  const decoder = new TextDecoder();
  const output = { code: ended.code, stdout: decoder.decode(ended.stdout), stderr: decoder.decode(ended.stderr) };
  return ended.signal === null ? output : { ...output, failure: "killed", signal: ended.signal };
}

/** Writes the text to the child's standard input. A child that ends without reading it is not an error of ours. */
async function feed(child: Deno.ChildProcess, text: string | undefined): Promise<void> {
  if (text === undefined) return;
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    await writer.abort().catch(() => undefined);
  }
}
