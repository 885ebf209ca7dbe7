import { duration, type Flag, flag, list, number, path, sets, text } from "../cli/flags.ts";
import {
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  IGNORE,
  KUBECONFIG,
  NODE_NAME,
  PATCHES,
  readFeatureGates,
  skipPhases,
  TOKEN_FILE,
} from "../cli/shared_flags.ts";
import { argumentsOf, nameOf, settingsOf, textOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

const INIT_FLAGS: readonly Flag[] = [
  sets(
    text("apiserver-advertise-address", "<ip>", "IP address that the API server advertises to the cluster", {
      default: "the address of the default route",
      example: "10.0.0.10",
    }),
    "InitConfiguration.localAPIEndpoint.advertiseAddress",
  ),
  sets(
    number("apiserver-bind-port", "<port>", "port of the API server", { default: "6443" }),
    "InitConfiguration.localAPIEndpoint.bindPort",
  ),
  sets(
    list(
      "apiserver-cert-extra-sans",
      "<names>",
      "additional DNS names and IP addresses of the API server's certificate, separated by commas",
      { example: "k8s.example.org,10.0.0.5" },
    ),
    "ClusterConfiguration.apiServer.certSANs",
  ),
  sets(
    text("cert-dir", "<dir>", "directory of the keys and certificates", { default: "/etc/kubernetes/pki" }),
    "ClusterConfiguration.certificatesDir",
  ),
  sets(CERTIFICATE_KEY, "InitConfiguration.certificateKey"),
  CERTIFICATE_KEY_FILE,
  text("cni", "flannel|none|<file>", "pod network to install: flannel, none, or the objects of a manifest file", {
    default: "flannel",
    example: "calico.yaml",
  }),
  CONFIG,
  sets(
    text(
      "control-plane-endpoint",
      "<host:port>",
      "stable DNS name or IP address of the control plane, such as that of a load balancer; required to add " +
        "control plane nodes later",
      { example: "k8s.example.org:6443" },
    ),
    "ClusterConfiguration.controlPlaneEndpoint",
  ),
  sets(CRI_SOCKET, "InitConfiguration.nodeRegistration.criSocket"),
  sets(DRY_RUN, "InitConfiguration.dryRun"),
  {
    ...sets(
      text("feature-gates", "<gates>", "feature gates of kubeadm", { example: "Name=true,Other=false" }),
      "ClusterConfiguration.featureGates",
    ),
    read: readFeatureGates,
  },
  sets(IGNORE, "InitConfiguration.nodeRegistration.ignorePreflightErrors"),
  sets(
    text("image-repository", "<repository>", "registry and path of the control plane images", {
      default: "registry.k8s.io",
    }),
    "ClusterConfiguration.imageRepository",
  ),
  sets(
    text("kubernetes-version", "<version>", "Kubernetes version of the control plane", {
      default: "the version of the kubelet on this host",
      example: "v1.37.2",
    }),
    "ClusterConfiguration.kubernetesVersion",
  ),
  sets(NODE_NAME, "InitConfiguration.nodeRegistration.name"),
  sets(PATCHES, "InitConfiguration.patches.directory"),
  sets(
    text("pod-network-cidr", "<cidr>", "IP address range of the pods", { default: "with flannel, 10.244.0.0/16" }),
    "ClusterConfiguration.networking.podSubnet",
  ),
  sets(
    text("service-cidr", "<cidr>", "IP address range of the services", { default: "10.96.0.0/12" }),
    "ClusterConfiguration.networking.serviceSubnet",
  ),
  sets(
    text("service-dns-domain", "<domain>", "DNS domain of the services", { default: "cluster.local" }),
    "ClusterConfiguration.networking.dnsDomain",
  ),
  sets(skipPhases("addon/kube-proxy,addon/coredns"), "InitConfiguration.skipPhases"),
  flag("skip-certificate-key-print", "do not print the certificate key"),
  flag("skip-token-print", "do not print the bootstrap token"),
  sets(
    text("token", "<token>", "bootstrap token. Other users can read command lines: prefer --token-file", {
      default: "a new one",
      example: "abcdef.0123456789abcdef",
    }),
    "InitConfiguration.bootstrapTokens[0].token",
  ),
  TOKEN_FILE,
  sets(
    duration("token-ttl", "token lifetime; 0 means the token never expires", { default: "24h0m0s", example: "2h" }),
    "InitConfiguration.bootstrapTokens[0].ttl",
  ),
  flag("upload-certs", "store the certificates for additional control plane nodes in the cluster, encrypted, for 2 h"),
];

/** Flags of `init phase` alone. */
const PHASE_FLAGS: readonly Flag[] = [
  KUBECONFIG,
  path("kubeconfig-dir", "<dir>", "phase kubeconfig: directory to write to", { default: "/etc/kubernetes" }),
  flag("print-manifest", "phases addon coredns and addon kube-proxy: print the objects instead of installing them"),
];

const CALL: Omit<Command, "spec"> = {
  phases: async () => (await import("../commands/init.ts")).phases(),
  async run({ parsed, source, context }) {
    const { init } = await import("../commands/init.ts");
    return await init(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: argumentsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
      cni: parsed.text("cni"),
      uploadCerts: parsed.switch("upload-certs") === true,
      kubeconfig: parsed.text("kubeconfig"),
      kubeconfigDirectory: parsed.text("kubeconfig-dir"),
      printManifest: parsed.switch("print-manifest") === true,
      shown: {
        token: parsed.switch("skip-token-print") !== true,
        certificateKey: parsed.switch("skip-certificate-key-print") !== true,
      },
    });
  },
};

/** `init` and what belongs to it. */
export const INIT_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "init",
      group: "cluster",
      summary: "create a cluster with this host as its first control plane node",
      description: [
        "The phases below run in order: they check the host, create certificates and kubeconfigs, start the " +
        "kubelet and the control plane, and install DNS, kube-proxy and the pod network. The last one prints the " +
        "command that joins workers.",
        "Run it as root on a host with systemd, a container runtime and a kubelet binary. To continue after a " +
        "failure, rerun the command.",
      ],
      changesHost: true,
      args: "",
      maxArgs: 0,
      output: "events",
      flags: INIT_FLAGS,
      examples: [
        "kubewright init",
        "kubewright init --pod-network-cidr 10.244.0.0/16 --control-plane-endpoint k8s.example.org",
        "kubewright init --config cluster.yaml --dry-run",
      ],
    },
    ...CALL,
  },
  {
    spec: {
      name: "init phase",
      group: "cluster",
      summary: "run one phase of init and the phases below it",
      description: ["PHASE is a phase from the list below, one word for each level: certs apiserver, or certs all."],
      changesHost: true,
      args: "PHASE…",
      maxArgs: 3,
      output: "events",
      flags: [...INIT_FLAGS, ...PHASE_FLAGS],
      examples: [
        "kubewright init phase certs all",
        "kubewright init phase upload-certs --upload-certs",
        "kubewright init phase addon coredns --print-manifest",
        "kubewright init phase control-plane apiserver --config cluster.yaml",
      ],
    },
    ...CALL,
  },
];
