/** How the pods of kube-system are: a node may be Ready while they never start. @module */
import type { KubeObject } from "../system.ts";

/** A pod that does not run as it should. */
export interface PodTrouble {
  name: string;
  /** What it waits for: `ContainerCreating`, `ImagePullBackOff: …`. */
  state: string;
  /** The kubelet has said why it does not run; else it may only need more time. */
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

/** Reasons to wait that pass by themselves. */
const PASSING = ["ContainerCreating", "PodInitializing"];

function partsOf(pod: KubeObject): PodParts {
  return pod as unknown as PodParts;
}

/** The first container that does not run, in words; undefined when all do. */
function containerState(
  states: readonly (ContainerState | undefined)[],
): { state: string; stuck: boolean } | undefined {
  for (const state of states) {
    const { reason, message } = state?.waiting ?? {};
    if (reason !== undefined) {
      return { state: [reason, message].filter(Boolean).join(": "), stuck: !PASSING.includes(reason) };
    }
    const { exitCode = 0, reason: end } = state?.terminated ?? {};
    if (exitCode !== 0) return { state: `ended with code ${exitCode}${end ? ` (${end})` : ""}`, stuck: true };
  }
  return undefined;
}

/** Why the pod is not ready; undefined when it is, has done its work, or is being removed. */
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
    ...found ?? { state: status.phase === "Running" ? "not ready" : String(status.phase), stuck: false },
  };
}

/** Whether the pod has its network: its sandbox could be made. */
export function hasNetwork(pod: KubeObject): boolean {
  const { spec, status } = partsOf(pod);
  return spec?.hostNetwork === true || Boolean(status?.podIP);
}

/** Whether it only shows a static pod, which the kubelet runs by a file. */
export function isMirror(pod: KubeObject): boolean {
  return pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

/** Whether the pod is on the node, or not on any yet. */
export function concerns(pod: KubeObject, node: string): boolean {
  const { spec } = partsOf(pod);
  return spec?.nodeName === undefined || spec.nodeName === node;
}
