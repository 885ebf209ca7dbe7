/**
 * kube-controller-manager.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/controlplane/manifests.go
 * @module
 */
import { networksText } from "../../config/addresses.ts";
import type { ClusterConfiguration, EnvVar, HostPathMount } from "../../config/types.ts";
import { argument, commandArguments } from "../arguments.ts";
import { kubernetesImage } from "../images.ts";
import { KUBECONFIG_FILES, PORTS } from "../paths.ts";
import { releaseOf } from "../versions.ts";
import { type Component, mergeEnvironment, probeHost } from "./pod.ts";
import { certificateMounts, directory, kubeconfigMount, mergeMounts } from "./volumes.ts";

/** Flexvolume drivers; writable, because drivers create sockets in their directory. */
const FLEXVOLUME_DIRECTORY = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec";

/** The controller manager. `externalCA`: the CA's key is not on this host, so that it cannot sign certificates. */
export function controllerManager(
  cluster: ClusterConfiguration,
  host: { caDirectories: readonly string[]; proxyEnvironment: readonly EnvVar[]; externalCA?: boolean },
): Component {
  const { extraArgs, extraEnvs, extraVolumes } = cluster.controllerManager;
  return {
    name: "kube-controller-manager",
    image: kubernetesImage("kube-controller-manager", cluster),
    args: commandArguments(controllerManagerArguments(cluster, host.externalCA ?? false), extraArgs),
    env: mergeEnvironment(host.proxyEnvironment, extraEnvs),
    health: {
      scheme: "HTTPS",
      host: probeHost(argument(extraArgs, "bind-address") ?? "127.0.0.1"),
      port: PORTS.controllerManager,
      paths: { liveness: "/healthz", startup: "/healthz" },
    },
    requests: { cpu: "200m" },
    mounts: mergeMounts(
      certificateMounts(cluster, host.caDirectories),
      [kubeconfigMount(KUBECONFIG_FILES.controllerManager)],
      flexvolumeMounts(cluster),
      extraVolumes,
    ),
  };
}

function controllerManagerArguments(cluster: ClusterConfiguration, externalCA: boolean): Record<string, string> {
  const pki = cluster.certificatesDir;
  const { podSubnet, serviceSubnet } = cluster.networking;
  return {
    ...(podSubnet.length > 0
      ? {
        "allocate-node-cidrs": "true",
        "cluster-cidr": networksText(podSubnet),
        "service-cluster-ip-range": networksText(serviceSubnet),
      }
      : {}),
    "authentication-kubeconfig": KUBECONFIG_FILES.controllerManager,
    "authorization-kubeconfig": KUBECONFIG_FILES.controllerManager,
    "bind-address": "127.0.0.1",
    "client-ca-file": `${pki}/ca.crt`,
    "cluster-name": cluster.clusterName,
    // Empty values disable the signing controller, which would end the process without the key.
    "cluster-signing-cert-file": externalCA ? "" : `${pki}/ca.crt`,
    "cluster-signing-key-file": externalCA ? "" : `${pki}/ca.key`,
    // The two controllers of bootstrap tokens are off by default.
    "controllers": "*,bootstrapsigner,tokencleaner",
    "kubeconfig": KUBECONFIG_FILES.controllerManager,
    "leader-elect": "true",
    "requestheader-client-ca-file": `${pki}/front-proxy-ca.crt`,
    "root-ca-file": `${pki}/ca.crt`,
    "service-account-private-key-file": `${pki}/sa.key`,
    "use-service-account-credentials": "true",
  };
}

function flexvolumeMounts(cluster: ClusterConfiguration): HostPathMount[] {
  if (!releaseOf(cluster.kubernetesVersion).flexvolume) return [];
  const path = argument(cluster.controllerManager.extraArgs, "flex-volume-plugin-dir") ?? FLEXVOLUME_DIRECTORY;
  return [directory("flexvolume-dir", path, false)];
}
