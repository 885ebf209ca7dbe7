import type { CommandSpec, ParentSpec, PhaseRow } from "../cli/flags.ts";
import type { TextSource } from "../cli/options.ts";
import type { Parsed } from "../cli/parse.ts";
import type { CommandContext, Outcome } from "../commands/command_context.ts";
import type { Build } from "../version.ts";

/** What a command is given. */
export interface CommandCall {
  parsed: Parsed;
  source: TextSource;
  context: CommandContext;
  build: Build;
  /** Every command and parent of commands, for the one that completes their names. */
  commands: readonly Command[];
  parents: readonly ParentSpec[];
}

/** A command: what it is, and its code, loaded only when it is called, so that `version` does not pay for the others. */
export interface Command {
  spec: CommandSpec;
  /** Its phases in order of work; absent: it has none. */
  phases?(): Promise<readonly PhaseRow[]>;
  run(call: CommandCall): Promise<Outcome>;
}
