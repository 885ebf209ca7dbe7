/**
 * The result of `status`, as `--output json` prints it (schemas/status.json). What could not be checked is left out and
 * listed under `unseen`. Times are RFC 3339 in UTC.
 * @module
 */
import type { ManagerState } from "../../system.ts";

/** The role of this host in its cluster. */
export type Role = "control-plane" | "worker" | "none";

/** A problem or a warning. */
export interface Trouble {
  /** `kubelet`, `kube-apiserver`, `node`, `certificates` … */
  where: string;
  what: string;
  /** Last lines of a journal or log, without secrets. */
  details?: readonly string[];
  hints?: readonly string[];
}

/** The container runtime. */
export interface Runtime {
  socket: string;
  name?: string;
  version?: string;
  ready: boolean;
  /** Whether pods can have a network. */
  networkReady?: boolean;
}

/** The kubelet's unit and process. */
export interface Kubelet {
  /** systemd's ActiveState: `active`, `inactive`, `failed`, `activating` (between two starts); or `absent`. */
  state: string;
  /** Whether systemd starts it at boot: `enabled`, `disabled` … */
  startsAtBoot?: string;
  since?: string;
  restarts: number;
  version?: string;
  /** Whether it answers on its port. */
  answers?: boolean;
}

/** One static pod of the control plane. */
export interface Component {
  name: string;
  /** Tag of the image in its manifest. */
  version?: string;
  manifest: string;
  /** Of its newest container; `absent` when the runtime has none. */
  state?: string;
  since?: string;
  restarts?: number;
  exitCode?: number;
  healthy?: boolean;
  /** Why not. */
  health?: string;
  /** The URL that was probed. */
  endpoint?: string;
}

/** An etcd member as the API server reaches it. Its health requires a quorum of the members. */
export interface EtcdMember {
  endpoint: string;
  healthy: boolean;
  version?: string;
  /** Its state, or why it does not answer. */
  state: string;
}

/** The API server that this node uses: its own, or that of the control plane. */
export interface ApiServer {
  endpoint: string;
  reachable: boolean;
  ready: boolean;
  version?: string;
  /** Its state, or why it does not answer. */
  state: string;
}

/** The Node object of this host. */
export interface NodeState {
  name: string;
  /** Whether the Node exists. */
  found: boolean;
  ready: boolean;
  /** Why it is not ready, and pressures. */
  reasons: readonly string[];
  /** The kubelet's version as the Node has it. */
  version?: string;
  schedulable: boolean;
}

/** A pod of the node's system that is not ready. */
export interface PodState {
  namespace: string;
  name: string;
  /** What it waits for: `ContainerCreating`, `ImagePullBackOff: …`. */
  state: string;
  /** The kubelet reported why it does not run; otherwise it may only need more time. */
  stuck: boolean;
  since?: string;
}

/** One certificate. */
export interface CertificateState {
  /** `apiserver`, `admin.conf`, `kubelet-client`. */
  name: string;
  path: string;
  authority: boolean;
  expires: string;
  daysLeft: number;
}

/** The whole answer. */
export interface Status {
  host: string;
  role: Role;
  /** Everything could be checked, and there are no problems. */
  healthy: boolean;
  /** systemd, the process 1. */
  systemd?: ManagerState;
  runtime?: Runtime;
  kubelet?: Kubelet;
  components: readonly Component[];
  /** Of this host, or external; empty on workers. */
  etcd: readonly EtcdMember[];
  apiServer?: ApiServer;
  node?: NodeState;
  /** Pods of kube-system and kube-flannel that are not ready. */
  pods?: readonly PodState[];
  certificates: readonly CertificateState[];
  problems: readonly Trouble[];
  warnings: readonly Trouble[];
  /** What could not be checked, and why. */
  unseen: readonly { what: string; why: string }[];
}
