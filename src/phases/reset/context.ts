import type { LocalEtcdMember } from "../../cluster/local_etcd.ts";
import type { NodeIdentity } from "../../cluster/node_identity.ts";
import type { ReceiptEntry } from "../../cluster/receipt_entries.ts";
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
  /** The authorities that the server is verified with. */
  caPem: string;
}

/** What the phases of `reset` need. */
export interface ResetContext {
  host: Host;
  runtime: ContainerRuntime;
  config: ResetConfiguration;
  maker: Maker;
  /** The receipt; empty on a host that kubeadm made. */
  made: readonly ReceiptEntry[];
  /** The kubelet's working directory without links in it. */
  kubeletDirectory: string;
  /** The node that this host is. */
  identity: NodeIdentity;
  etcd(): Promise<EtcdState>;
  /** The cluster's API, as the best identity that this host has; undefined without one. */
  api(): Promise<ResetApi | undefined>;
  /** What etcd wrote stays (its phase is skipped). */
  keepEtcdData: boolean;
  /** Asks the person, unless that was ruled out. @throws {UserError} when the answer is not yes. */
  confirm(): Promise<void>;
  /** Something stays on this host or in the cluster: what, and why or what to do about it. */
  leave(what: string, why: string): void;
  note(message: string): void;
  warn(message: string): void;
}

/** The message of what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
