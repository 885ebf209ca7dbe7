/** What is recorded of a preflight check. @module */

/**
 * Whether `--ignore-preflight-errors` is offered for a check. It is always accepted.
 * - `yes`: the command may work in spite of the finding.
 * - `no`: the command cannot work.
 * - `depends`: on the finding.
 * - `warning`: the check only warns and never stops the command.
 */
export type Skip = "yes" | "no" | "depends" | "warning";

/** One preflight check. */
export interface CheckRecord {
  /** The name that `--ignore-preflight-errors` takes, kubeadm's where kubeadm has the check; `<…>` is the part that varies. */
  readonly name: string;
  /** The commands that run it. */
  readonly commands: readonly ("init" | "join" | "reset")[];
  /** The state that passes, in one sentence. */
  readonly verifies: string;
  /** How to fix a finding, in one sentence; also the hint of each finding that has no more specific one. */
  readonly fix: string;
  readonly skip: Skip;
}

/** The commands that make a node. */
export const BOTH = ["init", "join"] as const;
