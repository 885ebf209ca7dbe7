/**
 * What a kubelet, and we for it, put into its working directory. The rest there is people's: seccomp profiles,
 * credentials for registries, credential providers.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubeletconfig/defaults.go
 * @module
 */

/** Names in the working directory, in the order in which to remove them: what tells of a cluster goes last. */
export const KUBELET_ENTRIES = [
  ..."pods pods-api plugins plugins_registry plugin-containers pod-resources device-plugins checkpoints".split(" "),
  ..."image_manager userns usernamespaces actuated_pods_state allocated_pods_state".split(" "),
  ..."cpu_manager_state memory_manager_state dra_manager_state graceful_node_shutdown_state .lock".split(" "),
  ..."pki instance-config.yaml kubeadm-flags.env config.yaml".split(" "),
] as const;

/** Directories of it in which volumes are mounted. */
export const VOLUME_DIRECTORIES = ["pods", "plugins"] as const;

/** Where the kubelet keeps the logs of pods, and links to the logs of containers. */
export const LOG_DIRECTORIES = { pods: "/var/log/pods", containers: "/var/log/containers" } as const;

/** Name of a pod's folder among the logs: `<namespace>_<pod>_<uid>`; the uid of a static pod is a hash. */
export const POD_LOG_FOLDER = /^[a-z0-9-]+_[a-z0-9.-]+_[0-9a-f-]{32,36}$/;
