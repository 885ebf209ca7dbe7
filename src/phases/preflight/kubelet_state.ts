/** State of an earlier kubelet with which a new one does not start. @module */
import { KUBELET_DIRECTORY, KUBELET_FILES } from "../../cluster/paths.ts";
import { flagValues } from "../../cluster/kubelet/unit_syntax.ts";
import type { ComponentConfiguration } from "../../config/types.ts";
import { CHECKS } from "../checks.ts";
import { givenFlags, type GivenFlagsContext } from "./kubelet_flags.ts";
import type { Check, Findings } from "./run.ts";
import { commandLine } from "../../text/shell.ts";

interface StateContext extends GivenFlagsContext {
  kubelet?: ComponentConfiguration;
  ownPaths: ReadonlySet<string>;
}

/**
 * Files in which the kubelet stores what it has assigned to pods, and the field of its configuration that they must match;
 * the default of each is no policy.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/cm/cpumanager/state/state_checkpoint.go
 */
const STATES = [
  { file: "cpu_manager_state", field: "cpuManagerPolicy", flag: "cpu-manager-policy", default: "none" },
  { file: "memory_manager_state", field: "memoryManagerPolicy", flag: "memory-manager-policy", default: "None" },
] as const;

/** The policy that a state file was written for; undefined when it does not exist, "" when it is unreadable. */
async function policyIn({ host }: StateContext, path: string): Promise<string | undefined> {
  const text = await host.readText(path);
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as { policyName?: unknown; data?: unknown } | null;
    // Newer kubelets have it in a JSON text within.
    const inner = typeof state?.data === "string" ? JSON.parse(state.data) as { policyName?: unknown } : undefined;
    const name = inner?.policyName ?? state?.policyName;
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

async function stateFindings(context: StateContext): Promise<Findings> {
  const { kubelet, ownPaths } = context;
  if (ownPaths.has(KUBELET_FILES.configuration)) return {}; // the state of this kubelet
  const flags = flagValues((await givenFlags(context)).flatMap(({ words }) => words));
  const errors: string[] = [];
  const paths: string[] = [];
  for (const { file, field, flag, default: none } of STATES) {
    const path = `${KUBELET_DIRECTORY}/${file}`;
    const [found, wanted] = [await policyIn(context, path), String(flags.get(flag) || kubelet?.[field] || none)];
    if (found === undefined || found === wanted) continue;
    paths.push(path);
    errors.push(
      found === ""
        ? `${path} is damaged: the kubelet does not start with this file`
        : `${path} has ${field} "${found}", must be "${wanted}": the kubelet does not start with this file`,
    );
  }
  return errors.length === 0
    ? {}
    : { errors, hint: `Remove the state of the earlier kubelet: rm ${commandLine(paths)}` };
}

/** Whether the state of an earlier kubelet keeps the new one from starting. */
export const STATE_CHECK: Check<StateContext> = { ...CHECKS.state, look: stateFindings };
