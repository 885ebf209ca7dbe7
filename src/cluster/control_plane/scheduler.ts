/**
 * kube-scheduler.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/controlplane/manifests.go
 * @module
 */
import type { ClusterConfiguration, EnvVar } from "../../config/types.ts";
import { argument, commandArguments } from "../arguments.ts";
import { kubernetesImage } from "../images.ts";
import { KUBECONFIG_FILES, PORTS } from "../paths.ts";
import { type Component, mergeEnvironment, probeHost } from "./pod.ts";
import { kubeconfigMount, mergeMounts } from "./volumes.ts";

/** The scheduler. */
export function scheduler(cluster: ClusterConfiguration, host: { proxyEnvironment: readonly EnvVar[] }): Component {
  const { extraArgs, extraEnvs, extraVolumes } = cluster.scheduler;
  const defaults = {
    "authentication-kubeconfig": KUBECONFIG_FILES.scheduler,
    "authorization-kubeconfig": KUBECONFIG_FILES.scheduler,
    "bind-address": "127.0.0.1",
    "kubeconfig": KUBECONFIG_FILES.scheduler,
    "leader-elect": "true",
  };
  return {
    name: "kube-scheduler",
    image: kubernetesImage("kube-scheduler", cluster),
    args: commandArguments(defaults, extraArgs),
    env: mergeEnvironment(host.proxyEnvironment, extraEnvs),
    health: {
      scheme: "HTTPS",
      host: probeHost(argument(extraArgs, "bind-address") ?? "127.0.0.1"),
      port: PORTS.scheduler,
      paths: { liveness: "/livez", readiness: "/readyz", startup: "/livez" },
    },
    requests: { cpu: "100m" },
    mounts: mergeMounts([kubeconfigMount(KUBECONFIG_FILES.scheduler)], extraVolumes),
  };
}
