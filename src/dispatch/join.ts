import {
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  type Flag,
  flag,
  IGNORE,
  list,
  NODE_NAME,
  number,
  PATCHES,
  sets,
  SKIP,
  text,
} from "../cli/flags.ts";
import { nameOf, operandsOf, settingsOf, textOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

const JOIN_FLAGS: readonly Flag[] = [
  sets(
    text("apiserver-advertise-address", "<ip>", "for control plane nodes: address the API server tells others"),
    "JoinConfiguration.controlPlane.localAPIEndpoint.advertiseAddress",
  ),
  sets(
    number("apiserver-bind-port", "<port>", "for control plane nodes: port of the API server (6443)"),
    "JoinConfiguration.controlPlane.localAPIEndpoint.bindPort",
  ),
  sets(CERTIFICATE_KEY, "JoinConfiguration.controlPlane.certificateKey"),
  CERTIFICATE_KEY_FILE,
  CONFIG,
  {
    ...sets(
      flag("control-plane", "join as a control plane node: not supported yet, refused"),
      "JoinConfiguration.controlPlane",
    ),
    adds: true,
    read: (value) => value === true ? { value: {} } : undefined,
  },
  sets(CRI_SOCKET, "JoinConfiguration.nodeRegistration.criSocket"),
  sets(
    text("discovery-file", "<file|url>", "kubeconfig, or https URL of one, that leads to the cluster, instead of HOST"),
    "JoinConfiguration.discovery.file.kubeConfigPath",
  ),
  sets(
    text("discovery-token", "<token>", "token that proves cluster-info, if another than --token"),
    "JoinConfiguration.discovery.bootstrapToken.token",
  ),
  sets(
    list(
      "discovery-token-ca-cert-hash",
      "<sha256:hash>",
      "the cluster CA's public key must have this hash; of several, any one",
    ),
    "JoinConfiguration.discovery.bootstrapToken.caCertHashes",
  ),
  sets(
    flag("discovery-token-unsafe-skip-ca-verification", "join without knowing the cluster's CA (not safe)"),
    "JoinConfiguration.discovery.bootstrapToken.unsafeSkipCAVerification",
  ),
  sets(DRY_RUN, "JoinConfiguration.dryRun"),
  sets(IGNORE, "JoinConfiguration.nodeRegistration.ignorePreflightErrors"),
  sets(NODE_NAME, "JoinConfiguration.nodeRegistration.name"),
  sets(PATCHES, "JoinConfiguration.patches.directory"),
  sets(SKIP, "JoinConfiguration.skipPhases"),
  sets(
    text("tls-bootstrap-token", "<token>", "token that the kubelet gets its certificate with, if another than --token"),
    "JoinConfiguration.discovery.tlsBootstrapToken",
  ),
  sets(
    text("token", "<token>", "bootstrap token. Others see command lines: prefer --token-file"),
    "JoinConfiguration.discovery.bootstrapToken.token",
    "JoinConfiguration.discovery.tlsBootstrapToken",
  ),
  text("token-file", "<file>", "file that holds the bootstrap token, - for standard input"),
];

const CALL: Omit<Command, "spec"> = {
  phases: async () => (await import("../commands/join.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { join } = await import("../commands/join.ts");
    return await join(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: operandsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
    });
  },
};

/** `join` and what belongs to it. */
export const JOIN_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "join",
      changesHost: true,
      operands: "[HOST[:PORT]]",
      operand: { label: "HOST[:PORT]", sets: ["JoinConfiguration.discovery.bootstrapToken.apiServerEndpoint"] },
      maxOperands: 1,
      summary: "make this host a worker node of an existing cluster",
      output: "events",
      flags: JOIN_FLAGS,
      examples: [
        "kubewright join 10.0.0.10 --token-file token --discovery-token-ca-cert-hash sha256:…",
        "kubewright join --discovery-file https://example.org/cluster.conf --token-file token",
        "echo $TOKEN | kubewright join 10.0.0.10:6443 --token-file - --discovery-token-ca-cert-hash sha256:…",
      ],
    },
    ...CALL,
  },
  {
    spec: {
      name: "join phase",
      changesHost: true,
      operands: "PHASE… [HOST:PORT]",
      operand: { label: "HOST[:PORT]", sets: ["JoinConfiguration.discovery.bootstrapToken.apiServerEndpoint"] },
      maxOperands: 4,
      summary: "run one phase of join, with all below it",
      output: "events",
      flags: JOIN_FLAGS,
      examples: [
        "kubewright join phase preflight 10.0.0.10:6443 --token-file token --discovery-token-ca-cert-hash sha256:…",
      ],
    },
    ...CALL,
  },
];
