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

/** The client's identity and the CA of etcd. PEM texts. */
export interface EtcdCredentials {
  caPem: string;
  certificatePem: string;
  keyPem: string;
}

/** etcd, through one of its members. Errors are `UserError`s that name the endpoint. */
export interface EtcdClient {
  readonly endpoint: string;
  /** All members of the cluster. */
  members(): Promise<EtcdMember[]>;

  /** Removes the member from the cluster; a no-op when it is not a member. Reports a Change. */
  removeMember(member: EtcdMember): Promise<void>;
}
