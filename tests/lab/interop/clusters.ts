/**
 * Configurations of clusters that are booted whole. `ADDRESS` and `ADDRESS6` stand for those of the host.
 *
 * @module
 */

import { type Case, TOKEN } from "./cases.ts";

const QUICK = { encryptionAlgorithm: "ECDSA-P256" };

export const CLUSTERS: readonly Case[] = [
  { name: "booted-defaults" },
  {
    name: "booted-dual-stack",
    init: { nodeRegistration: { kubeletExtraArgs: [{ name: "node-ip", value: "ADDRESS,ADDRESS6" }] } },
    cluster: {
      ...QUICK,
      networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" },
    },
  },
  {
    name: "booted-ipv6-only",
    address: "ADDRESS6",
    init: { nodeRegistration: { kubeletExtraArgs: [{ name: "node-ip", value: "ADDRESS6" }] } },
    cluster: { ...QUICK, networking: { podSubnet: "fd00:10:244::/56", serviceSubnet: "fd00:10:96::/112" } },
  },
  {
    name: "booted-external-etcd",
    etcd: true,
    cluster: { ...QUICK, etcd: { external: { endpoints: ["http://127.0.0.1:2379"] } } },
  },
  {
    name: "booted-bare",
    init: {
      nodeRegistration: { taints: [] },
      bootstrapTokens: [{ token: TOKEN, ttl: "0s" }, { token: "bbbbbb.0123456789abcdef", usages: ["authentication"] }],
    },
    cluster: { ...QUICK, dns: { disabled: true }, proxy: { disabled: true } },
  },
  {
    name: "booted-names",
    before: "echo '127.0.0.1 api.example.test' >>/etc/hosts; echo 'ADDRESS node.example.test' >>/etc/hosts",
    init: {
      localAPIEndpoint: { bindPort: 7443 },
      nodeRegistration: {
        name: "node.example.test",
        taints: [{ key: "dedicated", value: "infra", effect: "NoSchedule" }],
      },
    },
    cluster: {
      ...QUICK,
      clusterName: "alpha",
      controlPlaneEndpoint: "api.example.test",
      apiServer: { certSANs: ["other.example.test", "192.0.2.7"] },
      networking: { dnsDomain: "corp.example.test", serviceSubnet: "172.20.0.0/16", podSubnet: "192.168.0.0/17" },
    },
  },
  {
    name: "booted-extras",
    env: { https_proxy: "http://192.0.2.1:3128", no_proxy: "ADDRESS,10.96.0.0/12,127.0.0.1,localhost" },
    further: ["/etc/custom", "/data"],
    cluster: {
      ...QUICK,
      certificatesDir: "/etc/custom/pki",
      apiServer: {
        extraArgs: [
          { name: "audit-log-path", value: "/var/log/audit/audit.log" },
          { name: "service-account-issuer", value: "https://issuer.example.test" },
          { name: "service-account-issuer", value: "https://kubernetes.default.svc.cluster.local" },
        ],
        extraVolumes: [
          { name: "audit", hostPath: "/var/log/audit", mountPath: "/var/log/audit", pathType: "DirectoryOrCreate" },
        ],
        extraEnvs: [{ name: "GOGC", value: "100" }],
      },
      controllerManager: { extraArgs: [{ name: "node-cidr-mask-size", value: "25" }] },
      scheduler: { extraArgs: [{ name: "v", value: "1" }] },
      etcd: { local: { dataDir: "/data/etcd", extraArgs: [{ name: "quota-backend-bytes", value: "8589934592" }] } },
      networking: { podSubnet: "10.244.0.0/16" },
    },
    kubelet: { maxPods: 99, serverTLSBootstrap: false },
    kubeProxy: { mode: "nftables" },
  },
  {
    name: "booted-skip-phases",
    init: { skipPhases: ["addon/kube-proxy", "mark-control-plane", "kubelet-finalize"] },
    cluster: QUICK,
  },
];
