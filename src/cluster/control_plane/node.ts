/** One control plane node of a cluster. @module */
import type { ApiEndpoint, ClusterConfiguration, NodeRegistration, Timeouts } from "../../config/types.ts";

/**
 * What certificates, kubeconfigs, static pods and their checks and waits are made from, whichever command makes the node:
 * `init` from its own configuration, others from the cluster's and theirs.
 */
export interface ControlPlaneNode {
  readonly cluster: ClusterConfiguration;
  /** The name, taints and kubelet arguments of this node. */
  readonly registration: NodeRegistration;
  /** Where the API server of this node listens; the etcd member of this node has the same address. */
  readonly endpoint: ApiEndpoint;
  readonly timeouts: Timeouts;
}

/** The node that a configuration describes, in the names of kubeadm's API. */
export function controlPlaneNode(config: {
  readonly cluster: ClusterConfiguration;
  readonly nodeRegistration: NodeRegistration;
  readonly localAPIEndpoint: ApiEndpoint;
  readonly timeouts: Timeouts;
}): ControlPlaneNode {
  const { cluster, nodeRegistration: registration, localAPIEndpoint: endpoint, timeouts } = config;
  return { cluster, registration, endpoint, timeouts };
}
