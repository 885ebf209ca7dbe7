import { checkValues } from "./schema.ts";
import { completeBootstrapToken, type Given } from "./defaults.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { FieldErrors } from "./field_errors.ts";
import type { BootstrapToken } from "./types.ts";
import { validateBootstrapTokens } from "./validate_node.ts";

/** The flag of `token create` that sets a field. */
const FLAGS: Readonly<Record<string, string>> = {
  token: "TOKEN",
  ttl: "--ttl",
  usages: "--usages",
  groups: "--groups",
  description: "--description",
};

/**
 * A bootstrap token from the command line, completed and checked as one in a configuration file.
 * @throws {InvalidInput} with every problem, each with its flag; the token's secret half is never shown.
 */
export function loadBootstrapToken(given: Given<BootstrapToken>): BootstrapToken {
  const problems = new FieldErrors((path) => FLAGS[/bootstrapTokens\[0\]\.(\w+)/.exec(path)?.[1] ?? ""] ?? path);
  const token = completeBootstrapToken(given);
  checkValues(KUBEADM_KINDS.InitConfiguration, { bootstrapTokens: [token] }, "InitConfiguration", problems.add);
  problems.settle();
  validateBootstrapTokens([token], problems.add);
  problems.throwIfAny("Cannot make this token:");
  return token;
}
