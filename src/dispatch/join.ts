import { type Flag, flag, list, number, sets, text } from "../cli/flags.ts";
import {
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  IGNORE,
  NODE_NAME,
  PATCHES,
  skipPhases,
  TOKEN_FILE,
} from "../cli/shared_flags.ts";
import { argumentsOf, nameOf, settingsOf, textOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

const JOIN_FLAGS: readonly Flag[] = [
  sets(
    text(
      "apiserver-advertise-address",
      "<ip>",
      "control plane nodes only: IP address that the API server advertises",
      { example: "10.0.0.11" },
    ),
    "JoinConfiguration.controlPlane.localAPIEndpoint.advertiseAddress",
  ),
  sets(
    number("apiserver-bind-port", "<port>", "control plane nodes only: port of the API server", { default: "6443" }),
    "JoinConfiguration.controlPlane.localAPIEndpoint.bindPort",
  ),
  sets(CERTIFICATE_KEY, "JoinConfiguration.controlPlane.certificateKey"),
  CERTIFICATE_KEY_FILE,
  CONFIG,
  {
    ...sets(
      flag("control-plane", "join as a control plane node; not supported yet"),
      "JoinConfiguration.controlPlane",
    ),
    adds: true,
    read: (value) => value === true ? { value: {} } : undefined,
  },
  sets(CRI_SOCKET, "JoinConfiguration.nodeRegistration.criSocket"),
  sets(
    text(
      "discovery-file",
      "<file|url>",
      "kubeconfig with the address and the CA of the cluster, as a file or an https URL; replaces HOST",
      { example: "https://example.org/cluster.conf" },
    ),
    "JoinConfiguration.discovery.file.kubeConfigPath",
  ),
  sets(
    text("discovery-token", "<token>", "token that verifies the cluster", { default: "the value of --token" }),
    "JoinConfiguration.discovery.bootstrapToken.token",
  ),
  sets(
    list(
      "discovery-token-ca-cert-hash",
      "<sha256:hash>",
      "hash of the public key of the cluster CA, printed by init and token create; if repeated, any of them must match",
    ),
    "JoinConfiguration.discovery.bootstrapToken.caCertHashes",
  ),
  sets(
    flag("discovery-token-unsafe-skip-ca-verification", "do not verify the cluster CA (unsafe)"),
    "JoinConfiguration.discovery.bootstrapToken.unsafeSkipCAVerification",
  ),
  sets(DRY_RUN, "JoinConfiguration.dryRun"),
  sets(IGNORE, "JoinConfiguration.nodeRegistration.ignorePreflightErrors"),
  sets(NODE_NAME, "JoinConfiguration.nodeRegistration.name"),
  sets(PATCHES, "JoinConfiguration.patches.directory"),
  sets(skipPhases("wait-node-ready"), "JoinConfiguration.skipPhases"),
  sets(
    text("tls-bootstrap-token", "<token>", "token that the kubelet requests its certificate with", {
      default: "the value of --token",
    }),
    "JoinConfiguration.discovery.tlsBootstrapToken",
  ),
  sets(
    text("token", "<token>", "bootstrap token. Other users can read command lines: prefer --token-file", {
      example: "abcdef.0123456789abcdef",
    }),
    "JoinConfiguration.discovery.bootstrapToken.token",
    "JoinConfiguration.discovery.tlsBootstrapToken",
  ),
  TOKEN_FILE,
];

const CALL: Omit<Command, "spec"> = {
  phases: async () => (await import("../commands/join.ts")).phases(),
  async run({ parsed, source, context }) {
    const { join } = await import("../commands/join.ts");
    return await join(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: argumentsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
    });
  },
};

/** `join` and what belongs to it. */
export const JOIN_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "join",
      group: "cluster",
      summary: "add this host to a cluster as a worker node",
      description: [
        "HOST is the address of the API server of the cluster, PORT is 6443 if omitted. On a control plane node, " +
        "kubewright token create --print-join-command prints the complete command.",
        "The phases below run in order: they check the host, verify the cluster with the token and the CA hash, " +
        "start the kubelet and wait until the node is Ready. Run it as root. To continue after a failure, rerun " +
        "the command.",
      ],
      changesHost: true,
      args: "[HOST[:PORT]]",
      argument: { label: "HOST[:PORT]", sets: ["JoinConfiguration.discovery.bootstrapToken.apiServerEndpoint"] },
      maxArgs: 1,
      output: "events",
      flags: JOIN_FLAGS,
      examples: [
        "kubewright join 10.0.0.10 --token-file token --discovery-token-ca-cert-hash sha256:…",
        "kubewright join --discovery-file https://example.org/cluster.conf --token-file token",
        "echo $TOKEN | kubewright join 10.0.0.10 --token-file - --discovery-token-ca-cert-hash sha256:…",
      ],
    },
    ...CALL,
  },
  {
    spec: {
      name: "join phase",
      group: "cluster",
      summary: "run one phase of join and the phases below it",
      description: [
        "PHASE is a phase from the list below, one word for each level. HOST:PORT is the address of the API server.",
      ],
      changesHost: true,
      args: "PHASE… [HOST:PORT]",
      argument: { label: "HOST[:PORT]", sets: ["JoinConfiguration.discovery.bootstrapToken.apiServerEndpoint"] },
      maxArgs: 4,
      output: "events",
      flags: JOIN_FLAGS,
      examples: [
        "kubewright join phase preflight --discovery-file cluster.conf --token-file token",
      ],
    },
    ...CALL,
  },
];
