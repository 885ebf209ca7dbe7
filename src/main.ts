import { commandHelp, parentHelp, programHelp } from "./cli/help.ts";
import type { CommandSpec } from "./cli/flags.ts";
import { type Outlet, outletOf } from "./cli/outlet.ts";
import { outputIn, reporterFor } from "./cli/output.ts";
import { findCommand, parseCommandLine, type Parsed } from "./cli/parse.ts";
import type { TextSource } from "./cli/options.ts";
import type { Reporter } from "./cli/reporter.ts";
import { dryRunText, Tally } from "./cli/tally.ts";
import { screenOf } from "./cli/screen.ts";
import { stopwatch } from "./cli/stopwatch.ts";
import { type Verbosity, verbosityOf } from "./cli/verbosity.ts";
import type { CommandContext, Outcome } from "./commands/command_context.ts";
import { COMMANDS, PARENTS, SPECS } from "./dispatch.ts";
import type { Command } from "./dispatch/command.ts";
import { EXIT, HostBusy, Interrupted, Interruption, UserError } from "./errors.ts";
import { interruptionGate } from "./host/interruptible.ts";
import { recordingSystem } from "./host/recording.ts";
import type { ChangeSink, System, WaitEvent } from "./system.ts";
import { visible } from "./text/visible.ts";
import type { Build } from "./version.ts";

/** What the outside world reports while a command works. */
export interface Events {
  change: ChangeSink;
  wait(event: WaitEvent): void;
}

/** `help init` and `--version` mean `init --help` and `version`. */
function commandWords(args: readonly string[]): readonly string[] {
  if (args[0] === "--version") return ["version", ...args.slice(1)];
  return args[0] === "help" ? [...args.slice(1), "--help"] : args;
}

/** Help of the program itself, or of a parent of commands; undefined when a command is meant. */
function programAnswer(args: readonly string[], { out, err }: Outlet): number | undefined {
  const [first] = args;
  if (first === "--help" || first === "-h" || first === "help" && args.length === 1) {
    out(programHelp(SPECS, PARENTS));
    return EXIT.ok;
  }
  const name = args.filter((arg) => arg !== "--help" && arg !== "-h" && arg !== "help").join(" ");
  const help = name === args.join(" ") ? undefined : parentHelp(SPECS, PARENTS, name);
  if (help !== undefined) {
    out(help);
    return EXIT.ok;
  }
  if (first !== undefined) return undefined;
  err(`${programHelp(SPECS, PARENTS)}\n`);
  return EXIT.invalid;
}

/** Ends a run where the process cannot be ended at once (tests): only `main` catches it. */
class Ended {
  constructor(readonly code: number) {}
}

/**
 * The program: parses, runs one command, turns errors into text.
 * @param args command line without the program's name.
 * @param build creates the outside world, which reports to the given events.
 * @param end ends the process at once, when output is lost before the first change.
 * @returns the exit code, one of {@linkcode EXIT}, or 141 where the output pipe is closed.
 */
export async function main(
  args: readonly string[],
  build: (events: Events) => System,
  stamp: Build,
  end: (code: number) => never = (code) => {
    throw new Ended(code);
  },
): Promise<number> {
  try {
    return await run(args, build, stamp, end);
  } catch (error) {
    if (error instanceof Ended) return error.code;
    throw error;
  }
}

