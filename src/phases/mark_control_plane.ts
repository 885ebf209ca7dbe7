import { controlPlaneMarks } from "../cluster/objects/node_marks.ts";
import type { NodeRegistration } from "../config/types.ts";
import type { KubeClient } from "../system.ts";
import type { Phase } from "./phase.ts";
import { httpStatusOf } from "../system/kube_error.ts";

/** What marking the node needs. */
export interface MarkControlPlaneContext {
  nodeRegistration: NodeRegistration;
  admin(): Promise<KubeClient>;
}

/** Number of attempts when another client changes the Node at the same time. */
const ATTEMPTS = 10;
/** HTTP status of a patch whose resourceVersion is no longer the newest. */
const CONFLICT = 409;

/** Adds the labels and taints of a control plane node; others are kept. */
export const markControlPlane: Phase<MarkControlPlaneContext> = {
  name: "mark-control-plane",
  summary: "label and taint the node as a control plane node",
  needs: ["admin-access", "wait-node-registered"],
  async run({ nodeRegistration, admin }) {
    const reference = { apiVersion: "v1", kind: "Node", name: nodeRegistration.name };
    const client = await admin();
    for (let attempt = 1;; attempt++) {
      const node = await client.get(reference) ??
        { apiVersion: "v1", kind: "Node", metadata: { name: nodeRegistration.name } };
      const marks = controlPlaneMarks(node, nodeRegistration.taints);
      if (!marks) return;
      try {
        return await client.patch(reference, marks);
      } catch (error) {
        if (httpStatusOf(error) !== CONFLICT || attempt === ATTEMPTS) throw error;
      }
    }
  },
};
