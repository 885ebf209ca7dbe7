import { PreflightFailed, type Problem, UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { NodeRegistration } from "../../config/types.ts";
import type { Phase } from "../phase.ts";
import { unknownNames } from "./names.ts";
import { shellWord } from "../../text/shell.ts";

/** What a check found; empty: nothing. */
export interface Findings {
  errors?: readonly string[];
  warnings?: readonly string[];
  /** How to fix what was found. */
  hint?: string;
  /** As {@linkcode Check.essential}, where that depends on what was found. */
  essential?: boolean;
}

/** No findings: all is well. */
export const NOTHING: Findings = {};

/** What is only warned of: without pods of its own network the control plane itself still runs. */
export function warningOf(...found: readonly ({ what: string; hint: string } | undefined)[]): Findings {
  const all = found.filter((one) => one !== undefined);
  if (all.length === 0) return NOTHING;
  return { warnings: all.map(({ what }) => what), hint: all.map(({ hint }) => hint).join(". ") };
}

/** One check. `name` is what `--ignore-preflight-errors` takes; the names are kubeadm's. */
export interface Check<in Context> {
  name: string;
  /** Nothing works without it: to skip the check is taken, but never offered. */
  essential?: true;
  look(context: Context): Promise<Findings>;
}

/** Who runs this. It comes first and alone: without root, most others would only repeat it. */
export const PRIVILEGED: Check<{ host: Host }> = {
  name: "IsPrivilegedUser",
  essential: true,
  look: ({ host }) =>
    Promise.resolve(
      host.uid() === 0 ? {} : {
        errors: [`user id is ${host.uid()}, must be 0 (root)`],
        hint: "Run the same command as root, e.g. with sudo.",
      },
    ),
};

/** How to go on in spite of checks without which the rest may work. */
function skipHint(names: readonly string[]): string {
  const what = names.length === 1 ? "this check" : "these checks";
  return `To skip ${what}: --ignore-preflight-errors=${shellWord(names.join(","))}`;
}

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
  const skippable = new Set<string>();
  for (const { check, findings } of found) {
    const tolerated = lowerCase.includes("all") || lowerCase.includes(check.name.toLowerCase());
    const warnings = [...findings.warnings ?? [], ...tolerated ? findings.errors ?? [] : []];
    for (const warning of warnings) {
      context.warn(`${check.name}: ${warning}${findings.hint ? `. ${findings.hint}` : ""}`);
    }
    if (tolerated) continue;
    for (const what of findings.errors ?? []) {
      if (!check.essential && !findings.essential) skippable.add(check.name);
      problems.push({ where: check.name, what, ...(findings.hint ? { hint: findings.hint } : {}) });
    }
  }
  if (problems.length === 0) return;
  throw new PreflightFailed(problems, {
    hint: skippable.size === 0 ? [] : [skipHint([...skippable])],
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

/** A phase of these checks, which may depend on what the node is to be. */
export function preflightPhase<
  C extends { host: Host; nodeRegistration: NodeRegistration; warn(message: string): void },
>(checksOf: (context: C) => readonly Check<C>[]): Phase<C> {
  return {
    name: "preflight",
    summary: "check whether this host is fit",
    async run(context) {
      const ignored = context.nodeRegistration.ignorePreflightErrors;
      for (const unknown of unknownNames(ignored)) context.warn(unknown);
      await runChecks([PRIVILEGED], context, ignored);
      await runChecks(checksOf(context), context, ignored);
    },
  };
}
