/**
 * Whether both programs take a configuration, and where it is meant that one does not.
 *
 * @module
 */
import type { Ending } from "./batch.ts";
import { type Allowed, count, type Found, shape } from "./differences.ts";

/** A refusal of one program, of what the other takes, that may be. */
export interface VerdictAllowance {
  /** One line: why it is as it is. */
  reason: string;
  refusedBy: "kubeadm" | "kubewright";
  /** What is said: of kubewright a whole problem, `where: what`; of kubeadm one of its errors. */
  says: RegExp;
  /** What the configuration has to look like. */
  text?: RegExp;
  /** A stage besides `validate`. */
  stage?: RegExp;
}

/** What kubewright says with `--output json`, one text for each problem. */
function problemsOf({ stdout, stderr }: Ending): string[] {
  const events = `${stdout}\n${stderr}`.split("\n").filter((line) => line.startsWith('{"event":"error"'));
  const error =
    events.map((line) => JSON.parse(line) as { message: string; problems: { where: string; what: string }[] })[0];
  if (!error) return [`no error: ${stderr.slice(-300)}`];
  return error.problems.length > 0 ? error.problems.map(({ where, what }) => `${where}: ${what}`) : [error.message];
}

/** kubeadm's errors, of which one line may hold several. */
function errorsOf({ stderr }: Ending): string[] {
  const text = stderr.split("\n").filter((line) => !/^(W\d|To see the stack)/.test(line)).join("\n");
  const list = /^error: \[(.*)\]$/ms.exec(text)?.[1] ?? text.replace(/^error: /, "").trim();
  return list.split(/, (?=[\w.[\]]+: (?:Invalid|Required) value)/);
}

/** A difference in the verdict that nothing allows. A program that crashes is one always. */
export function verdictDifference(theirs: Ending, ours: Ending, text: string, allowed: Allowed): Found | undefined {
  if (ours.code !== 0 && ours.code !== 3 || /defect of kubewright/.test(ours.stderr)) {
    return {
      key: `validate: kubewright exits ${ours.code}`,
      shown: `kubewright exits ${ours.code}: ${ours.stderr.slice(-800)}`,
    };
  }
  if ((theirs.code === 0) === (ours.code === 0)) return undefined;
  const refusedBy = theirs.code === 0 ? "kubewright" : "kubeadm";
  const reasons = refusedBy === "kubewright" ? problemsOf(ours) : errorsOf(theirs);
  const open = reasons.filter((reason) => {
    const meant = allowed.verdicts.find((allowance) =>
      allowance.refusedBy === refusedBy && !allowance.stage && allowance.says.test(reason) &&
      (allowance.text?.test(text) ?? true)
    );
    if (meant) count(allowed, meant);
    return !meant;
  });
  if (open.length === 0) return undefined;
  return {
    key: `validate: ${refusedBy} refuses: ${shape(open[0]!).slice(0, 100)}`,
    shown: `${refusedBy} refuses: ${open.join(" | ")}`,
  };
}
