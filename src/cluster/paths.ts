/**
 * Paths and ports on a host. All are part of the protocol: kubeadm, packages of distributions, monitoring and users rely on
 * them.
 * @module
 */

/** `/etc/kubernetes`: kubeconfigs, certificates, manifests. */
export const KUBERNETES_DIRECTORY = "/etc/kubernetes";
/** The kubelet runs every file in it as a static pod (except names that start with a dot). */
export const MANIFESTS_DIRECTORY = `${KUBERNETES_DIRECTORY}/manifests`;
/** Files of upgrades and dry runs of kubeadm. */
export const TEMPORARY_DIRECTORY = `${KUBERNETES_DIRECTORY}/tmp`;
/** The kubelet's working directory. */
export const KUBELET_DIRECTORY = "/var/lib/kubelet";

/** The default of `certificatesDir`. */
export const DEFAULT_CERTIFICATES_DIRECTORY = `${KUBERNETES_DIRECTORY}/pki`;

/** The kubelet of packages; used when the check for a kubelet is ignored. */
export const DEFAULT_KUBELET_PROGRAM = "/usr/bin/kubelet";

/** The kubelet's files. */
export const KUBELET_FILES = {
  /** KubeletConfiguration. */
  configuration: `${KUBELET_DIRECTORY}/config.yaml`,
  /** Settings of this node, in a separate file so that an upgrade can rewrite `configuration`. */
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

/** Kubeconfigs, by user. */
export const KUBECONFIG_FILES = {
  admin: `${KUBERNETES_DIRECTORY}/admin.conf`,
  superAdmin: `${KUBERNETES_DIRECTORY}/super-admin.conf`,
  kubelet: KUBELET_FILES.kubeconfig,
  controllerManager: `${KUBERNETES_DIRECTORY}/controller-manager.conf`,
  scheduler: `${KUBERNETES_DIRECTORY}/scheduler.conf`,
} as const;

/** The resolver configuration of systemd-resolved without its stub on 127.0.0.53. */
export const SYSTEMD_RESOLVED_FILE = "/run/systemd/resolve/resolv.conf";

/** The system's CA certificates. */
export const SYSTEM_CA_DIRECTORY = "/etc/ssl/certs";

/**
 * Targets of links in {@linkcode SYSTEM_CA_DIRECTORY}, by distribution; also mounted if present.
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
