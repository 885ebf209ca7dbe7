/**
 * A complete configuration with nothing but defaults, for unit tests to start from.
 * @module
 */
import type { ControlPlaneNode } from "../../src/cluster/control_plane/node.ts";
import { versionOf } from "../../src/cluster/versions.ts";
import { networks } from "../../src/config/addresses.ts";
import { duration } from "../../src/config/duration.ts";
import type { ClusterConfiguration, LocalEtcd } from "../../src/config/types.ts";

const NOTHING_EXTRA = { extraArgs: [], extraVolumes: [], extraEnvs: [] };

/** etcd as a static pod, nothing else said. */
export const SAMPLE_ETCD: LocalEtcd = {
  dataDir: "/var/lib/etcd",
  extraArgs: [],
  extraEnvs: [],
  serverCertSANs: [],
  peerCertSANs: [],
};

/** The defaults, with some fields in place of theirs. */
export function sampleCluster(fields: Partial<ClusterConfiguration> = {}): ClusterConfiguration {
  return {
    kubernetesVersion: versionOf("v1.37.2"),
    clusterName: "kubernetes",
    certificatesDir: "/etc/kubernetes/pki",
    imageRepository: "registry.k8s.io",
    encryptionAlgorithm: "RSA-2048",
    certificateValidityPeriod: duration("8760h"),
    caCertificateValidityPeriod: duration("87600h"),
    networking: { serviceSubnet: networks("10.96.0.0/12"), podSubnet: [], dnsDomain: "cluster.local" },
    etcd: { local: SAMPLE_ETCD },
    apiServer: { ...NOTHING_EXTRA, certSANs: [] },
    controllerManager: NOTHING_EXTRA,
    scheduler: NOTHING_EXTRA,
    dns: {},
    proxy: {},
    featureGates: {},
    ...fields,
  };
}

/** Node `k1` at 10.77.0.21, with a cluster of {@linkcode sampleCluster}. */
export function sampleNode(
  cluster: Partial<ClusterConfiguration> = {},
  fields: Partial<ControlPlaneNode> = {},
): ControlPlaneNode {
  return {
    cluster: sampleCluster(cluster),
    registration: {
      name: "k1",
      criSocket: "unix:///run/containerd/containerd.sock",
      taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
      kubeletExtraArgs: [],
      ignorePreflightErrors: [],
      imagePullPolicy: "IfNotPresent",
      imagePullSerial: true,
    },
    endpoint: { advertiseAddress: "10.77.0.21", bindPort: 6443 },
    timeouts: {
      controlPlaneComponentHealthCheck: duration("4m"),
      kubeletHealthCheck: duration("4m"),
      kubernetesAPICall: duration("1m"),
      etcdAPICall: duration("2m"),
      tlsBootstrap: duration("5m"),
      discovery: duration("5m"),
      upgradeManifests: duration("5m"),
    },
    ...fields,
  };
}
