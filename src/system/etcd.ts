/** etcd. @module */

/** One member of an etcd cluster. */
export interface EtcdMember {
  /** Decimal. */
  id: string;
  /** Empty until it has started. */
  name: string;
  peerURLs: readonly string[];
  clientURLs: readonly string[];
  isLearner: boolean;
}

/** How to prove who we are to etcd. PEM texts. */
export interface EtcdCredentials {
  caPem: string;
  certificatePem: string;
  keyPem: string;
}

/** etcd, as one of its members sees it. Errors are `UserError`s that name the endpoint. */
export interface EtcdClient {
  readonly endpoint: string;
  /** All members of the cluster. */
  members(): Promise<EtcdMember[]>;

  /** Takes the member out of the cluster; a no-op when it is not in it. Reports a Change. */
  removeMember(member: EtcdMember): Promise<void>;
}
