/**
 * The configurations that real kubeadm and kubewright are given, each in the very same words.
 *
 * @module
 */

import { release } from "../versions.ts";
import { documents } from "../config.ts";
import { DIRECTORY, WRITE_PATCHES } from "../patched.ts";

type Mapping = Record<string, unknown>;

/** One configuration. */
export interface Case {
  name: string;
  /** Over the InitConfiguration. */
  init?: Mapping;
  /** Over the ClusterConfiguration. */
  cluster?: Mapping;
  /** A KubeletConfiguration; without it there is no such document. */
  kubelet?: Mapping;
  /** A KubeProxyConfiguration; without it there is no such document. */
  kubeProxy?: Mapping;
  /** Environment of both programs. */
  env?: Record<string, string>;
  /** Shell script that prepares the host for either program; run twice, it does the same. */
  before?: string;
  /** Files that either program makes outside the usual folders. */
  further?: readonly string[];
  /** Further phases that talk to the API server. */
  phases?: readonly string[];
  /** Whether its objects are those of another configuration, so that only files are compared. */
  onlyFiles?: true;
  /** Whether an etcd of somebody else's runs on the host, on port 2379; for clusters that are booted. */
  etcd?: true;
  /** The API server's address instead of the host's own. */
  address?: string;
}

/** A token with a known value. */
export const TOKEN = "abcdef.0123456789abcdef";

const API_VERSION = "kubeadm.k8s.io/v1beta4";

