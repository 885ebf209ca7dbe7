/**
 * States of a host that real kubeadm and kubewright look at, and where they may see it differently.
 *
 * @module
 */

import { SOCKET, SWAPS_FILE } from "./unfit.ts";

/** A host with several things wrong. */
export interface State {
  name: string;
  command: "init" | "join";
  /** Shell scripts that make it so, and take it back. */
  begin: string;
  end: string;
  env?: Record<string, string>;
  /** Runs the programs otherwise: as another user, on one CPU. */
  through?: readonly string[];
  flags?: readonly string[];
  /** Merged into the ClusterConfiguration. */
  cluster?: Record<string, unknown>;
}

/** How a check ended: that it found nothing, or is not there. */
export type Level = "error" | "warning" | "nothing";

/** A difference between the two programs' findings that is meant to be. */
export interface Difference {
  check: string;
  kubeadm: Level;
  kubewright: Level;
  /** Only with this minor release. */
  kubernetes?: string;
  reason: string;
}

const KUBELET = "/usr/local/bin/kubelet";
const listen = (port: number, address = "") =>
  `systemd-run --quiet --collect --unit taken-${port} socat TCP-LISTEN:${port},fork${
    address && `,bind=${address}`
  } EXEC:cat; `;
const unlisten = (...ports: number[]) => `systemctl stop ${ports.map((port) => `taken-${port}`).join(" ")}; `;
const PROXY = { HTTPS_PROXY: "http://192.0.2.200:3128" };

/** In the order in which they are tried. */
export const STATES: readonly State[] = [
  { name: "fit", command: "init", begin: "", end: "" },
  { name: "fit worker", command: "join", begin: "", end: "" },
  {
    name: "network and files",
    command: "init",
    begin: "sysctl -qw net.ipv4.ip_forward=0; " + listen(6443) + listen(10250) + listen(2379) + listen(10259) +
      "mkdir -p /etc/kubernetes/manifests /var/lib/etcd/member; echo x >/var/lib/etcd/member/db; " +
      "for name in etcd kube-scheduler; do echo 'kind: Pod' >/etc/kubernetes/manifests/$name.yaml; done; sleep 0.5",
    end: "sysctl -qw net.ipv4.ip_forward=1; rm -r /etc/kubernetes /var/lib/etcd; " + unlisten(6443, 10250, 2379, 10259),
  },
  {
    name: "ports on other addresses",
    command: "init",
    begin: listen(10257, "127.0.0.2") + listen(2379, "127.0.0.1") + listen(2380, "127.0.0.1") + "sleep 0.5",
    end: unlisten(10257, 2379, 2380),
  },
  {
    name: "programs, name, swap, proxy, firewall",
    command: "init",
    begin: `mount --bind ${SWAPS_FILE} /proc/swaps; mv /usr/sbin/losetup /root/losetup; mv /bin/cp /root/cp; ` +
      "cat /etc/hosts >/root/hosts; grep -v k1 /root/hosts >/etc/hosts; " +
      "systemd-run --quiet --collect --unit firewalld sleep 600",
    end: "umount /proc/swaps; mv /root/losetup /usr/sbin/losetup; mv /root/cp /bin/cp; cat /root/hosts >/etc/hosts; " +
      "systemctl stop firewalld",
    env: PROXY,
  },
  { name: "one CPU", command: "init", begin: "", end: "", through: ["taskset", "-c", "0"] },
  {
    name: "not root",
    command: "init",
    begin: "chmod 755 /root; chmod 644 /root/*.yaml",
    end: "chmod 700 /root",
    through: ["setpriv", "--reuid=1000", "--clear-groups"],
  },
  {
    name: "no runtime, no kubelet",
    command: "init",
    begin: `systemctl stop containerd; rm -f ${SOCKET}; mv /usr/bin/kubelet /root/kubelet`,
    end: "mv /root/kubelet /usr/bin/kubelet; systemctl start containerd",
  },
  {
    name: "an old kubelet",
    command: "init",
    begin: `printf '#!/bin/sh\\necho Kubernetes v1.30.4\\n' >${KUBELET}; chmod 755 ${KUBELET}`,
    end: `rm ${KUBELET}`,
  },
  {
    name: "a new kubelet",
    command: "init",
    begin: `printf '#!/bin/sh\\necho Kubernetes v1.39.0\\n' >${KUBELET}; chmod 755 ${KUBELET}`,
    end: `rm ${KUBELET}`,
  },
  {
    name: "somebody else's etcd, without its files",
    command: "init",
    begin: "",
    end: "",
    cluster: {
      etcd: {
        external: {
          endpoints: ["https://127.0.0.1:23790"],
          ...{ caFile: "/etc/etcd/ca.crt", certFile: "/etc/etcd/client.crt", keyFile: "/etc/etcd/client.key" },
        },
      },
    },
  },
  {
    name: "somebody else's etcd that does not answer",
    command: "init",
    begin: "",
    end: "",
    cluster: { etcd: { external: { endpoints: ["http://127.0.0.1:23790"] } } },
  },
  {
    name: "dual-stack",
    command: "init",
    begin: "sysctl -qw net.ipv6.conf.default.forwarding=0",
    end: "",
    cluster: { networking: { podSubnet: "10.244.0.0/16,fd00:1::/48", serviceSubnet: "10.96.0.0/12,fd00:2::/112" } },
  },
  {
    name: "a node of another cluster",
    command: "join",
    begin: "mkdir -p /etc/kubernetes/pki /etc/kubernetes/manifests; cd /etc/kubernetes; " +
      "touch kubelet.conf bootstrap-kubelet.conf pki/ca.crt; sysctl -qw net.ipv4.ip_forward=0; " + listen(10250) +
      "sleep 0.5",
    end: "rm -r /etc/kubernetes; sysctl -qw net.ipv4.ip_forward=1; " + unlisten(10250),
    env: PROXY,
  },
  {
    name: "everything ignored",
    command: "init",
    begin: "sysctl -qw net.ipv4.ip_forward=0; " + listen(6443) + "sleep 0.5",
    end: "sysctl -qw net.ipv4.ip_forward=1; " + unlisten(6443),
    flags: ["--ignore-preflight-errors=ALL"],
  },
];

