import { completeReset, type Given } from "./complete.ts";
import { freeze, type LoadOptions, openDocuments, summary } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { RESET_FLAGS } from "./overrides.ts";
import { checkValues } from "./schema.ts";
import type { Facts, ResetConfiguration, ResetOverrides } from "./types.ts";
import { validateHostSettings, warnOfSocket } from "./validate_node.ts";

/**
 * The configuration of `reset`; other kinds in the file are for other commands. Pure, as `loadInit`.
 * @param text the configuration file; undefined when there is none.
 * @param source what to call it in messages: its path.
 * @throws {InvalidInput} with every problem, each with its field path, or flag where the value came from one.
 */
export function loadReset(
  text: string | undefined,
  overrides: ResetOverrides,
  facts: Pick<Facts, "criSockets">,
  source = "configuration",
  options: LoadOptions = {},
): ResetConfiguration {
  const { documents, problems } = openDocuments(text, source, overrides, RESET_FLAGS, ["ResetConfiguration"], options);
  const given = (documents.ResetConfiguration ?? {}) as Given<ResetConfiguration>;
  const result = completeReset(given, facts);
  checkValues(KUBEADM_KINDS.ResetConfiguration, result, "ResetConfiguration", problems.add);
  validateHostSettings(result, facts, "ResetConfiguration", problems.add);
  warnOfSocket(given.criSocket, "ResetConfiguration", problems.warn);
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze(result);
}
