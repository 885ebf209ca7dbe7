import { commandHelp, groupHelp, programHelp } from "./cli/help.ts";
import { findCommand, parseCommandLine, type Parsed } from "./cli/parse.ts";
import {
  initOverrides,
  joinOverrides,
  kubeconfigOf,
  nameOf,
  operandsOf,
  textOf,
  type TextSource,
  tokenFields,
  tokenOf,
} from "./cli/requests.ts";
import { jsonReporter, type Reporter, textReporter } from "./cli/reporter.ts";
import type { Desk, Outcome } from "./commands/desk.ts";
import { EXIT, InvalidInput, UserError } from "./errors.ts";
import { recordingSystem } from "./host/recording.ts";
import type { ChangeSink, System, WaitEvent } from "./system.ts";
import type { Build } from "./version.ts";

/** What the outside world tells while it is worked on. */
export interface Events {
  change: ChangeSink;
  wait(event: WaitEvent): void;
}

/** What a command is given. */
interface CommandCall {
  parsed: Parsed;
  source: TextSource;
  desk: Desk;
  build: Build;
}

/** A command: loaded only when it is called, so that `version` does not pay for the others. */
interface CommandEntry {
  phases(): Promise<readonly string[]>;
  run(call: CommandCall): Promise<Outcome>;
}

const INIT: CommandEntry = {
  phases: async () => (await import("./commands/init.ts")).phaseNames(),
  async run({ parsed, source, desk }) {
    const { init } = await import("./commands/init.ts");
    return await init(desk, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      given: parsed.given,
      phase: operandsOf(parsed).phase,
      overrides: initOverrides(parsed, await tokenOf(parsed, source)),
      cni: parsed.text("cni"),
      showToken: parsed.switch("skip-token-print") !== true,
    });
  },
};

const JOIN: CommandEntry = {
  phases: async () => (await import("./commands/join.ts")).phaseNames(),
  async run({ parsed, source, desk }) {
    const { join } = await import("./commands/join.ts");
    return await join(desk, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      given: parsed.given,
      phase: operandsOf(parsed).phase,
      overrides: joinOverrides(parsed, await tokenOf(parsed, source)),
    });
  },
};

const NO_PHASES = () => Promise.resolve([]);

const TOKEN_COMMANDS: Readonly<Record<string, CommandEntry>> = {
  "token create": {
    phases: NO_PHASES,
    async run({ parsed, desk }) {
      const { create } = await import("./commands/token.ts");
      return await create(desk, {
        ...tokenFields(parsed),
        printJoinCommand: parsed.switch("print-join-command") === true,
        kubeconfig: kubeconfigOf(parsed),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  "token list": {
    phases: NO_PHASES,
    run: async ({ parsed, desk }) => await (await import("./commands/token.ts")).list(desk, kubeconfigOf(parsed)),
  },
  "token delete": {
    phases: NO_PHASES,
    async run({ parsed, desk }) {
      const { remove } = await import("./commands/token.ts");
      return await remove(desk, parsed.operands, kubeconfigOf(parsed), parsed.switch("dry-run") === true);
    },
  },
  "token generate": {
    phases: NO_PHASES,
    run: async () => (await import("./commands/token.ts")).generate(),
  },
};

const COMMAND_TABLE: Readonly<Record<string, CommandEntry>> = {
  init: INIT,
  "init phase": INIT,
  join: JOIN,
  "join phase": JOIN,
  ...TOKEN_COMMANDS,
  version: {
    phases: NO_PHASES,
    run: async ({ build }) => (await import("./commands/version.ts")).version(build),
  },
};

function reporterFor(system: System, parsed: Parsed, listing: { changes: boolean }): Reporter {
  const output = parsed.text("output") ?? "text";
  if (output !== "text" && output !== "json") {
    throw new InvalidInput("Cannot report:", [{ where: "--output", what: `is text or json, not "${output}"` }]);
  }
  const options = {
    listChanges: () => listing.changes,
    verbose: parsed.switch("verbose") === true,
    terminal: system.terminal.err,
    out: system.out,
    err: system.err,
  };
  return output === "json" ? jsonReporter(options) : textReporter(options);
}

/** For errors before the flags are known. */
function plainReporter({ out, err }: System): Reporter {
  return textReporter({ listChanges: () => false, verbose: false, terminal: false, out, err });
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
  try {
    const { command, rest } = findCommand(commandWords(args));
    const parsed = parseCommandLine(command, rest);
    const entry = COMMAND_TABLE[command.name]!;
    if (parsed.switch("help")) {
      system.out(commandHelp(command, await entry.phases()));
      return EXIT.ok;
    }
    const listing = { changes: false };
    const reporter = told.reporter = reporterFor(system, parsed, listing);
    const desk: Desk = {
      system,
      dryRun() {
        listing.changes = true;
        return recordingSystem(system, events.change);
      },
      observer: { started: reporter.phaseStarted, finished: reporter.phaseFinished, failed: reporter.phaseFailed },
      note: reporter.note,
      warn: reporter.warn,
    };
    const source: TextSource = { stdin: system.stdin, readText: (path) => system.host.readText(path) };
    const outcome = await entry.run({ parsed, source, desk, build: stamp });
    reporter.result(outcome.text, outcome.result);
    return EXIT.ok;
  } catch (error) {
    (told.reporter ?? plainReporter(system)).error(error);
    return error instanceof UserError ? error.exitCode : EXIT.failed;
  }
}
