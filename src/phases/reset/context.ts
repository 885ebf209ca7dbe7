import type { LocalEtcdMember } from "../../node/local_etcd.ts";
import type { NodeIdentity } from "../../node/identity.ts";
import type { Made } from "../../receipt.ts";
import type { ResetConfiguration } from "../../config/types.ts";
import type { ContainerRuntime, EtcdClient, EtcdMember, Host, KubeClient } from "../../system.ts";

/** Which program created the node; `nobody`: no trace of a node was found. */
export type Maker = "kubewright" | "kubeadm" | "nobody";

/** The etcd member of this host, and the state of its cluster. */
export type EtcdState =
  /** No member on this host: a worker, or an external etcd. */
  | { kind: "none" }
  /** A member, but no member of the cluster answers. */
  | { kind: "silent"; local: LocalEtcdMember; error: Error }
  /** The only member: the cluster is deleted with it. */
  | { kind: "alone"; local: LocalEtcdMember }
  /** The cluster exists and no longer has this member. */
  | { kind: "removed"; local: LocalEtcdMember }
  /** The cluster has a member of this name or peer URL, but it is not verified to be the one of this host. */
  | { kind: "unproven"; local: LocalEtcdMember; member: EtcdMember; why: string }
  /** One of several members. `remaining` are clients for the others, and last for this one. */
  | { kind: "member"; local: LocalEtcdMember; member: EtcdMember; remaining: readonly EtcdClient[] };

/** The API of the cluster with one identity. */
export interface ResetApi {
  client: KubeClient;
  /** The name of the cluster in the kubeconfig. */
  clusterName: string;
  /** The CA certificates that verify the server. */
  caPem: string;
}

/** One thing that is not removed, and why. */
export interface Left {
  what: string;
  why: string;
}

/** What the phases of `reset` need. */
export interface ResetContext {
  host: Host;
  runtime: ContainerRuntime;
  config: ResetConfiguration;
  maker: Maker;
  /** The entries of the receipt; empty on a node that kubeadm created. */
  made: readonly Made[];
  /** Every line of the receipt could be used. */
  receiptIsWhole: boolean;
  /** The working directory of the kubelet, links resolved. */
  kubeletDirectory: string;
  /** The directory of the volumes (`--root-dir`), links resolved; undefined: the working directory. */
  rootDirectory: string | undefined;
  /** The node that this host is. */
  identity: NodeIdentity;
  etcd(): Promise<EtcdState>;
  /** The API of the cluster with the most privileged identity on this host; undefined without one. */
  api(): Promise<ResetApi | undefined>;
  /** The etcd data is kept, because phase remove-etcd-member is skipped. */
  keepEtcdData: boolean;
  /** Reports something on this host or in the cluster that this run does not remove: what, and why or what to do about it. */
  leave(what: string, why: string): void;
  /** Reports a step that failed: what may not be removed yet, and why. The receipt is kept for the next run. */
  open(what: string, why: string): void;
  /** The steps that failed so far. */
  readonly unfinished: readonly Left[];
  /** Reports what the run is doing. */
  doing(what: string): void;
  note(message: string): void;
  warn(message: string): void;
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
