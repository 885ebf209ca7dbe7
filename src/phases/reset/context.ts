import type { LocalEtcdMember } from "../../node/local_etcd.ts";
import type { NodeIdentity } from "../../node/identity.ts";
import type { Made } from "../../receipt.ts";
import type { ResetConfiguration } from "../../config/types.ts";
import type { ContainerRuntime, EtcdClient, EtcdMember, Host, KubeClient } from "../../system.ts";

/** Who made the node that is to be reset; `nobody`: there is no trace of one. */
export type Maker = "kubewright" | "kubeadm" | "nobody";

/** This host's etcd, and what its cluster is. */
export type EtcdState =
  /** No member here: a worker, or etcd is external. */
  | { kind: "none" }
  /** There is one, but nobody tells what others there are. */
  | { kind: "silent"; local: LocalEtcdMember; error: Error }
  /** The only one of its cluster, which ends with it. */
  | { kind: "alone"; local: LocalEtcdMember }
  /** No longer one of its cluster, which goes on. */
  | { kind: "removed"; local: LocalEtcdMember }
  /** The cluster has a member of this name or peer URL, but it is not proven to be this host's. */
  | { kind: "unproven"; local: LocalEtcdMember; member: EtcdMember; why: string }
  /** One of several. `remaining` are clients for the others, and for this one last. */
  | { kind: "member"; local: LocalEtcdMember; member: EtcdMember; remaining: readonly EtcdClient[] };

/** The cluster's API as one identity sees it. */
export interface ResetApi {
  client: KubeClient;
  /** What the kubeconfig calls the cluster. */
  clusterName: string;
  /** The authorities that the server is verified with. */
  caPem: string;
}

/** One thing that stays, and why. */
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
  /** The receipt; empty on a host that kubeadm made. */
  made: readonly Made[];
  /** There is nothing in the receipt that could not be used. */
  receiptIsWhole: boolean;
  /** The kubelet's working directory without links in it. */
  kubeletDirectory: string;
  /** Where the kubelet keeps its volumes instead, without links in it; undefined: in its working directory. */
  rootDirectory: string | undefined;
  /** The node that this host is. */
  identity: NodeIdentity;
  etcd(): Promise<EtcdState>;
  /** The cluster's API, as the best identity that this host has; undefined without one. */
  api(): Promise<ResetApi | undefined>;
  /** What etcd wrote stays (its phase is skipped). */
  keepEtcdData: boolean;
  /** Something stays on this host or in the cluster that is not this run's to remove: what, and why or what to do about it. */
  leave(what: string, why: string): void;
  /** A step could not be finished: what of the node may still be there, and why. The receipt stays for the next run. */
  open(what: string, why: string): void;
  /** Steps that could not be finished so far. */
  readonly unfinished: readonly Left[];
  /** What the run is at, for a person who waits. */
  doing(what: string): void;
  note(message: string): void;
  warn(message: string): void;
}

/** The message of what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
