/**
 * kube-apiserver.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/controlplane/manifests.go
 * @module
 */
import { joinHostPort, networksText } from "../../config/addresses.ts";
import type { ApiEndpoint, ClusterConfiguration, EnvVar } from "../../config/types.ts";
import { argument, commandArguments } from "../arguments.ts";
import { etcdClientUrl, loopbackLike } from "../endpoints.ts";
import { kubernetesImage } from "../images.ts";
import { type Component, mergeEnvironment, probeHost } from "./pod.ts";
import { certificateMounts, externalEtcdMounts, mergeMounts } from "./volumes.ts";

/** Part of the protocol: `join`, `upgrade` and `reset` of kubeadm and kubewright read it. */
export const ADVERTISE_ADDRESS_ANNOTATION = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint";

/** The API server of one node. */
export function apiServer(
  cluster: ClusterConfiguration,
  endpoint: ApiEndpoint,
  host: { caDirectories: readonly string[]; proxyEnvironment: readonly EnvVar[] },
): Component {
  const { extraArgs, extraEnvs, extraVolumes } = cluster.apiServer;
  const { external } = cluster.etcd;
  return {
    name: "kube-apiserver",
    image: kubernetesImage("kube-apiserver", cluster),
    args: commandArguments(apiServerArguments(cluster, endpoint), extraArgs),
    env: mergeEnvironment(host.proxyEnvironment, extraEnvs),
    health: {
      scheme: "HTTPS",
      host: probeHost(endpoint.advertiseAddress),
      port: endpoint.bindPort,
      paths: { liveness: "/livez", readiness: "/readyz", startup: "/livez" },
    },
    requests: { cpu: "250m" },
    mounts: mergeMounts(
      certificateMounts(cluster, host.caDirectories),
      external ? externalEtcdMounts(external, cluster.certificatesDir) : [],
      extraVolumes,
    ),
    annotations: { [ADVERTISE_ADDRESS_ANNOTATION]: joinHostPort(endpoint.advertiseAddress, endpoint.bindPort) },
  };
}

function apiServerArguments(cluster: ClusterConfiguration, endpoint: ApiEndpoint): Record<string, string> {
  const pki = cluster.certificatesDir;
  return {
    "advertise-address": endpoint.advertiseAddress,
    "allow-privileged": "true",
    // The flag and an AuthorizationConfiguration file are mutually exclusive.
    ...(argument(cluster.apiServer.extraArgs, "authorization-config") === undefined
      ? { "authorization-mode": "Node,RBAC" }
      : {}),
    "client-ca-file": `${pki}/ca.crt`,
    "enable-admission-plugins": "NodeRestriction",
    "enable-bootstrap-token-auth": "true",
    ...etcdArguments(cluster, endpoint),
    "kubelet-client-certificate": `${pki}/apiserver-kubelet-client.crt`,
    "kubelet-client-key": `${pki}/apiserver-kubelet-client.key`,
    "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
    "proxy-client-cert-file": `${pki}/front-proxy-client.crt`,
    "proxy-client-key-file": `${pki}/front-proxy-client.key`,
    // Without the allowed names, every client certificate of that CA could impersonate any user.
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-client-ca-file": `${pki}/front-proxy-ca.crt`,
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "secure-port": String(endpoint.bindPort),
    "service-account-issuer": `https://kubernetes.default.svc.${cluster.networking.dnsDomain}`,
    "service-account-key-file": `${pki}/sa.pub`,
    "service-account-signing-key-file": `${pki}/sa.key`,
    "service-cluster-ip-range": networksText(cluster.networking.serviceSubnet),
    "tls-cert-file": `${pki}/apiserver.crt`,
    "tls-private-key-file": `${pki}/apiserver.key`,
  };
}

/** Flags for etcd: the member on this node over loopback, or the user's own cluster (over http without TLS files). */
function etcdArguments(cluster: ClusterConfiguration, endpoint: ApiEndpoint): Record<string, string> {
  const { external, local } = cluster.etcd;
  if (external) {
    return {
      "etcd-servers": external.endpoints.join(","),
      ...(external.caFile ? { "etcd-cafile": external.caFile } : {}),
      ...(external.certFile && external.keyFile
        ? { "etcd-certfile": external.certFile, "etcd-keyfile": external.keyFile }
        : {}),
    };
  }
  const pki = cluster.certificatesDir;
  return {
    "etcd-servers": argument(local?.extraArgs ?? [], "advertise-client-urls") ??
      etcdClientUrl(loopbackLike(endpoint.advertiseAddress)),
    "etcd-cafile": `${pki}/etcd/ca.crt`,
    "etcd-certfile": `${pki}/apiserver-etcd-client.crt`,
    "etcd-keyfile": `${pki}/apiserver-etcd-client.key`,
  };
}
