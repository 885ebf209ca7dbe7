/** Preflight checks of the host: user, runtime, programs, kernel, resources, services. @module */
import { BOTH, type CheckRecord } from "./record.ts";

/** Least memory (MiB) and number of CPUs; https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#before-you-begin */
export const LEAST = { memory: 1700, cpus: 2 };

/** Checks of what the host brings. */
export const HOST_CHECKS = {
  privileged: {
    name: "IsPrivilegedUser",
    commands: ["init", "join", "reset"],
    verifies: "The command runs as root (user id 0).",
    fix: "Run the command as root, for example with sudo.",
    skip: "no",
  },
  runtime: {
    name: "CRI",
    commands: BOTH,
    verifies: "The container runtime answers at its CRI socket and reports that it is ready.",
    fix: "Start the container runtime, and read its journal if it does not become ready.",
    skip: "no",
  },
  runtimeVersion: {
    name: "ContainerRuntimeVersion",
    commands: BOTH,
    verifies: "The container runtime reports its cgroup driver (CRI call RuntimeConfig).",
    fix: "Update the container runtime: kubelet v1.38 and later require containerd 2.0 or CRI-O 1.28, or later.",
    skip: "warning",
  },
  kubeletProgram: {
    name: "FileExisting-kubelet",
    commands: BOTH,
    verifies: "A kubelet binary is installed and reports its version.",
    fix: "Install the kubelet binary of the Kubernetes version of the cluster, for example as /usr/local/bin/kubelet.",
    skip: "no",
  },
  program: {
    name: "FileExisting-<program>",
    commands: BOTH,
    verifies: "The programs losetup, mount and cp are installed.",
    fix: "Install the package that contains the program.",
    skip: "yes",
  },
  system: {
    name: "SystemVerification",
    commands: BOTH,
    verifies:
      "The kernel has a supported version and the required options, and provides the required cgroup controllers " +
      "and the cgroup version that the kubelet requires.",
    fix: "Boot a supported kernel of the distribution with all required options and cgroup controllers.",
    skip: "depends",
  },
  service: {
    name: "Service-kubelet",
    commands: BOTH,
    verifies: "The host is booted with systemd, and kubelet.service is not masked.",
    fix: "Use a host booted with systemd, and unmask the unit: systemctl unmask kubelet.service",
    skip: "no",
  },
  clock: {
    name: "Clock",
    commands: BOTH,
    verifies: "The clock is set, and a time service keeps it synchronized.",
    fix: "Set and synchronize the clock, because certificates and tokens depend on it: timedatectl set-ntp true",
    skip: "yes",
  },
  swap: {
    name: "Swap",
    commands: BOTH,
    verifies: "Swap is off, or the KubeletConfiguration allows it (failSwapOn: false).",
    fix:
      "Turn swap off (swapoff -a) and remove it from /etc/fstab, or set failSwapOn: false in a KubeletConfiguration.",
    skip: "yes",
  },
  cpus: {
    name: "NumCPU",
    commands: ["init"],
    verifies: `The host has at least ${LEAST.cpus} CPUs.`,
    fix: `Use a host with at least ${LEAST.cpus} CPUs.`,
    skip: "yes",
  },
  memory: {
    name: "Mem",
    commands: ["init"],
    verifies: `The host has at least ${LEAST.memory} MiB of memory.`,
    fix: `Use a host with at least ${LEAST.memory} MiB of memory.`,
    skip: "yes",
  },
  firewall: {
    name: "Firewalld",
    commands: BOTH,
    verifies: "firewalld does not run.",
    fix: "Open the ports of the node and of the pod network in firewalld.",
    skip: "warning",
  },
  proxy: {
    name: "HTTPProxy",
    commands: BOTH,
    verifies: "Connections to the API server do not go through a proxy of the environment.",
    fix: "Add the address of the API server to NO_PROXY, unless the proxy is intended.",
    skip: "warning",
  },
  networkProxy: {
    name: "HTTPProxyCIDR",
    commands: ["init"],
    verifies: "Connections to pods and Services do not go through a proxy of the environment.",
    fix: "Add the networks of pods and Services to NO_PROXY.",
    skip: "warning",
  },
  forwarding: {
    name: "FileContent-<path>",
    commands: BOTH,
    verifies: "IP forwarding is on for each IP family of the cluster.",
    fix: "Turn on IP forwarding: sysctl -w net.ipv4.ip_forward=1, or net.ipv6.conf.default.forwarding=1",
    skip: "yes",
  },
  images: {
    name: "ImagePull",
    commands: ["init"],
    verifies: "Every image of the control plane exists on the host or can be pulled.",
    fix: "Connect the host to the registry, set another one with --image-repository, or import the images: " +
      "ctr -n k8s.io images import FILE",
    skip: "yes",
  },
} as const satisfies Record<string, CheckRecord>;
