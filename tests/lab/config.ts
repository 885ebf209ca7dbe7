/**
 * Cluster configuration that lab hosts need, in kubeadm's own format: for the peer, the demo and every scenario.
 *
 * @module
 */

import { COREDNS, minor, release } from "./versions.ts";

/** Range of pod addresses in the lab. */
export const POD_SUBNET = "10.244.0.0/16";
/** Range of service addresses in the lab. */
export const SERVICE_SUBNET = "10.96.0.0/12";
/** Checks that cannot pass in the lab for reasons of this machine: control groups v1, no loadable modules; swap outside. */
export const IGNORED_PREFLIGHT_ERRORS = ["SystemVerification", "Swap"];

const API_VERSION = "kubeadm.k8s.io/v1beta4";
const CRI_SOCKET = "unix:///run/containerd/containerd.sock";

/** What a cluster of the lab may differ in. */
export interface ClusterOptions {
  /** Address of the first control plane host. */
  address: string;
  /** Name of the first node; its host name by default. */
  nodeName?: string;
  podSubnet?: string;
  serviceSubnet?: string;
  /** RSA-2048 by default, as kubeadm has it. */
  algorithm?: "RSA-2048" | "ECDSA-P256";
  /** `v1.37.2`; the lab's release by default. */
  kubernetesVersion?: string;
  /** `host:port` in front of several control planes. */
  controlPlaneEndpoint?: string;
  certSans?: readonly string[];
  /** A bootstrap token instead of a random one. */
  token?: string;
  /** Merged over the InitConfiguration. */
  init?: Record<string, unknown>;
  /** Merged over the KubeletConfiguration, and so on. */
  kubelet?: Record<string, unknown>;
  kubeProxy?: Record<string, unknown>;
  cluster?: Record<string, unknown>;
}

/** Init-, Cluster-, Kubelet- and KubeProxyConfiguration as one YAML text (every document is JSON, which is YAML). */
export function initConfiguration(options: ClusterOptions): string {
  return documents([
    {
      apiVersion: API_VERSION,
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: options.address, bindPort: 6443 },
      nodeRegistration: nodeRegistration(options.nodeName),
      ...(options.token === undefined ? {} : { bootstrapTokens: [{ token: options.token, ttl: "24h0m0s" }] }),
      ...options.init,
    },
    {
      apiVersion: API_VERSION,
      kind: "ClusterConfiguration",
      kubernetesVersion: options.kubernetesVersion ?? release().kubernetes,
      networking: {
        podSubnet: options.podSubnet ?? POD_SUBNET,
        serviceSubnet: options.serviceSubnet ?? SERVICE_SUBNET,
        dnsDomain: "cluster.local",
      },
      encryptionAlgorithm: options.algorithm ?? "RSA-2048",
      ...(options.controlPlaneEndpoint === undefined ? {} : { controlPlaneEndpoint: options.controlPlaneEndpoint }),
      ...(options.certSans === undefined ? {} : { apiServer: { certSANs: options.certSans } }),
      ...dnsOfLab(),
      ...options.cluster,
    },
    kubeletConfiguration(options.kubelet),
    kubeProxyConfiguration(options.kubeProxy),
  ]);
}

/** The lab has one CoreDNS, that of 1.37: an older kubeadm has to be told. */
export function dnsOfLab(): Record<string, unknown> {
  return minor() === "1.37" ? {} : { dns: { imageTag: COREDNS } };
}

/** Where a joining host finds its cluster, and how it knows that it is the right one. */
export interface JoinOptions {
  /** `address:6443`. */
  endpoint: string;
  token: string;
  /** `sha256:` and 64 hex digits. */
  caCertHash: string;
  nodeName?: string;
}

/** A JoinConfiguration for a worker of the lab as YAML text. */
export function joinConfiguration(options: JoinOptions): string {
  return documents([{
    apiVersion: API_VERSION,
    kind: "JoinConfiguration",
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: options.endpoint,
        token: options.token,
        caCertHashes: [options.caCertHash],
      },
    },
    nodeRegistration: nodeRegistration(options.nodeName),
  }]);
}

/**
 * What a kubelet needs here: this kernel has control groups v1 only, and containerd is set to cgroupfs. The disk is the
 * machine's: how full that is must not make nodes taint themselves, evict pods and delete images.
 */
export function kubeletConfiguration(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "cgroupfs",
    failCgroupV1: false,
    failSwapOn: false,
    evictionHard: { "imagefs.available": "16Mi", "nodefs.available": "16Mi" },
    imageGCHighThresholdPercent: 100,
    ...over,
  };
}

/** What kube-proxy needs here: it may not write nf_conntrack_max. */
export function kubeProxyConfiguration(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    conntrack: { maxPerCore: 0, min: 0 },
    ...over,
  };
}

/** Objects as the documents of one YAML text. */
export function documents(objects: readonly unknown[]): string {
  return objects.map((object) => JSON.stringify(object, undefined, 2)).join("\n---\n") + "\n";
}

function nodeRegistration(name: string | undefined): Record<string, unknown> {
  return {
    ...(name === undefined ? {} : { name }),
    criSocket: CRI_SOCKET,
    ignorePreflightErrors: IGNORED_PREFLIGHT_ERRORS,
  };
}
