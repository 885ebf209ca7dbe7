import type { ClusterConfiguration } from "../../config/types.ts";
import { ADDONS } from "../addons/table.ts";
import { etcdImage, kubernetesImage, pauseImage } from "../images.ts";

/** All images of a control plane node, in the order of `kubeadm config images list`. */
export function controlPlaneImages(cluster: ClusterConfiguration): string[] {
  return [
    kubernetesImage("kube-apiserver", cluster),
    kubernetesImage("kube-controller-manager", cluster),
    kubernetesImage("kube-scheduler", cluster),
    ...[ADDONS["kube-proxy"], ADDONS.coredns].flatMap((one) => one.wanted({ cluster }) ? one.images(cluster) : []),
    pauseImage(cluster),
    ...(cluster.etcd.local ? [etcdImage(cluster)] : []),
  ];
}
