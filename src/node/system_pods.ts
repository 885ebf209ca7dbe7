/** The state of the pods of kube-system: a node may be Ready while they never start. @module */
import type { KubeObject } from "../system.ts";

/** A pod that is not ready. */
export interface PodTrouble {
  name: string;
  /** What it waits for: `ContainerCreating`, `ImagePullBackOff: …`. */
  state: string;
  /** The kubelet reported why it does not run; otherwise it may only need more time. */
  stuck: boolean;
  /** Since when. */
  since: Date;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: unknown;
  terminated?: { exitCode?: number; reason?: string };
}

interface PodParts {
  metadata: { name: string; creationTimestamp?: string; deletionTimestamp?: string };
  spec?: { nodeName?: string; hostNetwork?: boolean };
  status?: {
    phase?: string;
    podIP?: string;
    conditions?: { type?: string; status?: string; reason?: string; message?: string; lastTransitionTime?: string }[];
    initContainerStatuses?: { state?: ContainerState }[];
    containerStatuses?: { state?: ContainerState }[];
  };
}

/** Reasons to wait that end by themselves. */
const PASSING = ["ContainerCreating", "PodInitializing"];

function partsOf(pod: KubeObject): PodParts {
  return pod as unknown as PodParts;
}

/** The state of the first container that does not run; undefined when all run. */
function containerState(
  states: readonly (ContainerState | undefined)[],
): { state: string; stuck: boolean } | undefined {
  for (const state of states) {
    const { reason, message } = state?.waiting ?? {};
    if (reason !== undefined) {
      return { state: [reason, message].filter(Boolean).join(": "), stuck: !PASSING.includes(reason) };
    }
    const { exitCode = 0, reason: end } = state?.terminated ?? {};
    if (exitCode !== 0) {
      return { state: `container exited, exit code ${exitCode}${end ? ` (${end})` : ""}`, stuck: true };
    }
  }
  return undefined;
}

/** Why the pod is not ready; undefined when it is ready, has completed, or is being deleted. */
export function podTrouble(pod: KubeObject): PodTrouble | undefined {
  const { metadata, status = {} } = partsOf(pod);
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True" || status.phase === "Succeeded" || metadata.deletionTimestamp !== undefined) {
    return undefined;
  }
  const since = new Date(ready?.lastTransitionTime ?? metadata.creationTimestamp ?? 0);
  const about = { name: metadata.name, since };
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    return { ...about, state: `Pending: ${scheduled.message ?? scheduled.reason}`, stuck: false };
  }
  const found = containerState([...initContainerStatuses, ...containerStatuses].map(({ state }) => state));
  return {
    ...about,
    ...found ?? { state: status.phase === "Running" ? "running, but not ready" : String(status.phase), stuck: false },
  };
}

/** Whether the pod has its network: its sandbox was created. */
export function hasNetwork(pod: KubeObject): boolean {
  const { spec, status } = partsOf(pod);
  return spec?.hostNetwork === true || Boolean(status?.podIP);
}

/** Whether it only mirrors a static pod, which the kubelet runs from a file. */
export function isMirror(pod: KubeObject): boolean {
  return pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

/** Whether the pod is on the node, or not scheduled yet. */
export function concerns(pod: KubeObject, node: string): boolean {
  const { spec } = partsOf(pod);
  return spec?.nodeName === undefined || spec.nodeName === node;
}
