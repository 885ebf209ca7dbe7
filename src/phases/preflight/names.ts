/**
 * Names of checks, as `--ignore-preflight-errors` takes them: kubeadm's, and those that only kubewright has.
 * @module
 */
import { suggestion } from "../../config/suggest.ts";

/**
 * kubeadm's names that are always the same, those of its other commands and of releases before too: what is ignored there may be
 * ignored here.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/preflight/checks.go
 */
const KUBEADM = [
  ...["IsPrivilegedUser", "NumCPU", "Mem", "KubernetesVersion", "Firewalld", "HTTPProxy", "HTTPProxyCIDR"],
  ...["CRI", "ContainerRuntimeVersion", "Swap", "SystemVerification", "Hostname", "KubeletVersion", "Service-kubelet"],
  ...["ExternalEtcdVersion", "ExternalEtcdClientCertificates", "ImagePull", "FileExisting-cp", "FileExisting-losetup"],
  ...["FileExisting-mount", "FileExisting-conntrack", "FileExisting-crictl", "FileExisting-iptables", "CreateJob"],
  ...["ControlPlaneNodesReady", "StaticPodManifest", "CoreDNSUnsupportedPlugins", "CoreDNSMigration"],
  ...["Port-6443", "Port-10250", "Port-10257", "Port-10259", "Port-2379", "Port-2380", "DirAvailable--var-lib-etcd"],
  ...["FileAvailable--etc-kubernetes-kubelet.conf", "FileAvailable--etc-kubernetes-bootstrap-kubelet.conf"],
  ...["FileAvailable--etc-kubernetes-pki-ca.crt", "FileContent--proc-sys-net-ipv4-ip_forward"],
  "FileContent--proc-sys-net-ipv6-conf-default-forwarding",
];

/** What kubeadm does not look at. */
const OWN = [
  ...[
    "CgroupDriver",
    "Clock",
    "CNIPlugins",
    "CNIConfiguration",
    "CNILinks",
    "DiscoveryEndpoint",
    "FileExisting-kubelet",
  ],
  ...["KubeletUnit", "KubeletFlags", "KubeletState", "KubeletIdentity"],
];

/** Names that hold a path, a port or a program. */
const OPEN_ENDED = /^(port-\d+|(file(available|existing|content)|diravailable|service)-.+)$/i;

/** What is said of names that no check has; kubeadm passes over them. */
export function unknownNames(ignored: readonly string[]): string[] {
  const known = [...KUBEADM, ...OWN];
  const lowerCase = new Set(["all", ...known.map((name) => name.toLowerCase())]);
  return ignored.filter((name) => !lowerCase.has(name.toLowerCase()) && !OPEN_ENDED.test(name))
    .map((name) => `there is no preflight check "${name}" that could be ignored${suggestion(name, known)}`);
}

/** The name of a check of a path: `FileAvailable`, `/etc/x` -> `FileAvailable--etc-x`. */
export function pathName(kind: string, path: string): string {
  return `${kind}-${path.replaceAll("/", "-")}`;
}
