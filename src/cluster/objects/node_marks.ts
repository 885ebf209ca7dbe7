/**
 * What marks a Node as one of the control plane.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/markcontrolplane/markcontrolplane.go
 * @module
 */
import type { Taint } from "../../config/types.ts";
import type { KubeObject } from "../../system.ts";

/** The label of the role; also the key of the taint that keeps other work away. */
export const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

/** Labels of a control plane node, all without a value. */
export const CONTROL_PLANE_LABELS = [CONTROL_PLANE_LABEL, "node.kubernetes.io/exclude-from-external-load-balancers"];

/**
 * A JSON merge patch that gives the Node the labels and the wanted taints, or undefined when it has them. It holds the
 * Node's resourceVersion, because it replaces the whole list of taints: one that somebody (the kubelet, a cloud
 * controller) adds meanwhile must not get lost. Other taints stay; the API server allows one a key and effect, so that a
 * taint of the same key and effect with another value gives way.
 */
export function controlPlaneMarks(node: KubeObject, wanted: readonly Taint[]): Record<string, unknown> | undefined {
  const present = (node.spec as { taints?: Taint[] } | undefined)?.taints ?? [];
  const labels = CONTROL_PLANE_LABELS.filter((label) => node.metadata.labels?.[label] !== "");
  const missing = wanted.filter((taint) => !present.some((other) => sameSlot(taint, other) && sameValue(taint, other)));
  if (labels.length === 0 && missing.length === 0) return undefined;
  return {
    metadata: {
      resourceVersion: node.metadata.resourceVersion,
      ...(labels.length > 0 ? { labels: Object.fromEntries(labels.map((label) => [label, ""])) } : {}),
    },
    ...(missing.length > 0
      ? { spec: { taints: [...missing, ...present.filter((other) => !missing.some((t) => sameSlot(t, other)))] } }
      : {}),
  };
}

function sameSlot(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

function sameValue(a: Taint, b: Taint): boolean {
  return (a.value ?? "") === (b.value ?? "");
}
