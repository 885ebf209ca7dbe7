import { SPECS } from "../../src/dispatch.ts";
import { settingsFrom } from "../../src/cli/options.ts";
import type { Settings } from "../../src/config/assignments.ts";

/** Values by flag or argument of a command, `--node-name` or `HOST[:PORT]`. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** The settings that a command line makes, without its parser. */
export function settingsFor(command: string, values: FlagValues): Settings {
  return settingsFrom(SPECS.find(({ name }) => name === command)!, (label) => values[label]);
}
