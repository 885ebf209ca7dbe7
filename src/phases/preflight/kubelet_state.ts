/** What an earlier kubelet remembers, and a new one may not go on with. @module */
import { KUBELET_DIRECTORY, KUBELET_FILES } from "../../cluster/paths.ts";
import { flagValues } from "../../cluster/kubelet/unit_syntax.ts";
import type { ComponentConfiguration } from "../../config/types.ts";
import { givenFlags, type GivenFlagsContext } from "./kubelet_flags.ts";
import type { Check, Findings } from "./run.ts";
import { commandLine } from "../../text/shell.ts";

interface StateContext extends GivenFlagsContext {
  kubelet?: ComponentConfiguration;
  ownPaths: ReadonlySet<string>;
}

/**
 * Files in which the kubelet keeps what it has given to pods, and the field of its configuration that they have to agree
 * with; the default of each is no policy.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/cm/cpumanager/state/state_checkpoint.go
 */
const STATES = [
  { file: "cpu_manager_state", field: "cpuManagerPolicy", flag: "cpu-manager-policy", default: "none" },
  { file: "memory_manager_state", field: "memoryManagerPolicy", flag: "memory-manager-policy", default: "None" },
] as const;

/** The policy that a state file was written for; undefined when there is none, "" when it cannot be read. */
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
  if (ownPaths.has(KUBELET_FILES.configuration)) return {}; // of the very kubelet that is here
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
        ? `${path} is damaged: the kubelet would not start with it`
        : `${path} is of a kubelet with ${field} "${found}", this one has "${wanted}": it would not start with the file`,
    );
  }
  return errors.length === 0 ? {} : { errors, hint: `Remove what an earlier kubelet left: rm ${commandLine(paths)}` };
}

/** Whether the kubelet would refuse to start because of what an earlier one left. */
export const STATE_CHECK: Check<StateContext> = { name: "KubeletState", essential: true, look: stateFindings };
