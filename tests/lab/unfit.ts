/**
 * What makes a host unfit for a control plane, one cause for each check.
 *
 * @module
 */

/** The socket of the lab's runtime. */
export const SOCKET = "/run/containerd/containerd.sock";
/** Where scenarios put what {@link SWAPS} is. */
export const SWAPS_FILE = "/root/swaps";
/** A /proc/swaps that shows a device in use. */
export const SWAPS = "Filename\tType\tSize\tUsed\tPriority\n/dev/zram9 partition\t1048572\t0\t-2\n";

/** Something that makes a host unfit, as shell scripts, and what the refusal says about it. */
export interface Cause {
  name: string;
  begin: string;
  end: string;
  /** Names of the checks that fail: these and no others. */
  checks: readonly string[];
  says: readonly (string | RegExp)[];
}

const KUBELET = "/usr/local/bin/kubelet";

/** A kubelet of another version: all that is asked of it before it is started is its version. */
function otherKubelet(version: string): string {
  return `printf '#!/bin/sh\\necho Kubernetes ${version}\\n' >${KUBELET}; chmod 755 ${KUBELET}`;
}

/** In the order in which they are tried. */
export const CAUSES: readonly Cause[] = [
  {
    // The kernel is the machine's and has no swap; only what says so is another file in this host's mount namespace.
    name: "swap is on",
    begin: `mount --bind ${SWAPS_FILE} /proc/swaps`,
    end: "umount /proc/swaps",
    checks: ["Swap"],
    says: ["/dev/zram9", "swapoff -a", "failSwapOn"],
  },
  {
    name: "IP forwarding is off",
    begin: "sysctl -qw net.ipv4.ip_forward=0",
    end: "sysctl -qw net.ipv4.ip_forward=1",
    checks: ["FileContent--proc-sys-net-ipv4-ip_forward"],
    says: ["sysctl -w net.ipv4.ip_forward=1"],
  },
  {
    name: "no runtime behind the socket",
    begin: `systemctl stop containerd; socat UNIX-LISTEN:${SOCKET} - & sleep 0.5; kill -9 $!; test -S ${SOCKET}`,
    end: "systemctl start containerd",
    checks: ["CRI"],
    says: [SOCKET, "no runtime listens", "systemctl restart containerd"],
  },
  {
    name: "no socket of a runtime",
    begin: `systemctl stop containerd; rm -f ${SOCKET}`,
    end: "systemctl start containerd",
    checks: ["CRI"],
    says: [SOCKET, "does not exist", "systemctl start containerd"],
  },
  {
    name: "a runtime that never answers",
    begin: `systemctl stop containerd; rm -f ${SOCKET}; ` +
      `systemd-run --quiet --collect --unit deaf socat UNIX-LISTEN:${SOCKET},fork EXEC:'sleep 60'; sleep 0.5`,
    end: `systemctl stop deaf; rm -f ${SOCKET}; systemctl start containerd`,
    checks: ["CRI"],
    says: [SOCKET, "no answer"],
  },
  {
    name: "no kubelet",
    begin: "mv /usr/bin/kubelet /root/kubelet",
    end: "mv /root/kubelet /usr/bin/kubelet",
    checks: ["FileExisting-kubelet"],
    says: ["kubelet", "PATH", "/usr/local/bin/kubelet"],
  },
  {
    name: "a kubelet that does not run",
    begin: `printf '#!/bin/sh\\nexit 1\\n' >${KUBELET}; chmod 755 ${KUBELET}`,
    end: `rm ${KUBELET}`,
    checks: ["FileExisting-kubelet"],
    says: ["version"],
  },
  {
    name: "a kubelet that is too old",
    begin: otherKubelet("v1.30.4"),
    end: `rm ${KUBELET}`,
    checks: ["KubeletVersion"],
    says: ["v1.30.4", "v1.34 or newer"],
  },
  {
    name: "a kubelet that is too new",
    begin: otherKubelet("v1.39.0"),
    end: `rm ${KUBELET}`,
    checks: ["KubeletVersion"],
    says: ["v1.39.0", "v1.37 or older"],
  },
  {
    name: "the API server's port is taken",
    begin: "systemd-run --quiet --collect --unit taken socat TCP-LISTEN:6443,fork EXEC:cat; sleep 0.5",
    end: "systemctl stop taken",
    checks: ["Port-6443"],
    says: ["6443", "in use by socat", "ss -ltnp"],
  },
  {
    name: "etcd's and the kubelet's ports are taken",
    begin:
      "for port in 2379 10250; do systemd-run --quiet --collect --unit taken-$port socat TCP-LISTEN:$port,fork EXEC:cat; " +
      "done; sleep 0.5",
    end: "systemctl stop taken-2379 taken-10250",
    checks: ["Port-2379", "Port-10250"],
    says: ["2379", "10250"],
  },
  {
    name: "a manifest of somebody else's",
    begin: "mkdir -p /etc/kubernetes/manifests; echo 'kind: Pod' >/etc/kubernetes/manifests/etcd.yaml",
    end: "rm -r /etc/kubernetes/manifests",
    checks: ["FileAvailable--etc-kubernetes-manifests-etcd.yaml"],
    says: ["/etc/kubernetes/manifests/etcd.yaml", "was not created by kubewright"],
  },
  {
    name: "a kubelet configuration of somebody else's",
    begin: "mkdir -p /var/lib/kubelet; echo 'kind: KubeletConfiguration' >/var/lib/kubelet/config.yaml",
    end: "rm /var/lib/kubelet/config.yaml",
    checks: ["FileAvailable--var-lib-kubelet-config.yaml"],
    says: ["/var/lib/kubelet/config.yaml"],
  },
  {
    name: "an etcd of somebody else's",
    begin: "mkdir -p /var/lib/etcd/member; echo x >/var/lib/etcd/member/db",
    end: "rm -r /var/lib/etcd",
    checks: ["DirAvailable--var-lib-etcd"],
    says: ["/var/lib/etcd is not empty", "etcd.local.dataDir"],
  },
  {
    name: "a kubelet unit of somebody else's",
    begin: "printf '[Service]\\nExecStart=/usr/bin/kubelet --standalone\\n' >/etc/systemd/system/kubelet.service; " +
      "systemctl daemon-reload",
    end: "rm /etc/systemd/system/kubelet.service; systemctl daemon-reload",
    checks: ["KubeletUnit"],
    says: ["/etc/systemd/system/kubelet.service", "without --config=/var/lib/kubelet/config.yaml"],
  },
];
