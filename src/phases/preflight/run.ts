import { PreflightFailed, type Problem, UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { NodeRegistration } from "../../config/types.ts";
import type { Phase } from "../phase.ts";
import { unknownNames } from "./names.ts";

/** What a check found; empty: nothing. */
export interface Findings {
  errors?: readonly string[];
  warnings?: readonly string[];
  /** How to mend what was found. */
  hint?: string;
}

/** No findings: all is well. */
export const NOTHING: Findings = {};

/** One check. `name` is what `--ignore-preflight-errors` takes; the names are kubeadm's. */
export interface Check<in Context> {
  name: string;
  look(context: Context): Promise<Findings>;
}

/** Who runs this. It comes first and alone: without root, most others would only repeat it. */
export const PRIVILEGED: Check<{ host: Host }> = {
  name: "IsPrivilegedUser",
  look: ({ host }) =>
    Promise.resolve(
      host.uid() === 0 ? {} : {
        errors: [`user id is ${host.uid()}, must be 0 (root)`],
        hint: "Run the same command as root, e.g. with sudo.",
      },
    ),
};

/**
 * Runs all checks at once and reports them together.
 * @param ignored names (any case) whose errors are warnings; `all` is every one.
 * @throws {PreflightFailed} with every error that is not ignored.
 */
export async function runChecks<C extends { warn(message: string): void }>(
  checks: readonly Check<C>[],
  context: C,
  ignored: readonly string[],
): Promise<void> {
  const lowerCase = ignored.map((name) => name.toLowerCase());
  const found = await Promise.all(checks.map(async (check) => ({ check, findings: await lookAt(check, context) })));
  const problems: Problem[] = [];
  for (const { check, findings } of found) {
    const tolerated = lowerCase.includes("all") || lowerCase.includes(check.name.toLowerCase());
    const warnings = [...findings.warnings ?? [], ...tolerated ? findings.errors ?? [] : []];
    for (const warning of warnings) {
      context.warn(`${check.name}: ${warning}${findings.hint ? `. ${findings.hint}` : ""}`);
    }
    if (tolerated) continue;
    for (const what of findings.errors ?? []) {
      problems.push({ where: check.name, what, ...(findings.hint ? { hint: findings.hint } : {}) });
    }
  }
  if (problems.length === 0) return;
  throw new PreflightFailed(problems, {
    hint: [
      `Or, if you know better: --ignore-preflight-errors=${problems.map((p) => p.where).join(",")}`,
    ],
  });
}

/** What the check finds; that it could not look is a finding of its own, and no end of the other checks. */
async function lookAt<C>(check: Check<C>, context: C): Promise<Findings> {
  try {
    return await check.look(context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hints.join(" ");
    return { errors: [error.message], ...(hint === "" ? {} : { hint }) };
  }
}

/** A phase of these checks. */
export function preflightPhase<
  C extends { host: Host; nodeRegistration: NodeRegistration; warn(message: string): void },
>(checks: readonly Check<C>[]): Phase<C> {
  return {
    name: "preflight",
    summary: "check whether this host is fit",
    async run(context) {
      const ignored = context.nodeRegistration.ignorePreflightErrors;
      for (const unknown of unknownNames(ignored)) context.warn(unknown);
      await runChecks([PRIVILEGED], context, ignored);
      await runChecks(checks, context, ignored);
    },
  };
}