async function run(
  args: readonly string[],
  build: (events: Events) => System,
  stamp: Build,
  end: (code: number) => never,
): Promise<number> {
  // The flags determine the reporter; until they are read there is nothing to report.
  const told: { reporter?: Reporter } = {};
  const [made, planned] = [new Tally(), new Tally()];
  const events: Events = {
    change(change) {
      made.add(change);
      told.reporter?.change(change);
    },
    wait(event) {
      if (screen.look.inPlace) signals?.listen().catch(() => undefined); // a signal must not leave half a line
      told.reporter?.wait(event);
    },
  };
  const real = build(events);
  const outlet = outletOf(real, () => made.total, end);
  const answer = programAnswer(args, outlet);
  if (answer !== undefined) return outlet.exitCode(answer);
  const { signals } = real;
  const gate = interruptionGate(signals?.signal);
  let over = false;
  const listing: { changes: boolean; verbosity: Verbosity } = { changes: false, verbosity: "usual" };
  // Work that a signal has ended may still fail: that is not printed.
  const write = (text: string) => void (over || outlet.err(text));
  const screen = screenOf(real, write);
  const { progress } = screen;
  signals?.signal.addEventListener("abort", progress.stop);
  const options = {
    listChanges: () => listing.changes,
    verbose: () => listing.verbosity === "verbose",
    quiet: () => listing.verbosity === "quiet",
    ...screen,
    out: (line: string) => over || outlet.out(line),
    err: write,
  };
  const output = outputIn(args);
  const watch = stopwatch();
  const system: System = {
    ...real,
    out(line) {
      progress.clear();
      outlet.out(visible(line));
    },
    err(text) {
      progress.clear();
      outlet.err(visible(text));
    },
    readLine: () => progress.pausedBy(watch.pausedBy(real.readLine())),
  };

  /** The world of a dry run: changes are reported, and counted as those of a real run. */
  function dryRun(reporter: Reporter): System {
    listing.changes = true;
    system.host.unlock().catch(() => undefined); // the configuration, too, can enable a dry run
    return recordingSystem(system, (change) => {
      planned.add(change);
      reporter.change(change);
    }, events.wait);
  }

  async function call({ spec, run }: Command, parsed: Parsed, reporter: Reporter): Promise<Outcome> {
    if (spec.changesHost) await signals?.listen();
    const busy = parsed.switch("dry-run") === true ? undefined : await lockFor(spec, system);
    const warned = new Set<string>();
    const context: CommandContext = {
      system: gate.through(busy ? recordingSystem(system, () => raise(busy)) : system),
      changing: () => busy ? raise(busy) : gate.through(system),
      dryRun: () => gate.through(dryRun(reporter)),
      observer: watch.observing({
        started: reporter.phaseStarted,
        finished: reporter.phaseFinished,
        failed: reporter.phaseFailed,
      }),
      clock: watch.clock,
      doing: reporter.doing,
      note: reporter.note,
      warn(message) {
        if (!warned.has(message)) reporter.warn(message);
        warned.add(message);
      },
    };
    const source: TextSource = { stdin: system.stdin, read: (path) => system.host.read(path) };
    return await run({ parsed, source, context, build: stamp, commands: COMMANDS, parents: PARENTS });
  }

  try {
    const { command, rest } = findCommand(COMMANDS, commandWords(args));
    const { spec } = command;
    const reporter = told.reporter = await reporterFor(output, spec.output, options);
    const parsed = parseCommandLine(spec, rest, () => system.host.workingDirectory());
    listing.verbosity = verbosityOf(parsed);
    if (parsed.switch("help")) {
      outlet.out(commandHelp(spec, await command.phases?.() ?? [], SPECS));
      return outlet.exitCode(EXIT.ok);
    }
    if (spec.name !== "version") system.check?.();
    const outcome = await gate.until(call(command, parsed, reporter));
    const counted = outcome.document || options.quiet()
      ? ""
      : listing.changes
      ? dryRunText(planned)
      : spec.output === "events" && made.total === 0
      ? made.sentence
      : "";
    const text = options.quiet() ? outcome.brief ?? outcome.text : outcome.text;
    reporter.result([text, counted].filter(Boolean).join("\n"), outcome.result);
    return outlet.exitCode(outcome.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof Ended) throw error;
    const reason = signals?.signal.aborted === true ? signals.signal.reason : undefined;
    const shown = reason instanceof Interruption ? new Interrupted(reason, gate.pending()) : error;
    (told.reporter ?? await reporterFor(output, "document", options)).error(shown, made);
    over = true;
    return shown instanceof UserError ? shown.exitCode : EXIT.failed;
  } finally {
    await system.host.unlock();
  }
}

function raise(error: Error): never {
  throw error;
}

/** Locks the host for a command that changes it. @returns the error, where another command holds the lock. */
async function lockFor({ name, changesHost }: CommandSpec, { host }: System): Promise<HostBusy | undefined> {
  if (!changesHost) return undefined;
  try {
    await host.lock(name);
  } catch (error) {
    if (error instanceof HostBusy) return error;
    throw error;
  }
}
