import { commandHelp, groupHelp, programHelp } from "./cli/help.ts";
import { outputIn, reporterFor } from "./cli/output.ts";
import { findCommand, parseCommandLine } from "./cli/parse.ts";
import type { TextSource } from "./cli/requests.ts";
import type { Reporter } from "./cli/reporter.ts";
import type { Desk } from "./commands/desk.ts";
import { COMMAND_TABLE } from "./dispatch.ts";
import type { CommandSpec } from "./cli/flags.ts";
import { EXIT, HostBusy, UserError } from "./errors.ts";
import { recordingSystem } from "./host/recording.ts";
import type { ChangeSink, System, WaitEvent } from "./system.ts";
import type { Build } from "./version.ts";

/** What the outside world tells while it is worked on. */
export interface Events {
  change: ChangeSink;
  wait(event: WaitEvent): void;
}

/** `help init` and `--version` are other ways to say `init --help` and `version`. */
function commandWords(args: readonly string[]): readonly string[] {
  if (args[0] === "--version") return ["version", ...args.slice(1)];
  return args[0] === "help" ? [...args.slice(1), "--help"] : args;
}

/** Help of the program itself, or of a group of commands; undefined when a command is meant. */
function programAnswer(args: readonly string[], system: System): number | undefined {
  const [first] = args;
  if (first === "--help" || first === "-h" || first === "help" && args.length === 1) {
    system.out(programHelp());
    return EXIT.ok;
  }
  const group = args.filter((arg) => arg !== "--help" && arg !== "-h" && arg !== "help").join(" ");
  if (group !== "" && group !== args.join(" ") && groupHelp(group)) {
    system.out(groupHelp(group)!);
    return EXIT.ok;
  }
  if (first !== undefined) return undefined;
  system.err(`${programHelp()}\n`);
  return EXIT.invalid;
}

/**
 * The program: parses, runs one command, turns errors into text.
 * @param args command line without the program's name.
 * @param build makes the outside world; what happens in it is told to the events given.
 * @returns the exit code, one of {@linkcode EXIT}.
 */
export async function main(args: readonly string[], build: (events: Events) => System, stamp: Build): Promise<number> {
  // The reporter is known only when the flags are; until then there is nothing to tell.
  const told: { reporter?: Reporter } = {};
  const events: Events = {
    change: (change) => told.reporter?.change(change),
    wait: (event) => told.reporter?.wait(event),
  };
  const system = build(events);
  const answer = programAnswer(args, system);
  if (answer !== undefined) return answer;
  const listing = { changes: false, verbose: false };
  const options = {
    listChanges: () => listing.changes,
    verbose: () => listing.verbose,
    terminal: system.terminal.err,
    out: system.out,
    err: system.err,
  };
  const output = outputIn(args);
  try {
    const { command, rest } = findCommand(commandWords(args));
    const reporter = told.reporter = await reporterFor(output, command.output, options);
    const parsed = parseCommandLine(command, rest);
    listing.verbose = parsed.switch("verbose") === true || (parsed.number("v") ?? 0) > 0;
    const entry = COMMAND_TABLE[command.name]!;
    if (parsed.switch("help")) {
      system.out(commandHelp(command, await entry.phases()));
      return EXIT.ok;
    }
    const busy = parsed.switch("dry-run") === true ? undefined : await lockFor(command, system);
    const desk: Desk = {
      system: busy ? recordingSystem(system, () => raise(busy)) : system,
      changing: () => busy ? raise(busy) : system,
      dryRun() {
        listing.changes = true;
        system.host.unlock().catch(() => undefined); // a configuration can ask for a dry run, too
        return recordingSystem(system, events.change);
      },
      observer: { started: reporter.phaseStarted, finished: reporter.phaseFinished, failed: reporter.phaseFailed },
      note: reporter.note,
      warn: reporter.warn,
    };
    const source: TextSource = { stdin: system.stdin, read: (path) => system.host.read(path) };
    const outcome = await entry.run({ parsed, source, desk, build: stamp });
    reporter.result(outcome.text, outcome.result);
    return outcome.exitCode ?? EXIT.ok;
  } catch (error) {
    (told.reporter ?? await reporterFor(output, "document", options)).error(error);
    return error instanceof UserError ? error.exitCode : EXIT.failed;
  } finally {
    await system.host.unlock();
  }
}

function raise(error: Error): never {
  throw error;
}

/** Locks the host for a command that changes it. @returns the refusal, where another command has it locked. */
async function lockFor({ name, changesHost }: CommandSpec, { host }: System): Promise<HostBusy | undefined> {
  if (!changesHost) return undefined;
  try {
    await host.lock(name);
  } catch (error) {
    if (error instanceof HostBusy) return error;
    throw error;
  }
}
