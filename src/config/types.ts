/**
 * The configuration in memory: complete, defaulted, validated, frozen. Field names and shapes are those of
 * `kubeadm.k8s.io/v1beta4`, so that it serializes to what kubeadm reads. Durations, networks, endpoints, versions and times
 * are parsed when a document is opened, and formatted only in `serialize` (`values.ts`).
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

/** Settings of a control plane component in addition to the defaults. */
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

/** The address at which clients reach API servers. */
export type Endpoint = HostPort & { port: number };

/** The configuration of the whole cluster; stored in ConfigMap kube-system/kubeadm-config. */
export interface ClusterConfiguration {
  /** After `init` resolved it, its text has a leading `v`: `v1.37.2`. */
  kubernetesVersion: Version;
  clusterName: string;
  /** Absent: clients use the local endpoint. */
  controlPlaneEndpoint?: Endpoint;
  certificatesDir: string;
  imageRepository: string;
  encryptionAlgorithm: EncryptionAlgorithm;
  certificateValidityPeriod: Duration;
  caCertificateValidityPeriod: Duration;
  /** One network, or one of each family; podSubnet may be empty. */
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
  /** Names of checks in lower case, as kubeadm compares them; `all` means every check. */
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
  /** `id.secret`; empty: `init` generates one (a lifetime was given, but no token). */
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

/** The configuration of `init`. */
export interface InitConfiguration {
  cluster: ClusterConfiguration;
  nodeRegistration: NodeRegistration;
  localAPIEndpoint: ApiEndpoint;
  /** Empty: none were given, `init` generates one. */
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

/** The configuration of `join`. */
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

/** The configuration of `reset`. */
export interface ResetConfiguration {
  certificatesDir: string;
  /** Whether to also empty `/etc/kubernetes/tmp`. */
  cleanupTmpDir: boolean;
  /** `unix:///run/containerd/containerd.sock`. */
  criSocket: string;
  dryRun: boolean;
  /** Whether to skip the confirmation. */
  force: boolean;
  /** Names of checks in lower case; `all` means every check. */
  ignorePreflightErrors: readonly string[];
  skipPhases: readonly string[];
  timeouts: Timeouts;
  /** For mounts below the kubelet's directory. */
  unmountFlags: readonly UnmountFlag[];
}

/** How `upgrade node` upgrades. */
export interface UpgradeNode {
  certificateRenewal: boolean;
  dryRun: boolean;
  etcdUpgrade: boolean;
  /** Names of checks in lower case; `all` means every check. */
  ignorePreflightErrors: readonly string[];
  imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  imagePullSerial: boolean;
  patchesDirectory?: string;
  skipPhases: readonly string[];
}

/** How `upgrade plan` plans. */
export interface UpgradePlan {
  /** A version, or an unresolved label. */
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
  /** Whether to skip the confirmation. */
  forceUpgrade: boolean;
}

/** How `upgrade diff` compares. */
export interface UpgradeDiff {
  kubernetesVersion?: string;
  /** 0: the default number. */
  contextLines: number;
}

/** The configuration of `upgrade`. */
export interface UpgradeConfiguration {
  apply: UpgradeApply;
  diff: UpgradeDiff;
  node: UpgradeNode;
  plan: UpgradePlan;
  timeouts: Timeouts;
}

/** Facts about the host that complete the configuration. The caller collects them: `config/` never reads the host. */
export interface Facts {
  /** Kernel host name, unchanged. */
  hostname: string;
  addresses: readonly InterfaceAddress[];
  /** The address that kubeadm would use: of the default route's interface, or a global one of `lo`, IPv4 first. */
  defaultAddress?: string;
  /** The same, IPv6 first. */
  defaultAddressV6?: string;
  /** Why there is no default address. */
  noDefaultAddress?: string;
  /** URLs of the CRI sockets found on this host, in kubeadm's order of preference. */
  criSockets: readonly string[];
  /** Version of the kubelet on this host, `v1.37.2`; undefined when there is none. */
  kubeletVersion?: string;
  /** Path of that kubelet. */
  kubeletPath?: string;
}
