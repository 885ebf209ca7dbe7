/**
 * Labels and taints of a control plane Node.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/markcontrolplane/markcontrolplane.go
 * @module
 */
import type { Taint } from "../../config/types.ts";
import type { KubeObject } from "../../system.ts";

/** The label of the role; also the key of the taint that keeps other pods away. */
export const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

/** Labels of a control plane node, all without a value. */
export const CONTROL_PLANE_LABELS = [CONTROL_PLANE_LABEL, "node.kubernetes.io/exclude-from-external-load-balancers"];

/**
 * A JSON merge patch that adds the labels and the wanted taints to the Node, or undefined when it has them. It contains the
 * Node's resourceVersion, because it replaces the whole list of taints: taints that another client (the kubelet, a cloud
 * controller) adds in the meantime must not get lost. Other taints stay, except those of the same key and effect with another
 * value, which the API server does not allow in addition.
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
