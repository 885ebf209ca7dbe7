/**
 * The files of the kubelet and of kubewright in the kubelet's working directory. Other files there belong to the user:
 * seccomp profiles, credentials for registries, credential providers.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubeletconfig/defaults.go
 * @module
 */

/** Names in the working directory, in the order of removal: the files that identify a cluster are last. */
export const KUBELET_ENTRIES = [
  ..."pods pods-api plugins plugins_registry plugin-containers pod-resources device-plugins checkpoints".split(" "),
  ..."image_manager userns usernamespaces actuated_pods_state allocated_pods_state".split(" "),
  ..."cpu_manager_state memory_manager_state dra_manager_state graceful_node_shutdown_state .lock".split(" "),
  ..."pki instance-config.yaml kubeadm-flags.env config.yaml".split(" "),
] as const;

/** Directories in it with mounted volumes. */
export const VOLUME_DIRECTORIES = ["pods", "plugins"] as const;

/** Directories of the logs of pods, and of links to the logs of containers. */
export const LOG_DIRECTORIES = { pods: "/var/log/pods", containers: "/var/log/containers" } as const;

/** Name of a pod's log directory: `<namespace>_<pod>_<uid>`; the uid of a static pod is a hash. */
export const POD_LOG_FOLDER = /^[a-z0-9-]+_[a-z0-9.-]+_[0-9a-f-]{32,36}$/;
