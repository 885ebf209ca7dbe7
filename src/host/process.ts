/**
 * Child processes, started without a shell.
 * @module
 */
import { UserError } from "../errors.ts";
import type { Command, CommandOutput } from "../system.ts";
import { commandLine } from "../text/shell.ts";
import { escapedLine } from "../text/visible.ts";

/** How many of its last lines of output an error shows of a failed command. */
const LAST_LINES = 15;

/**
 * Runs the command in the C locale and collects what it prints. As in a shell, code 127 means that there is no such
 * program and 126 that it may not be executed; `stderr` says so.
 */
export async function execute(command: Command, signal?: AbortSignal): Promise<CommandOutput> {
  const [program, ...args] = command.argv;
  if (program === undefined) throw new Error("a command has at least a program");
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      env: { LC_ALL: "C" },
      stdin: command.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...(signal === undefined ? {} : { signal }),
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { code: 127, stdout: "", stderr: `${program}: command not found` };
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return { code: 126, stdout: "", stderr: `${program}: permission denied` };
    }
    throw new UserError(`Cannot run "${commandLine(command.argv)}": it could not be started`, { cause: error });
  }
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), feed(child, command.stdin)]);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The error for a command that did not exit with 0: command line, exit code, last lines of output. */
export function commandError(command: Command, output: CommandOutput): UserError {
  const shown = `Cannot run "${commandLine(command.argv)}"`;
  const program = command.argv[0];
  if (output.code === 127 && output.stderr === `${program}: command not found`) {
    return new UserError(`${shown}: there is no program "${program}" on this host`, {
      hint: `Install the package that has "${program}", or put it on the PATH (${Deno.env.get("PATH") ?? "empty"}).`,
    });
  }
  const text = output.stderr.trim() === "" ? output.stdout : output.stderr;
  const lines = text.trimEnd().split("\n").slice(-LAST_LINES).filter((line) => line.trim() !== "");
  const said = lines.length === 0
    ? " and printed nothing"
    : `:\n${lines.map((line) => `  ${escapedLine(line)}`).join("\n")}`;
  return new UserError(`${shown}: it ended with exit code ${output.code}${said}`);
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
