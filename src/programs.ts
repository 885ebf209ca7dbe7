/**
 * Programs of the host: where they are looked for, and which answers are errors. Any layer may import this; nothing is
 * started here.
 * @module
 */
import { UserError } from "./errors.ts";
import type { Command, CommandOutput, Host } from "./system.ts";
import { commandLine } from "./text/shell.ts";
import { escapedLine } from "./text/visible.ts";

/**
 * The directories in which programs are looked for, in this order. The caller's PATH is not consulted: su and cron leave
 * sbin out of it, and anyone who can write to one of its directories would decide what runs as root.
 * The first six are systemd's own search path (systemd.exec(5)).
 */
export const PROGRAM_DIRECTORIES: readonly string[] = [
  ...["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
  ...["/opt/sbin", "/opt/bin"], // where /usr is read-only (Flatcar)
  ...["/run/wrappers/bin", "/run/current-system/sw/bin", "/run/current-system/sw/sbin"], // NixOS
  ...["/run/current-system/profile/sbin", "/run/current-system/profile/bin"], // Guix
];

/** How many of the last lines of output the error of a failed command shows. */
const LAST_LINES = 15;

/**
 * The error of a failed command: why it did not run, or its exit code and last lines of output.
 * @param failed what could not be done, `Cannot ask systemd about "x.service"`; default: to run this command line.
 */
export function commandError(command: Pick<Command, "argv">, output: CommandOutput, failed?: string): UserError {
  const shown = failed ?? `Cannot run "${commandLine(command.argv)}"`;
  const program = command.argv[0];
  if (output.failure === "not found") {
    return new UserError(`${shown}: program "${program}" not found`, {
      hint:
        `Install the package that provides "${program}", or link it into /usr/local/sbin. Programs are looked for in ` +
        `${PROGRAM_DIRECTORIES.join(", ")}; the PATH is not used.`,
    });
  }
  if (output.failure === "not executable") return new UserError(`${shown}: ${escapedLine(output.stderr.trim())}`);
  const end = endOf(output);
  const text = output.stderr.trim() === "" ? output.stdout : output.stderr;
  const lines = text.trimEnd().split("\n").slice(-LAST_LINES).filter((line) => line.trim() !== "");
  const printed = lines.length === 0
    ? output.failure === "too long" ? "" : " and printed nothing"
    : `:\n${lines.map((line) => `  ${escapedLine(line)}`).join("\n")}`;
  return new UserError(`${shown}: ${failed === undefined ? "it" : `"${program}"`} ${end}${printed}`);
}

function endOf({ failure, code, signal, limit = 0 }: CommandOutput): string {
  if (failure === "timed out") return `did not end within ${limit / 1_000} s`;
  if (failure === "too long") return `printed more than ${limit} bytes`;
  return failure === "killed" ? `was ended by signal ${signal ?? "unknown"}` : `ended with exit code ${code}`;
}

/**
 * Runs a program whose answer decides something. A program that cannot be run, is killed, or ends with an unexpected exit
 * code is an error: "could not check" is never "does not exist".
 * @param codes the exit codes that are answers.
 * @param failed what could not be done, for the error; default: to run this command line.
 * @throws {UserError} with the command and why there is no answer.
 */
export async function ask(
  host: Pick<Host, "query">,
  command: Command,
  codes: readonly number[] = [0],
  failed?: string,
): Promise<CommandOutput> {
  const output = await host.query(command);
  if (output.failure !== undefined || !codes.includes(output.code)) throw commandError(command, output, failed);
  return output;
}
