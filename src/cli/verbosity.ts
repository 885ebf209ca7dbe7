import { InvalidInput } from "../errors.ts";
import type { Parsed } from "./parse.ts";

/** How much to print: errors, warnings and results alone, progress also, or also what each change writes. */
export type Verbosity = "quiet" | "usual" | "verbose";

/** What --quiet, --verbose and kubeadm's -v ask for. @throws {InvalidInput} when they contradict each other. */
export function verbosityOf(parsed: Parsed): Verbosity {
  const verbose = parsed.switch("verbose") === true ? "--verbose" : (parsed.number("v") ?? 0) > 0 ? "-v" : undefined;
  if (parsed.switch("quiet") !== true) return verbose === undefined ? "usual" : "verbose";
  if (verbose === undefined) return "quiet";
  throw new InvalidInput(`--quiet and ${verbose} are mutually exclusive`);
}
