import {
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  duration,
  type Flag,
  flag,
  IGNORE,
  KUBECONFIG,
  list,
  NODE_NAME,
  number,
  PATCHES,
  path,
  readFeatureGates,
  sets,
  SKIP,
  text,
} from "../cli/flags.ts";
import { nameOf, operandsOf, settingsOf, textOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

const INIT_FLAGS: readonly Flag[] = [
  sets(
    text("apiserver-advertise-address", "<ip>", "address the API server tells others; default: of the default route"),
    "InitConfiguration.localAPIEndpoint.advertiseAddress",
  ),
  sets(
    number("apiserver-bind-port", "<port>", "port of the API server (6443)"),
    "InitConfiguration.localAPIEndpoint.bindPort",
  ),
  sets(
    list("apiserver-cert-extra-sans", "<names>", "further names and addresses in the API server's certificate"),
    "ClusterConfiguration.apiServer.certSANs",
  ),
  sets(
    text("cert-dir", "<dir>", "where keys and certificates are (/etc/kubernetes/pki)"),
    "ClusterConfiguration.certificatesDir",
  ),
  sets(CERTIFICATE_KEY, "InitConfiguration.certificateKey"),
  CERTIFICATE_KEY_FILE,
  text("cni", "flannel|none|<file>", "pod network: flannel (default), none, or a manifest file"),
  CONFIG,
  sets(
    text("control-plane-endpoint", "<host:port>", "stable name or address of the control plane"),
    "ClusterConfiguration.controlPlaneEndpoint",
  ),
  sets(CRI_SOCKET, "InitConfiguration.nodeRegistration.criSocket"),
  sets(DRY_RUN, "InitConfiguration.dryRun"),
  {
    ...sets(text("feature-gates", "<a=true,…>", "feature gates of the cluster"), "ClusterConfiguration.featureGates"),
    read: readFeatureGates,
  },
  sets(IGNORE, "InitConfiguration.nodeRegistration.ignorePreflightErrors"),
  sets(
    text("image-repository", "<repository>", "where control plane images come from (registry.k8s.io)"),
    "ClusterConfiguration.imageRepository",
  ),
  sets(
    text("kubernetes-version", "<version>", "version of the control plane; default: the kubelet's on this host"),
    "ClusterConfiguration.kubernetesVersion",
  ),
  sets(NODE_NAME, "InitConfiguration.nodeRegistration.name"),
  sets(PATCHES, "InitConfiguration.patches.directory"),
  sets(
    text("pod-network-cidr", "<cidr>", "addresses of pods; default with flannel: 10.244.0.0/16"),
    "ClusterConfiguration.networking.podSubnet",
  ),
  sets(
    text("service-cidr", "<cidr>", "addresses of services (10.96.0.0/12)"),
    "ClusterConfiguration.networking.serviceSubnet",
  ),
  sets(
    text("service-dns-domain", "<domain>", "domain of services (cluster.local)"),
    "ClusterConfiguration.networking.dnsDomain",
  ),
  sets(SKIP, "InitConfiguration.skipPhases"),
  flag("skip-certificate-key-print", "do not print the certificate key"),
  flag("skip-token-print", "do not print the bootstrap token"),
  sets(
    text("token", "<token>", "bootstrap token; default: a new one. Others see command lines: prefer --token-file"),
    "InitConfiguration.bootstrapTokens[0].token",
  ),
  text("token-file", "<file>", "file that holds the bootstrap token, - for standard input"),
  sets(
    duration("token-ttl", "how long the token is good (24h0m0s; 0 is for ever)"),
    "InitConfiguration.bootstrapTokens[0].ttl",
  ),
  flag("upload-certs", "store encrypted certificates for further control plane nodes in the cluster, for two hours"),
];

/** Flags that only single phases have. */
const PHASE_FLAGS: readonly Flag[] = [
  KUBECONFIG,
  path("kubeconfig-dir", "<dir>", "where phase kubeconfig writes (/etc/kubernetes)"),
  flag("print-manifest", "phases addon coredns and addon kube-proxy: print what they install, install nothing"),
];

const CALL: Omit<Command, "spec"> = {
  phases: async () => (await import("../commands/init.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { init } = await import("../commands/init.ts");
    return await init(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: operandsOf(parsed).phase,
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
    ...CALL,
  },
  {
    spec: {
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
    ...CALL,
  },
];
