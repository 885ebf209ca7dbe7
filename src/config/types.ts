/**
 * The configuration in memory: complete, defaulted, validated, frozen. Field names and shapes are those of
 * `kubeadm.k8s.io/v1beta4`, so that it serializes to what kubeadm reads. Texts that stand for something else are that:
 * they were read when the document was opened, and are text again only in `serialize` (`values.ts`).
 * @module
 */
import type { InterfaceAddress } from "../system.ts";
import type { HostPort, Network } from "./addresses.ts";
import type { Duration } from "./duration.ts";
import type { Version } from "./kubernetes_version.ts";
import type { Timestamp } from "./time.ts";

/** A command line argument of a component; the same name may occur more than once. */
export interface Arg {
  name: string;
  value: string;
}

/** A core/v1 EnvVar. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: unknown;
}

/** A host path mounted into a control plane pod. */
export interface HostPathMount {
  name: string;
  hostPath: string;
  mountPath: string;
  readOnly?: boolean;
  pathType?: string;
}

/** A core/v1 Taint. */
export interface Taint {
  key: string;
  value?: string;
  effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** What a control plane component may be given besides the defaults. */
export interface ControlPlaneComponent {
  extraArgs: readonly Arg[];
  extraVolumes: readonly HostPathMount[];
  extraEnvs: readonly EnvVar[];
}

export interface LocalEtcd {
  imageRepository?: string;
  imageTag?: string;
  dataDir: string;
  extraArgs: readonly Arg[];
  extraEnvs: readonly EnvVar[];
  serverCertSANs: readonly string[];
  peerCertSANs: readonly string[];
}

export interface ExternalEtcd {
  endpoints: readonly string[];
  httpEndpoints: readonly string[];
  caFile: string;
  certFile: string;
  keyFile: string;
}

export type EncryptionAlgorithm = "RSA-2048" | "RSA-3072" | "RSA-4096" | "ECDSA-P256" | "ECDSA-P384";

/** Where API servers are reached. */
export type Endpoint = HostPort & { port: number };

/** What is the same for the whole cluster; stored in ConfigMap kube-system/kubeadm-config. */
export interface ClusterConfiguration {
  /** Its text has a leading `v`, `v1.37.2`, where `init` has resolved it. */
  kubernetesVersion: Version;
  clusterName: string;
  /** Absent: the local endpoint is the cluster's. */
  controlPlaneEndpoint?: Endpoint;
  certificatesDir: string;
  imageRepository: string;
  encryptionAlgorithm: EncryptionAlgorithm;
  certificateValidityPeriod: Duration;
  caCertificateValidityPeriod: Duration;
  /** One network, or one of each family; of pods perhaps none. */
  networking: { serviceSubnet: readonly Network[]; podSubnet: readonly Network[]; dnsDomain: string };
  /** Exactly one of the two. */
  etcd: { local?: LocalEtcd; external?: ExternalEtcd };
  apiServer: ControlPlaneComponent & { certSANs: readonly string[] };
  controllerManager: ControlPlaneComponent;
  scheduler: ControlPlaneComponent;
  dns: { imageRepository?: string; imageTag?: string; disabled?: boolean };
  proxy: { disabled?: boolean };
  featureGates: Readonly<Record<string, boolean>>;
}

export interface NodeRegistration {
  name: string;
  /** `unix:///run/containerd/containerd.sock`. */
  criSocket: string;
  taints: readonly Taint[];
  kubeletExtraArgs: readonly Arg[];
  /** Names of checks in lower case, as kubeadm compares them; `all` is every one. */
  ignorePreflightErrors: readonly string[];
  imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  imagePullSerial: boolean;
}

export interface ApiEndpoint {
  /** An IP address without brackets. */
  advertiseAddress: string;
  bindPort: number;
}

export interface BootstrapToken {
  /** `id.secret`; empty: `init` makes one (a lifetime was given, but no token). */
  token: string;
  description?: string;
  /** Absent when `expires` is given; 0: never. */
  ttl?: Duration;
  expires?: Timestamp;
  usages: readonly string[];
  groups: readonly string[];
}

export interface Timeouts {
  controlPlaneComponentHealthCheck: Duration;
  kubeletHealthCheck: Duration;
  kubernetesAPICall: Duration;
  etcdAPICall: Duration;
  tlsBootstrap: Duration;
  discovery: Duration;
  upgradeManifests: Duration;
}

/** A component's own configuration document, as given (untyped), or `{}`. */
export type ComponentConfiguration = Readonly<Record<string, unknown>>;

/** All that `init` works from. */
export interface InitConfiguration {
  cluster: ClusterConfiguration;
  nodeRegistration: NodeRegistration;
  localAPIEndpoint: ApiEndpoint;
  /** Empty: none were given, `init` makes one. */
  bootstrapTokens: readonly BootstrapToken[];
  certificateKey?: string;
  skipPhases: readonly string[];
  patchesDirectory?: string;
  timeouts: Timeouts;
  dryRun: boolean;
  /** The user's KubeletConfiguration document without defaults; `undefined` when none was given. */
  kubelet?: ComponentConfiguration;
  /** The user's KubeProxyConfiguration document without defaults; `undefined` when none was given. */
  kubeProxy?: ComponentConfiguration;
}

/** All that `join` works from. */
export interface JoinConfiguration {
  nodeRegistration: NodeRegistration;
  caCertPath: string;
  discovery: {
    bootstrapToken?: {
      token: string;
      apiServerEndpoint: Endpoint;
      caCertHashes: readonly string[];
      unsafeSkipCAVerification: boolean;
    };
    file?: { kubeConfigPath: string };
    tlsBootstrapToken: string;
  };
  controlPlane?: { localAPIEndpoint: ApiEndpoint; certificateKey?: string };
  skipPhases: readonly string[];
  patchesDirectory?: string;
  timeouts: Timeouts;
  dryRun: boolean;
}

/** A flag of umount2(2). */
export type UnmountFlag = "MNT_FORCE" | "MNT_DETACH" | "MNT_EXPIRE" | "UMOUNT_NOFOLLOW";

/** All that `reset` works from. */
export interface ResetConfiguration {
  certificatesDir: string;
  /** Whether to empty `/etc/kubernetes/tmp` as well. */
  cleanupTmpDir: boolean;
  /** `unix:///run/containerd/containerd.sock`. */
  criSocket: string;
  dryRun: boolean;
  /** Whether not to ask. */
  force: boolean;
  /** Names of checks in lower case; `all` is every one. */
  ignorePreflightErrors: readonly string[];
  skipPhases: readonly string[];
  timeouts: Timeouts;
  /** For what is mounted below the kubelet's folder. */
  unmountFlags: readonly UnmountFlag[];
}

/** How `upgrade node` upgrades. */
export interface UpgradeNode {
  certificateRenewal: boolean;
  dryRun: boolean;
  etcdUpgrade: boolean;
  /** Names of checks in lower case; `all` is every one. */
  ignorePreflightErrors: readonly string[];
  imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  imagePullSerial: boolean;
  patchesDirectory?: string;
  skipPhases: readonly string[];
}

/** What `upgrade plan` looks for. */
export interface UpgradePlan {
  /** A version, or a label that is yet to be resolved. */
  kubernetesVersion?: string;
  allowExperimentalUpgrades: boolean;
  allowRCUpgrades: boolean;
  dryRun: boolean;
  etcdUpgrade: boolean;
  ignorePreflightErrors: readonly string[];
  printConfig: boolean;
}

/** How `upgrade apply` upgrades. */
export interface UpgradeApply extends UpgradeNode, UpgradePlan {
  /** Whether not to ask. */
  forceUpgrade: boolean;
}

/** What `upgrade diff` shows. */
export interface UpgradeDiff {
  kubernetesVersion?: string;
  /** 0: as many as by default. */
  contextLines: number;
}

/** All that `upgrade` works from. */
export interface UpgradeConfiguration {
  apply: UpgradeApply;
  diff: UpgradeDiff;
  node: UpgradeNode;
  plan: UpgradePlan;
  timeouts: Timeouts;
}

/** What the command learned from the machine before the configuration is completed. `config/` itself never looks. */
export interface Facts {
  /** Kernel host name, as it is. */
  hostname: string;
  addresses: readonly InterfaceAddress[];
  /** Address that kubeadm would take: of the default route's interface, or a global one of `lo`, IPv4 first. */
  defaultAddress?: string;
  /** The same, IPv6 first. */
  defaultAddressV6?: string;
  /** Why there is no default address. */
  noDefaultAddress?: string;
  /** URLs of the CRI sockets to choose from on this host, in kubeadm's order of preference. */
  criSockets: readonly string[];
  /** Version of the kubelet on this host, `v1.37.2`; undefined when there is none. */
  kubeletVersion?: string;
  /** Where that kubelet is. */
  kubeletPath?: string;
}
