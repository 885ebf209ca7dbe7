import type { Parsed } from "../cli/parse.ts";
import type { TextSource } from "../cli/requests.ts";
import type { Desk, Outcome } from "../commands/desk.ts";
import type { Build } from "../version.ts";

/** What a command is given. */
export interface CommandCall {
  parsed: Parsed;
  source: TextSource;
  desk: Desk;
  build: Build;
}

/** A command: loaded only when it is called, so that `version` does not pay for the others. */
export interface CommandEntry {
  phases(): Promise<readonly string[]>;
  run(call: CommandCall): Promise<Outcome>;
}

/** For a command that has no phases. */
export const NO_PHASES = (): Promise<readonly string[]> => Promise.resolve([]);
