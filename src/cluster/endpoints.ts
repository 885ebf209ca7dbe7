/**
 * Addresses of the control plane and of cluster DNS.
 * @module
 */
import { formatAddress, formatHostPort, joinHostPort, nthAddress } from "../config/addresses.ts";
import type { ApiEndpoint, ClusterConfiguration } from "../config/types.ts";
import { PORTS } from "./paths.ts";

/** The loopback address of the family of `address`. */
export function loopbackLike(address: string): "127.0.0.1" | "::1" {
  return address.includes(":") ? "::1" : "127.0.0.1";
}

/** URL of the API server of this node. */
export function localUrl(endpoint: ApiEndpoint): string {
  return `https://${joinHostPort(endpoint.advertiseAddress, endpoint.bindPort)}`;
}

/** URL at which clients of the cluster reach the API: `controlPlaneEndpoint`, else the API server of this node. */
export function controlPlaneUrl(cluster: ClusterConfiguration, endpoint: ApiEndpoint): string {
  const { controlPlaneEndpoint } = cluster;
  return controlPlaneEndpoint ? `https://${formatHostPort(controlPlaneEndpoint)}` : localUrl(endpoint);
}

/** URL at which the etcd member on `address` serves clients. */
export function etcdClientUrl(address: string): string {
  return `https://${joinHostPort(address, PORTS.etcdClient)}`;
}

/** URL at which the etcd member on `address` serves other members. */
export function etcdPeerUrl(address: string): string {
  return `https://${joinHostPort(address, PORTS.etcdPeer)}`;
}

/**
 * Address of the DNS Service: number 10 of the first Service network. Written into every kubelet's configuration.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/constants/constants.go (GetDNSIP)
 */
export function clusterDnsAddress(cluster: ClusterConfiguration): string {
  return formatAddress(nthAddress(cluster.networking.serviceSubnet[0]!, 10));
}
