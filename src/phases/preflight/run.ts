import { PreflightFailed, type Problem, UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { NodeRegistration } from "../../config/types.ts";
import { type CheckRecord, CHECKS } from "../checks.ts";
import type { Phase } from "../phase.ts";
import { unknownNames } from "./names.ts";
import { shellWord } from "../../text/shell.ts";

/** What a check found; empty: nothing. */
export interface Findings {
  errors?: readonly string[];
  warnings?: readonly string[];
  /** How to fix what was found; absent: the `fix` of the check; empty: not shown. */
  hint?: string;
  /** Where the check has `skip: "depends"`: the command cannot work with this finding. */
  essential?: boolean;
}

/** No findings. */
export const NOTHING: Findings = {};

/** Findings that are warnings only, because the control plane runs without a pod network. */
export function warningOf(...found: readonly ({ what: string; hint: string } | undefined)[]): Findings {
  const all = found.filter((one) => one !== undefined);
  if (all.length === 0) return NOTHING;
  return { warnings: all.map(({ what }) => what), hint: all.map(({ hint }) => hint).join(". ") };
}

/** One check: its record, with the full name, and the code that runs it. */
export interface Check<in Context> extends CheckRecord {
  look(context: Context): Promise<Findings>;
}

/** Runs first and alone, because without root most other checks would report the same. */
export const PRIVILEGED: Check<{ host: Host }> = {
  ...CHECKS.privileged,
  look: ({ host }) =>
    Promise.resolve(host.uid() === 0 ? NOTHING : { errors: [`the user id is ${host.uid()}, must be 0 (root)`] }),
};

/** How to continue without checks that the command may work without. */
function skipHint(names: readonly string[]): string {
  const what = names.length === 1 ? "this check" : "these checks";
  return `To skip ${what}: --ignore-preflight-errors=${shellWord(names.join(","))}`;
}

/**
 * Runs all checks at once and reports all findings together.
 * @param ignored names (any case) whose errors become warnings; `all` stands for every check.
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
    const hint = findings.hint ?? check.fix;
    const tolerated = lowerCase.includes("all") || lowerCase.includes(check.name.toLowerCase());
    const warnings = [...findings.warnings ?? [], ...tolerated ? findings.errors ?? [] : []];
    for (const warning of warnings) context.warn(`${check.name}: ${warning}${hint && `. ${hint}`}`);
    if (tolerated) continue;
    for (const what of findings.errors ?? []) {
      if (check.skip !== "no" && !findings.essential) skippable.add(check.name);
      problems.push({ where: check.name, what, ...(hint ? { hint } : {}) });
    }
  }
  if (problems.length === 0) return;
  throw new PreflightFailed(problems, {
    hint: skippable.size === 0 ? [] : [skipHint([...skippable])],
  });
}

/** The findings of a check. A check that fails is a finding, and the other checks still run. */
async function lookAt<C>(check: Check<C>, context: C): Promise<Findings> {
  try {
    return await check.look(context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: [error.message], hint: error.hints.join(" ") };
  }
}

/** A phase of checks, which may depend on the role of the node. */
export function preflightPhase<
  C extends { host: Host; nodeRegistration: NodeRegistration; warn(message: string): void },
>(checksOf: (context: C) => readonly Check<C>[]): Phase<C> {
  return {
    name: "preflight",
    summary: "verify that this host meets the requirements",
    async run(context) {
      const ignored = context.nodeRegistration.ignorePreflightErrors;
      for (const unknown of unknownNames(ignored)) context.warn(unknown);
      await runChecks([PRIVILEGED], context, ignored);
      await runChecks(checksOf(context), context, ignored);
    },
  };
}