/** The configuration as one YAML text for a host. */
export function configurationOf(of: Case, address: string): string {
  const { nodeRegistration, localAPIEndpoint, ...init } = of.init ?? {};
  return documents([
    {
      apiVersion: API_VERSION,
      kind: "InitConfiguration",
      bootstrapTokens: [{ token: TOKEN }],
      localAPIEndpoint: { advertiseAddress: of.address ?? address, ...localAPIEndpoint as Mapping },
      ...(nodeRegistration ? { nodeRegistration } : {}),
      ...init,
    },
    { apiVersion: API_VERSION, kind: "ClusterConfiguration", kubernetesVersion: release().kubernetes, ...of.cluster },
    ...(of.kubelet
      ? [{ apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration", ...of.kubelet }]
      : []),
    ...(of.kubeProxy
      ? [{ apiVersion: "kubeproxy.config.k8s.io/v1alpha1", kind: "KubeProxyConfiguration", ...of.kubeProxy }]
      : []),
  ]);
}

/** `{a: "1"}` as v1beta4 has arguments. */
function args(of: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(of).map(([name, value]) => ({ name, value }));
}

/** Keys that are made at once, where the kind of key is not the point. */
const QUICK = { encryptionAlgorithm: "ECDSA-P256" };

/** Somebody's own CA: older than the cluster, with another name and another validity. */
const OWN_CA = `mkdir -p /etc/kubernetes/pki; cd /etc/kubernetes/pki
cp /root/own-ca.crt ca.crt; cp /root/own-ca.key ca.key; chmod 600 ca.key`;

const EXTERNAL = "/etc/ext-etcd";

/** All configurations. */
export const CASES: readonly Case[] = [
  { name: "defaults" },
  { name: "ecdsa-p256", cluster: { encryptionAlgorithm: "ECDSA-P256" } },
  { name: "ecdsa-p384", cluster: { encryptionAlgorithm: "ECDSA-P384" } },
  { name: "rsa-3072", cluster: { encryptionAlgorithm: "RSA-3072" } },
  {
    name: "dual-stack",
    cluster: {
      ...QUICK,
      networking: {
        podSubnet: "10.244.0.0/16,fd00:10:244::/56",
        serviceSubnet: "10.96.0.0/16,fd00:10:96::/112",
      },
    },
  },
  {
    name: "ipv6-only",
    address: "fd00:77::21",
    cluster: {
      ...QUICK,
      networking: { podSubnet: "fd00:10:244::/56", serviceSubnet: "fd00:10:96::/112" },
    },
  },
  {
    name: "external-etcd-https",
    cluster: {
      ...QUICK,
      etcd: {
        external: {
          endpoints: ["https://10.77.0.31:2379", "https://10.77.0.32:2379"],
          caFile: `${EXTERNAL}/ca.crt`,
          certFile: `${EXTERNAL}/client.crt`,
          keyFile: `${EXTERNAL}/client.key`,
        },
      },
    },
  },
  {
    name: "external-etcd-http",
    cluster: { ...QUICK, etcd: { external: { endpoints: ["http://10.77.0.31:2379"] } } },
  },
  {
    name: "certificate-names",
    cluster: {
      ...QUICK,
      apiServer: {
        certSANs: ["zz.example.test", "192.0.2.7", "2001:db8::7", "aa.example.test", "*.wild.example.test"],
      },
      etcd: { local: { serverCertSANs: ["etcd.example.test", "192.0.2.9"], peerCertSANs: ["192.0.2.8"] } },
    },
  },
  {
    name: "extra-args",
    cluster: {
      ...QUICK,
      apiServer: {
        extraArgs: [
          ...args({ "audit-log-path": "/var/log/audit.log", "authorization-mode": "Node,RBAC,Webhook" }),
          ...args({ "service-account-issuer": "https://issuer.example.test" }),
          ...args({ "service-account-issuer": "https://old.example.test" }),
        ],
      },
      controllerManager: {
        extraArgs: args({ "node-cidr-mask-size": "25", "bind-address": "0.0.0.0", "leader-elect": "false" }),
      },
      scheduler: { extraArgs: args({ v: "4", "bind-address": "0.0.0.0" }) },
      networking: { podSubnet: "10.244.0.0/16" },
    },
  },
  {
    name: "extra-volumes",
    cluster: {
      ...QUICK,
      apiServer: {
        extraVolumes: [
          { name: "zz", hostPath: "/etc/zz", mountPath: "/etc/zz", readOnly: true, pathType: "DirectoryOrCreate" },
          { name: "audit", hostPath: "/var/log/audit.log", mountPath: "/audit.log", pathType: "FileOrCreate" },
          { name: "ca-certs", hostPath: "/opt/certs", mountPath: "/etc/ssl/certs", readOnly: false },
        ],
      },
      controllerManager: { extraVolumes: [{ name: "a", hostPath: "/a", mountPath: "/b" }] },
      scheduler: {
        extraVolumes: [{ name: "policy", hostPath: "/etc/policy", mountPath: "/policy", pathType: "File" }],
      },
    },
  },
  {
    name: "extra-envs",
    env: { HTTP_PROXY: "http://proxy.example.test:3128", no_proxy: "10.0.0.0/8,.example.test", EMPTY_PROXY: "" },
    cluster: {
      ...QUICK,
      apiServer: {
        extraEnvs: [{ name: "ZZ", value: "1" }, {
          name: "AA",
          valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
        }],
      },
      controllerManager: { extraEnvs: [{ name: "HTTP_PROXY", value: "http://other.example.test:1" }] },
      scheduler: { extraEnvs: [{ name: "GODEBUG", value: "http2client=0" }] },
      etcd: { local: { extraEnvs: [{ name: "ETCD_LOGGER", value: "zap" }] } },
    },
  },
  {
    name: "proxy-environment",
    env: {
      https_proxy: "http://proxy.example.test:3128",
      NO_PROXY: "localhost,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
      ALL_PROXY: "socks5://10.0.0.1:1",
    },
    cluster: QUICK,
  },
  {
    name: "certificates-dir",
    cluster: { ...QUICK, certificatesDir: "/etc/custom/pki" },
    further: ["/etc/custom"],
  },
  { name: "addons-disabled", cluster: { ...QUICK, dns: { disabled: true }, proxy: { disabled: true } } },
  { name: "image-repository", cluster: { ...QUICK, imageRepository: "registry.example.test:5000/k8s" } },
  {
    name: "image-tags",
    cluster: {
      ...QUICK,
      dns: { imageRepository: "dns.example.test/team", imageTag: "v9.9.9" },
      etcd: { local: { imageRepository: "etcd.example.test", imageTag: "3.7.0-9" } },
    },
  },
  { name: "no-taints", init: { nodeRegistration: { taints: [] } }, cluster: QUICK },
  {
    name: "taints",
    init: {
      nodeRegistration: {
        taints: [
          { key: "dedicated", value: "infra", effect: "NoSchedule" },
          { key: "example.test/slow", effect: "PreferNoSchedule" },
        ],
      },
    },
    cluster: QUICK,
  },
  {
    name: "validity",
    cluster: { ...QUICK, certificateValidityPeriod: "2160h0m0s", caCertificateValidityPeriod: "43800h" },
  },
  {
    name: "component-configs",
    cluster: QUICK,
    kubelet: {
      cgroupDriver: "cgroupfs",
      failCgroupV1: false,
      maxPods: 200,
      clusterDNS: ["10.96.0.99"],
      clusterDomain: "other.test",
      rotateCertificates: false,
      serverTLSBootstrap: true,
      authentication: { anonymous: { enabled: true }, webhook: { cacheTTL: "3m0s" } },
      healthzPort: 10249,
      evictionHard: { "memory.available": "100Mi" },
      resolvConf: "/etc/other-resolv.conf",
      readOnlyPort: 0,
    },
    kubeProxy: { mode: "nftables", conntrack: { maxPerCore: 0 }, clusterCIDR: "10.1.0.0/16", bindAddress: "127.0.0.1" },
  },
  {
    name: "networking",
    cluster: {
      ...QUICK,
      networking: { dnsDomain: "corp.example.test", serviceSubnet: "172.20.0.0/16", podSubnet: "192.168.0.0/17" },
    },
  },
  { name: "endpoint-host", cluster: { ...QUICK, controlPlaneEndpoint: "api.example.test" } },
  { name: "endpoint-host-port", cluster: { ...QUICK, controlPlaneEndpoint: "api.example.test:8443" } },
  { name: "endpoint-ip", cluster: { ...QUICK, controlPlaneEndpoint: "192.0.2.10:6443" } },
  { name: "endpoint-ipv6", cluster: { ...QUICK, controlPlaneEndpoint: "[2001:db8::10]:6443" } },
  { name: "bind-port", init: { localAPIEndpoint: { bindPort: 7443 } }, cluster: QUICK },
  { name: "cluster-name", cluster: { ...QUICK, clusterName: "alpha" } },
  {
    name: "kubelet-args",
    init: {
      nodeRegistration: {
        kubeletExtraArgs: [
          ...args({ "node-ip": "10.77.0.21", "hostname-override": "other.example.test" }),
          ...args({ "node-labels": "a=b,c=d", "v": "4" }),
        ],
      },
    },
    cluster: QUICK,
  },
  { name: "node-name", init: { nodeRegistration: { name: "node.example.test" } }, cluster: QUICK },
  {
    name: "timeouts",
    init: {
      timeouts: {
        controlPlaneComponentHealthCheck: "6m0s",
        kubeletHealthCheck: "1m30s",
        kubernetesAPICall: "2m",
        etcdAPICall: "1m0s",
        tlsBootstrap: "3m0s",
        discovery: "4m0s",
      },
    },
    cluster: QUICK,
  },
  {
    name: "etcd-local",
    cluster: {
      ...QUICK,
      etcd: {
        local: {
          dataDir: "/data/etcd",
          extraArgs: args({ "quota-backend-bytes": "8589934592", "listen-metrics-urls": "http://0.0.0.0:2381" }),
        },
      },
    },
    further: ["/data"],
  },
  {
    name: "tokens",
    init: {
      bootstrapTokens: [
        { token: TOKEN, description: "for workers", ttl: "2h0m0s" },
        { token: "bbbbbb.0123456789abcdef", ttl: "0s" },
        { token: "cccccc.0123456789abcdef", groups: ["system:bootstrappers:team-a", "system:bootstrappers:b:c"] },
        { token: "dddddd.0123456789abcdef", ttl: "30m", usages: ["authentication"] },
      ],
    },
    cluster: QUICK,
  },
  { name: "default-token", init: { bootstrapTokens: undefined }, cluster: QUICK },
  { name: "feature-gates", cluster: { ...QUICK, featureGates: { RootlessControlPlane: false } } },
  {
    name: "upload-certs",
    init: { certificateKey: "0123456789abcdef".repeat(4) },
    phases: ["upload-certs --upload-certs"],
    cluster: QUICK,
  },
  { name: "patches", before: WRITE_PATCHES, init: { patches: { directory: DIRECTORY } }, cluster: QUICK },
  { name: "own-ca", before: OWN_CA, cluster: QUICK, onlyFiles: true },
  { name: "own-ca-bundle", before: `${OWN_CA}; cat /root/former-ca.crt >>ca.crt`, cluster: QUICK, onlyFiles: true },
];
