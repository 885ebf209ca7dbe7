/**
 * etcd, one member on each control plane node.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/etcd/local.go
 * @module
 */
import { joinHostPort } from "../../config/addresses.ts";
import type { ApiEndpoint, ClusterConfiguration, LocalEtcd } from "../../config/types.ts";
import { parseGoUrl } from "../../config/url.ts";
import { argument, commandArguments } from "../arguments.ts";
import { etcdClientUrl, etcdPeerUrl, loopbackLike } from "../endpoints.ts";
import { etcdImage } from "../images.ts";
import { PORTS } from "../paths.ts";
import { releaseOf } from "../versions.ts";
import { type Component, type Health, mergeEnvironment } from "./pod.ts";
import { directory } from "./volumes.ts";

/** Part of the protocol: `join` and `reset` of kubeadm and kubewright read it to find the members. */
export const CLIENT_URLS_ANNOTATION = "kubeadm.kubernetes.io/etcd.advertise-client-urls";

/** A member of an etcd cluster. */
export interface EtcdMember {
  name: string;
  peerUrl: string;
}

/** The member on one node. `initialCluster`: all members including this one when it joins others; absent for the first. */
export function etcdMember(
  cluster: ClusterConfiguration,
  local: LocalEtcd,
  node: { name: string; endpoint: ApiEndpoint; initialCluster?: readonly EtcdMember[] },
): Component {
  const address = node.endpoint.advertiseAddress;
  return {
    name: "etcd",
    image: etcdImage(cluster),
    args: commandArguments(etcdArguments(cluster, local, node), local.extraArgs),
    // No proxy variables: members must not connect to each other through a proxy.
    env: mergeEnvironment(local.extraEnvs),
    health: etcdHealth(local, loopbackLike(address)),
    requests: { cpu: "100m", memory: "100Mi" },
    mounts: [
      directory("etcd-data", local.dataDir, false),
      directory("etcd-certs", `${cluster.certificatesDir}/etcd`, false),
    ],
    annotations: { [CLIENT_URLS_ANNOTATION]: etcdClientUrl(address) },
  };
}

function etcdArguments(
  cluster: ClusterConfiguration,
  local: LocalEtcd,
  { name, endpoint, initialCluster }: Parameters<typeof etcdMember>[2],
): Record<string, string> {
  const pki = `${cluster.certificatesDir}/etcd`;
  const address = endpoint.advertiseAddress;
  const [clientUrl, peerUrl] = [etcdClientUrl(address), etcdPeerUrl(address)];
  const loopback = loopbackLike(address);
  const members = initialCluster ?? [{ name, peerUrl }];
  return {
    "advertise-client-urls": clientUrl,
    "cert-file": `${pki}/server.crt`,
    "client-cert-auth": "true",
    "data-dir": local.dataDir,
    ...(isBefore36(cluster, local)
      ? { "experimental-initial-corrupt-check": "true", "experimental-watch-progress-notify-interval": "5s" }
      : { "feature-gates": "InitialCorruptCheck=true", "watch-progress-notify-interval": "5s" }),
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": members.map((member) => `${member.name}=${member.peerUrl}`).join(","),
    ...(initialCluster ? { "initial-cluster-state": "existing" } : {}),
    "key-file": `${pki}/server.key`,
    "listen-client-urls": `${etcdClientUrl(loopback)},${clientUrl}`,
    "listen-metrics-urls": `http://${joinHostPort(loopback, PORTS.etcdMetrics)}`,
    "listen-peer-urls": peerUrl,
    "name": name,
    "peer-cert-file": `${pki}/peer.crt`,
    "peer-client-cert-auth": "true",
    "peer-key-file": `${pki}/peer.key`,
    "peer-trusted-ca-file": `${pki}/ca.crt`,
    "snapshot-count": "10000",
    "trusted-ca-file": `${pki}/ca.crt`,
  };
}

/** Whether the user's tag is of an etcd before 3.6; a tag that is not a version is treated as newer. */
function isBefore36(cluster: ClusterConfiguration, { imageTag }: LocalEtcd): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(imageTag ?? "") ?? [];
  return releaseOf(cluster.kubernetesVersion).etcdBefore36 === true && major === "3" && Number(minor) < 6;
}

/** etcd serves health at the metrics URL: the first of the user's `listen-metrics-urls`, if set. */
function etcdHealth(local: LocalEtcd, loopback: string): Health {
  const paths = { liveness: "/livez", readiness: "/readyz", startup: "/readyz" };
  const url = parseGoUrl(argument(local.extraArgs, "listen-metrics-urls")?.split(",")[0] ?? "");
  if (!url) return { scheme: "HTTP", host: loopback, port: PORTS.etcdMetrics, paths };
  const port = Number(url.port);
  return {
    scheme: url.scheme === "https" ? "HTTPS" : "HTTP",
    host: url.hostname || loopback,
    port: port >= 1 && port <= 65535 ? port : PORTS.etcdMetrics,
    paths,
  };
}
