/** The names that `--ignore-preflight-errors` accepts: kubeadm's, and those of checks that only kubewright has. @module */
import { suggestion } from "../../config/suggest.ts";
import { CHECK_RECORDS } from "../checks.ts";

/**
 * kubeadm's fixed names, including those of its other commands and of earlier releases, so that a list written for kubeadm
 * is accepted.
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

/** Names that contain a path, a port or a program. */
const OPEN_ENDED = /^(port-\d+|(file(available|existing|content)|diravailable|service)-.+)$/i;

/** One warning for each unknown name; kubeadm accepts these without a message. */
export function unknownNames(ignored: readonly string[]): string[] {
  const known = [...KUBEADM, ...CHECK_RECORDS.map(({ name }) => name).filter((name) => !name.includes("<"))];
  const lowerCase = new Set(["all", ...known.map((name) => name.toLowerCase())]);
  return ignored.filter((name) => !lowerCase.has(name.toLowerCase()) && !OPEN_ENDED.test(name))
    .map((name) => `cannot ignore "${name}": unknown preflight check${suggestion(name, known)}`);
}

/** The name of a check for a path: `FileAvailable`, `/etc/x` -> `FileAvailable--etc-x`. */
export function pathName(kind: string, path: string): string {
  return `${kind}-${path.replaceAll("/", "-")}`;
}
