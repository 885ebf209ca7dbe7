/**
 * Every command and flag, once: parsing, help and the meaning of a flag come from this table.
 * @module
 */

/** One flag. `name` is without dashes. */
export interface Flag {
  name: string;
  type: "text" | "switch" | "list" | "number";
  /** What stands for the value in help: `<cidr>`. */
  value?: string;
  help: string;
}

/** One command. */
export interface CommandSpec {
  name: string;
  /** What stands behind the name in the usage line. */
  operands: string;
  /** How many operands it takes at most. */
  maxOperands: number;
  summary: string;
  flags: readonly Flag[];
  examples: readonly string[];
}

const text = (name: string, value: string, help: string): Flag => ({ name, type: "text", value, help });
const list = (name: string, value: string, help: string): Flag => ({ name, type: "list", value, help });
const number = (name: string, value: string, help: string): Flag => ({ name, type: "number", value, help });
const flag = (name: string, help: string): Flag => ({ name, type: "switch", help });

/** Flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  text("output", "text|json", "text, or json: one event a line, then a result object"),
  flag("verbose", "also print what each change writes, unless it is secret"),
  flag("help", "show this help"),
];

const CONFIG = text("config", "<file>", "configuration file (kubeadm.k8s.io/v1beta4 documents), - for standard input");
const CRI_SOCKET = text("cri-socket", "<socket>", "container runtime socket; found by itself when only one exists");
const NODE_NAME = text("node-name", "<name>", "name of the node; default: the host name");
const DRY_RUN = flag("dry-run", "list every change without making one");
const IGNORE = list("ignore-preflight-errors", "<checks>", "checks whose errors become warnings, or all");
const SKIP = list("skip-phases", "<phases>", "phases to leave out");

const INIT_FLAGS: readonly Flag[] = [
  text("apiserver-advertise-address", "<ip>", "address the API server tells others; default: of the default route"),
  number("apiserver-bind-port", "<port>", "port of the API server (6443)"),
  list("apiserver-cert-extra-sans", "<names>", "further names and addresses in the API server's certificate"),
  text("cert-dir", "<dir>", "where keys and certificates are (/etc/kubernetes/pki)"),
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
  text("pod-network-cidr", "<cidr>", "addresses of pods; default with flannel: 10.244.0.0/16"),
  text("service-cidr", "<cidr>", "addresses of services (10.96.0.0/12)"),
  text("service-dns-domain", "<domain>", "domain of services (cluster.local)"),
  SKIP,
  flag("skip-token-print", "do not print the bootstrap token"),
  text("token", "<token>", "bootstrap token; default: a new one. Others see command lines: prefer --token-file"),
  text("token-file", "<file>", "file that holds the bootstrap token, - for standard input"),
  text("token-ttl", "<duration>", "how long the token is good (24h0m0s; 0 is for ever)"),
];

const JOIN_FLAGS: readonly Flag[] = [
  CONFIG,
  CRI_SOCKET,
  list("discovery-token-ca-cert-hash", "<sha256:hash>", "the cluster CA's public key must have this hash"),
  flag("discovery-token-unsafe-skip-ca-verification", "join without knowing the cluster's CA (not safe)"),
  DRY_RUN,
  IGNORE,
  NODE_NAME,
  SKIP,
  text("token", "<token>", "bootstrap token. Others see command lines: prefer --token-file"),
  text("token-file", "<file>", "file that holds the bootstrap token, - for standard input"),
];

const KUBECONFIG = text("kubeconfig", "<file>", "an administrator's kubeconfig (/etc/kubernetes/admin.conf)");

/** All commands in the order of help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    operands: "",
    maxOperands: 0,
    summary: "make this host the first control plane node of a new cluster",
    flags: INIT_FLAGS,
    examples: [
      "kubewright init",
      "kubewright init --pod-network-cidr 10.244.0.0/16 --control-plane-endpoint k8s.example.org",
      "kubewright init --config cluster.yaml --dry-run",
    ],
  },
  {
    name: "init phase",
    operands: "PHASE…",
    maxOperands: 3,
    summary: "run one phase of init, with all below it",
    flags: INIT_FLAGS,
    examples: [
      "kubewright init phase certs all",
      "kubewright init phase control-plane apiserver --config cluster.yaml",
    ],
  },
  {
    name: "join",
    operands: "[HOST[:PORT]]",
    maxOperands: 1,
    summary: "make this host a worker node of an existing cluster",
    flags: JOIN_FLAGS,
    examples: [
      "kubewright join 10.0.0.10 --token-file token --discovery-token-ca-cert-hash sha256:…",
      "echo $TOKEN | kubewright join 10.0.0.10:6443 --token-file - --discovery-token-ca-cert-hash sha256:…",
    ],
  },
  {
    name: "join phase",
    operands: "PHASE… [HOST:PORT]",
    maxOperands: 4,
    summary: "run one phase of join, with all below it",
    flags: JOIN_FLAGS,
    examples: [
      "kubewright join phase preflight 10.0.0.10:6443 --token-file token --discovery-token-ca-cert-hash sha256:…",
    ],
  },
  {
    name: "token create",
    operands: "[TOKEN]",
    maxOperands: 1,
    summary: "make a bootstrap token, with which hosts can join",
    flags: [
      text("description", "<text>", "what the token is for"),
      DRY_RUN,
      list("groups", "<groups>", "groups that the token gives (system:bootstrappers:kubeadm:default-node-token)"),
      KUBECONFIG,
      flag("print-join-command", "print the whole command that joins a worker, not only the token"),
      text("ttl", "<duration>", "how long the token is good (24h0m0s; 0 is for ever)"),
      list("usages", "<usages>", "what the token is good for (signing,authentication)"),
    ],
    examples: [
      "kubewright token create --print-join-command",
      "kubewright token create --ttl 2h --description 'rack 7'",
    ],
  },
  {
    name: "token list",
    operands: "",
    maxOperands: 0,
    summary: "list the bootstrap tokens that the cluster knows",
    flags: [KUBECONFIG],
    examples: ["kubewright token list"],
  },
  {
    name: "token delete",
    operands: "TOKEN…",
    maxOperands: 100,
    summary: "take bootstrap tokens back, by id or in full",
    flags: [DRY_RUN, KUBECONFIG],
    examples: ["kubewright token delete abcdef"],
  },
  {
    name: "token generate",
    operands: "",
    maxOperands: 0,
    summary: "print a new token that no cluster knows yet",
    flags: [],
    examples: ["kubewright token generate"],
  },
  {
    name: "version",
    operands: "",
    maxOperands: 0,
    summary: "print version, commit and kind of this program",
    flags: [],
    examples: ["kubewright version", "kubewright version --output json"],
  },
];
