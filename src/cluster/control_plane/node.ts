/** One control plane node of a cluster. @module */
import type { ApiEndpoint, ClusterConfiguration, NodeRegistration, Timeouts } from "../../config/types.ts";

/**
 * The input of certificates, kubeconfigs, static pods, and their checks and waits, for every command: `init` creates it from
 * its own configuration, others from that of the cluster and theirs.
 */
export interface ControlPlaneNode {
  readonly cluster: ClusterConfiguration;
  /** The name, taints and kubelet arguments of this node. */
  readonly registration: NodeRegistration;
  /** The endpoint of the API server of this node; the etcd member of this node has the same address. */
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
