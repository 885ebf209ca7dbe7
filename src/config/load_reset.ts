import { completeReset, type Given } from "./defaults.ts";
import { freeze, type LoadOptions, openDocuments, summary } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import type { Settings } from "./assignments.ts";
import { checkValues } from "./schema.ts";
import { cleanPath, isSystemDirectory } from "./system_directories.ts";
import type { Facts, ResetConfiguration } from "./types.ts";
import { validateHostSettings, warnOfSocket } from "./validate_node.ts";
import { mustNot, quoted } from "./wording.ts";

/** Why `reset` must not empty a directory, judged by its path; undefined where it may. */
function directoryProblem(directory: string): string | undefined {
  if (directory.split("/").includes("..")) return mustNot('contain ".."', quoted(directory));
  if (!isSystemDirectory(directory)) return undefined;
  return `${quoted(directory)} is a system directory; reset would delete its contents`;
}

/**
 * The configuration of `reset`; other kinds in the file are for other commands. Pure, like `loadInit`.
 * @param text the configuration file; undefined for none.
 * @param source the name of the file in messages: its path.
 * @throws {InvalidInput} with every problem, each with its field path, or flag where the value came from one.
 */
export function loadReset(
  text: string | undefined,
  settings: Settings,
  facts: Pick<Facts, "criSockets">,
  source = "configuration",
  options: LoadOptions = {},
): ResetConfiguration {
  const { documents, problems } = openDocuments(text, source, settings, ["ResetConfiguration"], options);
  const given = (documents.ResetConfiguration ?? {}) as Given<ResetConfiguration>;
  const result = completeReset(given, options.anyRuntime ? { criSockets: facts.criSockets.slice(0, 1) } : facts);
  checkValues(KUBEADM_KINDS.ResetConfiguration, result, "ResetConfiguration", problems.add);
  const directory = result.certificatesDir;
  const unsafe = directory.startsWith("/") ? directoryProblem(directory) : undefined;
  if (unsafe) problems.add("ResetConfiguration.certificatesDir", unsafe);
  validateHostSettings(result, facts, "ResetConfiguration", problems.add);
  warnOfSocket(given.criSocket, "ResetConfiguration", problems.warn);
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze({ ...result, certificatesDir: cleanPath(directory) });
}
