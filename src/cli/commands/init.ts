import {
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  type CommandSpec,
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  type Flag,
  flag,
  IGNORE,
  KUBECONFIG,
  list,
  NODE_NAME,
  number,
  PATCHES,
  SKIP,
  text,
} from "../flags.ts";

const INIT_FLAGS: readonly Flag[] = [
  text("apiserver-advertise-address", "<ip>", "address the API server tells others; default: of the default route"),
  number("apiserver-bind-port", "<port>", "port of the API server (6443)"),
  list("apiserver-cert-extra-sans", "<names>", "further names and addresses in the API server's certificate"),
  text("cert-dir", "<dir>", "where keys and certificates are (/etc/kubernetes/pki)"),
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  text("cni", "flannel|none|<file>", "pod network: flannel (default), none, or a manifest file"),
  CONFIG,
  text("control-plane-endpoint", "<host:port>", "stable name or address of the control plane"),
  CRI_SOCKET,
  DRY_RUN,
  text("feature-gates", "<a=true,…>", "feature gates of the cluster"),
  IGNORE,
  text("image-repository", "<repository>", "where control plane images come from (registry.k8s.io)"),
  text("kubernetes-version", "<version>", "version of the control plane; default: the kubelet's on this host"),
  NODE_NAME,
  PATCHES,
  text("pod-network-cidr", "<cidr>", "addresses of pods; default with flannel: 10.244.0.0/16"),
  text("service-cidr", "<cidr>", "addresses of services (10.96.0.0/12)"),
  text("service-dns-domain", "<domain>", "domain of services (cluster.local)"),
  SKIP,
  flag("skip-certificate-key-print", "do not print the certificate key"),
  flag("skip-token-print", "do not print the bootstrap token"),
  text("token", "<token>", "bootstrap token; default: a new one. Others see command lines: prefer --token-file"),
  text("token-file", "<file>", "file that holds the bootstrap token, - for standard input"),
  text("token-ttl", "<duration>", "how long the token is good (24h0m0s; 0 is for ever)"),
  flag("upload-certs", "store encrypted certificates for further control plane nodes in the cluster, for two hours"),
];

/** Flags that only single phases have. */
const PHASE_FLAGS: readonly Flag[] = [
  KUBECONFIG,
  text("kubeconfig-dir", "<dir>", "where phase kubeconfig writes (/etc/kubernetes)"),
  flag("print-manifest", "phases addon coredns and addon kube-proxy: print what they install, install nothing"),
];

/** `init` and what belongs to it. */
export const INIT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    changesHost: true,
    operands: "",
    maxOperands: 0,
    summary: "make this host the first control plane node of a new cluster",
    output: "events",
    flags: INIT_FLAGS,
    examples: [
      "kubewright init",
      "kubewright init --pod-network-cidr 10.244.0.0/16 --control-plane-endpoint k8s.example.org",
      "kubewright init --config cluster.yaml --dry-run",
    ],
  },
  {
    name: "init phase",
    changesHost: true,
    operands: "PHASE…",
    maxOperands: 3,
    summary: "run one phase of init, with all below it",
    output: "events",
    flags: [...INIT_FLAGS, ...PHASE_FLAGS],
    examples: [
      "kubewright init phase certs all",
      "kubewright init phase upload-certs --upload-certs",
      "kubewright init phase addon coredns --print-manifest",
      "kubewright init phase control-plane apiserver --config cluster.yaml",
    ],
  },
];
