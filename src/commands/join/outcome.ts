import type { JoinConfiguration } from "../../config/types.ts";
import { nextSteps } from "../../text/steps.ts";
import type { Outcome } from "../command_context.ts";

/** What `join` prints at its end: what the phases that ran have shown, and what to do next. */
export function joinOutcome(
  node: string,
  { dryRun, skipPhases }: Pick<JoinConfiguration, "dryRun" | "skipPhases">,
  seconds: number,
): Outcome {
  const result = { node, seconds };
  if (dryRun) return { text: "", result: { ...result, dryRun } };
  const reached = !skipPhases.includes("wait-node-ready")
    ? ` Node ${node} is Ready.`
    : !skipPhases.includes("wait-node-registered")
    ? ` Node ${node} is registered.`
    : "";
  const steps = nextSteps([
    { what: "Show the health of this node:", commands: ["kubewright status"] },
    { what: "List the nodes of the cluster, on a control plane node:", commands: ["kubectl get nodes"] },
  ]);
  return { text: `\nJoin finished in ${seconds.toFixed(1)} s.${reached}\n\n${steps}`, brief: "", result };
}
