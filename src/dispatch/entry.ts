import type { Parsed } from "../cli/parse.ts";
import type { TextSource } from "../cli/options.ts";
import type { CommandContext, Outcome } from "../commands/command_context.ts";
import type { Build } from "../version.ts";

/** What a command is given. */
export interface CommandCall {
  parsed: Parsed;
  source: TextSource;
  context: CommandContext;
  build: Build;
}

/** A command: loaded only when it is called, so that `version` does not pay for the others. */
export interface CommandEntry {
  phases(): Promise<readonly string[]>;
  run(call: CommandCall): Promise<Outcome>;
}

/** For a command that has no phases. */
export const NO_PHASES = (): Promise<readonly string[]> => Promise.resolve([]);
