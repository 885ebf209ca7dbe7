/**
 * Names of the container images of a cluster.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/images/images.go
 * @module
 */
import type { ClusterConfiguration } from "../config/types.ts";
import { releaseOf } from "./versions.ts";

/** The registry of released images. */
export const DEFAULT_IMAGE_REPOSITORY = "registry.k8s.io";

/** Components whose image tag is the version of Kubernetes. */
export type KubernetesComponent = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kube-proxy";

/** Image of a component that is built from the Kubernetes repository. */
export function kubernetesImage(component: KubernetesComponent, cluster: ClusterConfiguration): string {
  return `${cluster.imageRepository}/${component}:${imageTag(cluster.kubernetesVersion.text)}`;
}

/** Image of the sandbox container. */
export function pauseImage(cluster: ClusterConfiguration): string {
  return `${cluster.imageRepository}/pause:${releaseOf(cluster.kubernetesVersion).pause}`;
}

/** Image of etcd as a static pod. */
export function etcdImage(cluster: ClusterConfiguration): string {
  const { imageRepository, imageTag } = cluster.etcd.local ?? {};
  return `${imageRepository || cluster.imageRepository}/etcd:${imageTag || releaseOf(cluster.kubernetesVersion).etcd}`;
}

/** Image of CoreDNS. Only the default registry has it one level deeper. */
export function dnsImage(cluster: ClusterConfiguration): string {
  const { imageRepository, imageTag } = cluster.dns;
  const repository = imageRepository || cluster.imageRepository;
  const path = repository === DEFAULT_IMAGE_REPOSITORY ? "coredns/coredns" : "coredns";
  return `${repository}/${path}:${imageTag || releaseOf(cluster.kubernetesVersion).coredns}`;
}

/** A version as an image tag: invalid characters (the `+` of build metadata) become `_`. */
function imageTag(version: string): string {
  return version.replaceAll(/[^-\w.]/g, "_");
}
