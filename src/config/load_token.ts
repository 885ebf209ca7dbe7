import { applySettings, type Documents, placeIn, type Settings } from "./assignments.ts";
import { checkValues } from "./schema.ts";
import { completeBootstrapToken, type Given } from "./defaults.ts";
import { readTexts } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { FieldErrors } from "./field_errors.ts";
import type { BootstrapToken } from "./types.ts";
import { validateBootstrapTokens } from "./validate_node.ts";

/**
 * A bootstrap token from the command line, completed and checked as one in a configuration file.
 * @param newToken used when none is given.
 * @throws {InvalidInput} with every problem, each with its flag; the token's secret is never shown.
 */
export function loadBootstrapToken(settings: Settings, newToken: string): BootstrapToken {
  const documents: Documents = {};
  const origins = applySettings(documents, settings, () => {});
  const problems = new FieldErrors(placeIn(origins, settings, false));
  readTexts(documents, problems.add);
  problems.settle();
  const [given = {}] = (documents.InitConfiguration?.bootstrapTokens ?? []) as Given<BootstrapToken>[];
  const token = completeBootstrapToken({ ...given, token: given.token ?? newToken });
  checkValues(KUBEADM_KINDS.InitConfiguration, { bootstrapTokens: [token] }, "InitConfiguration", problems.add);
  problems.settle();
  validateBootstrapTokens([token], problems.add);
  problems.throwIfAny("Cannot create the token:");
  return token;
}
