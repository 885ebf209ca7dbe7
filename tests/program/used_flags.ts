/**
 * Every documented flag is used by a test: what program tests pass is noted while they run (`deno task test`), and then
 * held against the tables of commands. Run directly: `used_flags.ts FILE` fails naming the flags that no test used.
 *
 * @module
 */

import { COMMANDS, SPECS } from "../../src/dispatch.ts";
import { type CommandSpec, COMMON_FLAGS, type Flag, flagsOf } from "../../src/cli/flags.ts";
import { findCommand, parseCommandLine } from "../../src/cli/parse.ts";

/** Where uses are noted: a line `command<tab>flag` each. */
const FILE = Deno.env.get("KUBEWRIGHT_USED_FLAGS");

/** Notes the flags of a command line, if it is one that is understood. */
export function noteUse(args: readonly string[]): void {
  if (FILE === undefined) return;
  let used: readonly string[] = [];
  let name = "";
  try {
    const { command: { spec }, rest } = findCommand(COMMANDS, args);
    name = spec.name;
    // A flag that is refused whatever its value is used when it is given.
    used = flagsOf(spec).filter((flag) =>
      flag.refused !== undefined && rest.some((word) => word.startsWith(`--${flag.name}`))
    )
      .map((flag) => flag.name);
    used = parseCommandLine(spec, rest).given;
  } catch {
    // Not understood: only what is refused counts.
  }
  Deno.writeTextFileSync(FILE, used.map((flag) => `${name}\t${flag}\n`).join(""), { append: true });
}

/**
 * Flags that no line names, as `command --flag`. An entry of the tables that commands of one family share (`init`, `init
 * phase`) is used when one of them is called with it, one that all commands have when any is.
 */
export function unusedFlags(lines: readonly string[]): string[] {
  const used = new Set(lines);
  const isUsed = (flag: Flag, commands: readonly CommandSpec[]) =>
    commands.some((command) => flagsOf(command).includes(flag) && used.has(`${command.name}\t${flag.name}`));
  const family = (command: CommandSpec) =>
    SPECS.filter(({ name }) => name.split(" ")[0] === command.name.split(" ")[0]);
  const own = SPECS.flatMap((command) =>
    command.flags.filter((flag) => !isUsed(flag, family(command))).map(({ name }) => `${command.name} --${name}`)
  );
  const common = COMMON_FLAGS.filter((flag) => !isUsed(flag, SPECS));
  return [...own, ...common.map(({ name }) => `any command --${name}`)];
}

if (import.meta.main) {
  const lines = (await Deno.readTextFile(Deno.args[0]!)).split("\n").filter(Boolean);
  const unused = unusedFlags(lines);
  if (unused.length > 0) {
    console.error(`No program test uses these flags:\n  ${unused.join("\n  ")}`);
    Deno.exit(1);
  }
  const documented = SPECS.reduce((sum, { flags }) => sum + flags.length, COMMON_FLAGS.length);
  console.log(`flags: ${documented} of ${SPECS.length} commands, each used by a test`);
}