/** All differences that are allowed. One that no state shows makes the scenario fail. */
export const DIFFERENCES: readonly Difference[] = [
  {
    check: "SystemVerification",
    kubeadm: "error",
    kubewright: "warning",
    reason: "with failCgroupV1: false the kubelet runs on control groups v1",
  },
  {
    check: "SystemVerification",
    kubeadm: "error",
    kubewright: "nothing",
    reason:
      "join looks at it when it knows the cluster's KubeletConfiguration; a missing kubelet is told by its own check",
  },
  {
    check: "Service-kubelet",
    kubeadm: "warning",
    kubewright: "nothing",
    reason: "a unit that is missing or not enabled is made and enabled by the phase kubelet-unit",
  },
  {
    check: "FileExisting-kubelet",
    kubeadm: "nothing",
    kubewright: "error",
    reason: "a missing kubelet is told once, and how to mend it",
  },
  { check: "KubeletVersion", kubeadm: "error", kubewright: "nothing", reason: "see FileExisting-kubelet" },
  {
    check: "ContainerRuntimeVersion",
    kubeadm: "error",
    kubewright: "nothing",
    reason: "a runtime that does not answer is told once, by CRI",
  },
  {
    check: "Swap",
    kubeadm: "warning",
    kubewright: "error",
    reason: "the kubelet does not start with swap unless failSwapOn: false is given",
  },
  {
    check: "Port-10257",
    kubeadm: "error",
    kubewright: "nothing",
    reason: "kube-controller-manager listens on 127.0.0.1, so that another address does not matter",
  },
  {
    check: "Port-2379",
    kubeadm: "nothing",
    kubewright: "error",
    kubernetes: "1.37",
    reason: "etcd listens on 127.0.0.1, too",
  },
  {
    check: "Port-2380",
    kubeadm: "error",
    kubewright: "nothing",
    kubernetes: "1.36",
    reason: "etcd listens on the host's address; kubeadm asks for all addresses before 1.37",
  },
  {
    check: "ImagePull",
    kubeadm: "warning",
    kubewright: "nothing",
    kubernetes: "1.36",
    reason: "images are pulled by a phase of its own; the lab's 1.36 has another CoreDNS than kubeadm 1.36 names",
  },
  {
    check: "FileAvailable--etc-kubernetes-pki-ca.crt",
    kubeadm: "error",
    kubewright: "nothing",
    reason: "the same CA may be there already; another one is refused when the cluster's is known",
  },
  {
    check: "Clock",
    kubeadm: "nothing",
    kubewright: "warning",
    reason: "kubeadm does not look at the clock",
  },
];
