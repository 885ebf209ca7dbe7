/**
 * Where things are on a host, and the ports that they listen on. All of it is protocol: kubeadm, the packages of the
 * distributions, monitoring and people look for these very names.
 * @module
 */

/** `/etc/kubernetes`: kubeconfigs, certificates, manifests. */
export const KUBERNETES_DIRECTORY = "/etc/kubernetes";
/** The kubelet runs every file in here as a static pod (except names that begin with a dot). */
export const MANIFESTS_DIRECTORY = `${KUBERNETES_DIRECTORY}/manifests`;
/** Where upgrades and dry runs of kubeadm leave things. */
export const TEMPORARY_DIRECTORY = `${KUBERNETES_DIRECTORY}/tmp`;
/** The kubelet's working directory. */
export const KUBELET_DIRECTORY = "/var/lib/kubelet";

/** Where keys and certificates are, unless `certificatesDir` says otherwise. */
export const DEFAULT_CERTIFICATES_DIRECTORY = `${KUBERNETES_DIRECTORY}/pki`;

/** Where packages put the kubelet; taken when the check that there is one was overruled. */
export const DEFAULT_KUBELET_PROGRAM = "/usr/bin/kubelet";

/** The kubelet's files. */
export const KUBELET_FILES = {
  /** KubeletConfiguration. */
  configuration: `${KUBELET_DIRECTORY}/config.yaml`,
  /** What differs from node to node, kept apart so that an upgrade can write `configuration` anew. */
  instanceConfiguration: `${KUBELET_DIRECTORY}/instance-config.yaml`,
  /** Environment file with the flags that are not in `configuration`. */
  flags: `${KUBELET_DIRECTORY}/kubeadm-flags.env`,
  /** Identity of the node after bootstrap. */
  kubeconfig: `${KUBERNETES_DIRECTORY}/kubelet.conf`,
  /** Identity until then; removed afterwards. */
  bootstrapKubeconfig: `${KUBERNETES_DIRECTORY}/bootstrap-kubelet.conf`,
  /** Current client certificate and key in one file, rotated by the kubelet. */
  clientCertificate: `${KUBELET_DIRECTORY}/pki/kubelet-client-current.pem`,
} as const;

/** Kubeconfigs, by the name of who uses them. */
export const KUBECONFIG_FILES = {
  admin: `${KUBERNETES_DIRECTORY}/admin.conf`,
  superAdmin: `${KUBERNETES_DIRECTORY}/super-admin.conf`,
  kubelet: KUBELET_FILES.kubeconfig,
  controllerManager: `${KUBERNETES_DIRECTORY}/controller-manager.conf`,
  scheduler: `${KUBERNETES_DIRECTORY}/scheduler.conf`,
} as const;

/** What systemd-resolved serves to programs that must not go through its stub on 127.0.0.53. */
export const SYSTEMD_RESOLVED_FILE = "/run/systemd/resolve/resolv.conf";

/** The system's CA certificates. */
export const SYSTEM_CA_DIRECTORY = "/etc/ssl/certs";

/**
 * Where files in {@linkcode SYSTEM_CA_DIRECTORY} may be links to, by distribution; mounted as well when present.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/controlplane/volumes.go
 */
export const FURTHER_CA_DIRECTORIES = [
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs",
  "/etc/ca-certificates",
  "/usr/share/ca-certificates",
  "/usr/local/share/ca-certificates",
] as const;

/** TCP ports. The API server's is `localAPIEndpoint.bindPort`. */
export const PORTS = {
  etcdClient: 2379,
  etcdPeer: 2380,
  etcdMetrics: 2381,
  kubelet: 10250,
  kubeletHealthz: 10248,
  controllerManager: 10257,
  scheduler: 10259,
} as const;

/** Path of a static pod's manifest. */
export function manifestPath(component: string): string {
  return `${MANIFESTS_DIRECTORY}/${component}.yaml`;
}
