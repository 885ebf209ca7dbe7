/** Preflight checks of the node to be: kubelet, ports, files, pod network, etcd, cluster. @module */
import { BOTH, type CheckRecord } from "./record.ts";

/** What to do about a host that is or was a node. */
const REMOVE_NODE = "If this host is or was a node of another cluster, remove that node first: kubewright reset";

/** Checks of what the node is to be. */
export const NODE_CHECKS = {
  hostname: {
    name: "Hostname",
    commands: BOTH,
    verifies: "The node name has at most 63 characters and resolves to an address.",
    fix: "Set another name with --node-name, or add the name to DNS or /etc/hosts.",
    skip: "depends",
  },
  endpoint: {
    name: "DiscoveryEndpoint",
    commands: ["join"],
    verifies: "The name of the server that join contacts first resolves to an address.",
    fix: "Add the name to DNS or /etc/hosts, or join by IP address.",
    skip: "no",
  },
  port: {
    name: "Port-<port>",
    commands: BOTH,
    verifies: "No program listens on a TCP port of this node: 10248 and 10250 (kubelet); with init also 6443, 10257, " +
      "10259 and, without an external etcd, 2379, 2380 and 2381.",
    fix: "Find the program that listens on the port and stop it, or set another address or port.",
    skip: "no",
  },
  unit: {
    name: "KubeletUnit",
    commands: BOTH,
    verifies: "The kubelet.service of the host, with its drop-ins, starts the kubelet with the files of kubewright.",
    fix: "Move the unit or drop-in away, or start the kubelet in it as the unit of kubeadm does.",
    skip: "no",
  },
  flags: {
    name: "KubeletFlags",
    commands: BOTH,
    verifies: "The kubelet accepts the flags set for it, and no flag or --config-dir file overrides a setting that " +
      "kubewright depends on.",
    fix: "Remove the setting; set the node name with --node-name.",
    skip: "no",
  },
  state: {
    name: "KubeletState",
    commands: BOTH,
    verifies: "State files of an earlier kubelet match the CPU and memory manager policies of the new one.",
    fix: "Remove the state files of the earlier kubelet from /var/lib/kubelet.",
    skip: "no",
  },
  identity: {
    name: "KubeletIdentity",
    commands: BOTH,
    verifies: "A stored client certificate of the kubelet belongs to this cluster and this node name.",
    fix: "Remove the client certificate of the earlier kubelet from /var/lib/kubelet/pki.",
    skip: "no",
  },
  kubeletVersion: {
    name: "KubeletVersion",
    commands: BOTH,
    verifies: "The control plane supports the version of the kubelet.",
    fix: "Install a kubelet of a version that the control plane supports.",
    skip: "yes",
  },
  cgroupDriver: {
    name: "CgroupDriver",
    commands: BOTH,
    verifies: "cgroupDriver in the KubeletConfiguration matches the cgroup driver of the container runtime.",
    fix: "Set cgroupDriver in the KubeletConfiguration to the cgroup driver of the container runtime.",
    skip: "warning",
  },
  file: {
    name: "FileAvailable-<path>",
    commands: BOTH,
    verifies: "No kubeconfig or configuration of a kubelet exists, and with init no static pod manifest of a control " +
      "plane, unless kubewright created it.",
    fix: REMOVE_NODE,
    skip: "yes",
  },
  manifests: {
    name: "DirAvailable--etc-kubernetes-manifests",
    commands: BOTH,
    verifies: "The directory of static pods contains no control plane manifest that kubewright did not create.",
    fix: REMOVE_NODE,
    skip: "depends",
  },
  etcdData: {
    name: "DirAvailable-<etcd data directory>",
    commands: ["init"],
    verifies: "The etcd data directory is empty, unless kubewright created the etcd member.",
    fix: "Move the data away, or set another etcd.local.dataDir.",
    skip: "yes",
  },
  etcdFiles: {
    name: "ExternalEtcdClientCertificates",
    commands: ["init"],
    verifies: "The files named in etcd.external exist on this host.",
    fix: "Copy the files named in etcd.external to this host.",
    skip: "no",
  },
  etcdVersion: {
    name: "ExternalEtcdVersion",
    commands: ["init"],
    verifies: "Each endpoint of the external etcd answers and has a supported version.",
    fix: "Fix the endpoints and files in etcd.external, or upgrade the external etcd.",
    skip: "yes",
  },
  cniPlugins: {
    name: "CNIPlugins",
    commands: ["init"],
    verifies: "The CNI plugins that flannel requires are installed: bridge, host-local, loopback and portmap.",
    fix: "Install the CNI plugins to /opt/cni/bin (package containernetworking-plugins or kubernetes-cni).",
    skip: "warning",
  },
  cniConfiguration: {
    name: "CNIConfiguration",
    commands: BOTH,
    verifies: "/etc/cni/net.d contains no configuration that the container runtime uses instead of the pod network's.",
    fix: "Move the configuration of the other pod network away.",
    skip: "warning",
  },
  cniLinks: {
    name: "CNILinks",
    commands: BOTH,
    verifies: "No bridge or tunnel of an earlier pod network has an address outside the new one.",
    fix: "Remove the network interface of the earlier pod network: ip link delete NAME",
    skip: "warning",
  },
} as const satisfies Record<string, CheckRecord>;
