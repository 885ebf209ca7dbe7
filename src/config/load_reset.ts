import { completeReset, type Given } from "./defaults.ts";
import { freeze, type LoadOptions, openDocuments, summary } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import type { Settings } from "./assignments.ts";
import { checkValues } from "./schema.ts";
import { cleanPath, isSystemDirectory } from "./system_directories.ts";
import type { Facts, ResetConfiguration } from "./types.ts";
import { validateHostSettings, warnOfSocket } from "./validate_node.ts";

/** Whether a directory can be one for certificates alone, told by its path; one with `..` may lead anywhere. */
function isOfItsOwn(directory: string): boolean {
  return !directory.split("/").includes("..") && !isSystemDirectory(directory);
}

/**
 * The configuration of `reset`; other kinds in the file are for other commands. Pure, as `loadInit`.
 * @param text the configuration file; undefined when there is none.
 * @param source what to call it in messages: its path.
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
  if (directory.startsWith("/") && !isOfItsOwn(directory)) {
    const what = `${JSON.stringify(directory)} is no directory of its own, and reset empties it`;
    problems.add("ResetConfiguration.certificatesDir", what);
  }
  validateHostSettings(result, facts, "ResetConfiguration", problems.add);
  warnOfSocket(given.criSocket, "ResetConfiguration", problems.warn);
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze({ ...result, certificatesDir: cleanPath(directory) });
}
