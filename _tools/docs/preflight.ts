/**
 * The page of preflight checks, from their records.
 * @module
 */
import { CHECK_RECORDS, type CheckRecord, type Skip } from "../../src/phases/checks.ts";
import { code, head, parts, prose, table } from "./tables.ts";

/** What the page shows of each {@linkcode Skip}. */
const SKIPPED: Readonly<Record<Skip, string>> = {
  yes: "yes",
  no: "no",
  depends: "depends on the finding",
  warning: "only warns",
};

function section({ name, commands, verifies, fix, skip }: CheckRecord): string[] {
  return [`${code(name)}`, prose(verifies), prose(fix), SKIPPED[skip], commands.map(code).join(", ")];
}

/** The page. */
export function preflightChecks(): string {
  return parts(
    head("Preflight checks", "`src/phases/checks/`"),
    "`init`, `join` and `reset` check the host before the first change. All checks run, and all findings are reported at " +
      "once with their fixes; an error ends the command with exit code 2 and without changes. Names are those of kubeadm " +
      "where kubeadm has the check; `<…>` stands for a path, a port or a program.",
    "`--ignore-preflight-errors=<name>,<name>` turns errors of these checks into warnings, `all` those of every check; so " +
      "does `ignorePreflightErrors` in the [configuration](reference/configuration.md). The column *skip* shows where " +
      "that makes sense; with *no*, the command cannot work without the condition.",
    "`kubewright init --dry-run` also runs the checks. To run only them:",
    "```sh run\nkubewright init phase preflight\n```",
    table(["check", "verifies", "fix", "skip", "commands"], CHECK_RECORDS.map(section)),
  );
}
