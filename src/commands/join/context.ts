import { readCredentials } from "../../node/credentials.ts";
import type { DiscoveryFile } from "../../cluster/discovery_file.ts";
import { KUBELET_CONFIG } from "../../cluster/objects/kubeadm_config.ts";
import { configMapText } from "../../node/config_map.ts";
import { KUBELET_FILES } from "../../cluster/paths.ts";
import { patientReader } from "../../node/patient_reader.ts";
import { patcher } from "../../cluster/patches/apply.ts";
import { PATCH_TARGETS } from "../../cluster/patches/names.ts";
import { readPatches } from "../../node/patches.ts";
import { formatHostPort, type HostPort, splitHostPort } from "../../config/addresses.ts";
import type { ComponentConfiguration, Facts, JoinConfiguration } from "../../config/types.ts";
import { milliseconds } from "../../config/duration.ts";
import { parseDocuments } from "../../config/yaml.ts";
import { isHttps } from "../../config/url.ts";
import { InvalidInput, Untrusted, UserError } from "../../errors.ts";
import { cell, cellsBy } from "../../phases/cell.ts";
import type { BootstrapKubeletContext } from "../../phases/bootstrap_kubelet.ts";
import { checkPins, discover, type DiscoveryContext, loadDiscoveryFile, pinsOf } from "../../phases/discovery.ts";
import type { KubeletStartContext } from "../../phases/kubelet_start.ts";
import type { KubeletUnitContext } from "../../phases/kubelet_unit.ts";
import type { ClusterChecksContext } from "../../phases/preflight/cluster.ts";
import type { WorkerContext } from "../../phases/preflight/worker.ts";
import type { WaitNodeContext } from "../../phases/wait_node.ts";
import type { KubeClient, KubeCredentials, System } from "../../system.ts";
import { type CommandContext, once } from "../command_context.ts";
import { readOwnPaths } from "../../node/facts.ts";

/** Everything that the phases of `join` need. */
export type JoinContext =
  & WorkerContext
  & DiscoveryContext
  & ClusterChecksContext
  & BootstrapKubeletContext
  & KubeletUnitContext
  & KubeletStartContext
  & WaitNodeContext;

/** A client certificate that the kubelet already has must be of the cluster to join. */
async function checkSameCluster(caPem: string, pins: readonly string[], endpoint: string): Promise<void> {
  try {
    await checkPins(caPem, pins, endpoint);
  } catch (cause) {
    if (!(cause instanceof Untrusted)) throw cause;
    throw new InvalidInput("Cannot join:", [{
      where: KUBELET_FILES.kubeconfig,
      what:
        `already exists and is of another cluster than "${endpoint}": the public key of its CA does not match the given hash`,
      hint:
        "If this host was a node of another cluster, run kubewright reset first. Otherwise pass the hash of the CA in this file.",
    }]);
  }
}

/** The credentials that the kubelet already has; undefined on a host that has not joined yet. */
async function ownIdentity(
  system: System,
  config: JoinConfiguration,
  file: () => Promise<DiscoveryFile | undefined>,
): Promise<KubeCredentials | undefined> {
  const own = await readCredentials(system.host, KUBELET_FILES.kubeconfig);
  if (!own) return undefined;
  if (isLocal(config)) {
    const { caPem, server } = (await file())!;
    if (caPem !== undefined) await checkSameCluster(own.caPem, await pinsOf(caPem), server);
  }
  const { bootstrapToken } = config.discovery;
  if (bootstrapToken && bootstrapToken.caCertHashes.length > 0) {
    const { caCertHashes, apiServerEndpoint } = bootstrapToken;
    await checkSameCluster(own.caPem, caCertHashes, formatHostPort(apiServerEndpoint));
  }
  return own;
}

/** Whether the cluster is discovered by a file on this host. */
function isLocal({ discovery }: JoinConfiguration): boolean {
  return discovery.file !== undefined && !isHttps(discovery.file.kubeConfigPath);
}

/** The first server to connect to: the API server, or the server of the discovery file. */
async function firstEndpoint(
  { discovery }: JoinConfiguration,
  file: () => Promise<DiscoveryFile | undefined>,
): Promise<HostPort | undefined> {
  if (!discovery.file) return discovery.bootstrapToken?.apiServerEndpoint;
  const url = URL.parse(
    isLocal({ discovery } as JoinConfiguration) ? (await file())!.server : discovery.file.kubeConfigPath,
  );
  return url === null ? undefined : splitHostPort(`${url.hostname}:${url.port || 443}`);
}

/** A client that waits for API servers that are starting. */
function patiently(system: System, { timeouts }: JoinConfiguration, to: KubeCredentials, whose: string): KubeClient {
  return patientReader(system.connect(to), system.host, {
    timeoutMs: milliseconds(timeouts.kubernetesAPICall),
    whose,
    hints: {
      forbidden: [
        "On a control plane node, create the roles that let nodes read the configuration: kubewright init phase upload-config all, " +
        "then kubewright init phase bootstrap-token",
        "If these roles already exist, check the API server: run kubewright status on a control plane node.",
      ],
      refused: [
        "If the bootstrap token has expired, create a new one: kubewright token create --print-join-command",
        "If this host was a node of another cluster, reset it, then join again: kubewright reset",
      ],
    },
  });
}

async function kubeletConfigurationOf(reader: KubeClient): Promise<ComponentConfiguration> {
  const [document] = parseDocuments(await configMapText(reader, KUBELET_CONFIG), "ConfigMap kubelet-config");
  if (document) return document.body;
  throw new UserError("Cannot use the cluster's KubeletConfiguration: ConfigMap kube-system/kubelet-config is empty");
}

/** Creates the context of the phases. The cluster is discovered when the first phase needs it. */
export async function joinContext(
  system: System,
  command: CommandContext,
  facts: Facts,
  config: JoinConfiguration,
): Promise<JoinContext> {
  const { host } = system;
  const file = once(() => loadDiscoveryFile(system, config));
  // Without root, preflight fails; until then nothing is read.
  const endpoint = host.uid() === 0 ? await firstEndpoint(config, file) : undefined;
  const identity = once(() => ownIdentity(system, config, file));
  const cluster = once(async () => await identity() ? undefined : await discover(system, config, file, command.warn));
  const reader = once(async () => {
    const own = await identity();
    if (!own) {
      const { server, caPem, credentials } = (await cluster())!;
      return patiently(system, config, { server, caPem, ...credentials }, "the bootstrap credentials");
    }
    command.note("the kubelet already has a client certificate: this host has joined before");
    return patiently(system, config, own, `the identity of the kubelet (${KUBELET_FILES.kubeconfig})`);
  });
  return {
    host,
    facts,
    config,
    ...(endpoint === undefined ? {} : { endpoint }),
    cluster,
    reader,
    runtime: system.runtime(config.nodeRegistration.criSocket),
    nodeRegistration: config.nodeRegistration,
    ownPaths: await readOwnPaths(host),
    registerTaints: true,
    patch: patcher(await readPatches(host, config.patchesDirectory, PATCH_TARGETS, command.warn), command.warn),
    kubeletConfiguration: once(async () => await kubeletConfigurationOf(await reader())),
    kubeletStartedAt: cell("kubelet started at"),
    formerFiles: cellsBy("former file"),
    kubeletEnabled: cell("kubelet enabled by this run"),
    nodeName: config.nodeRegistration.name,
    timeouts: config.timeouts,
    networkExpected: true,
    nodeReaderFile: KUBELET_FILES.kubeconfig,
    async nodeReader() {
      const credentials = await readCredentials(host, KUBELET_FILES.kubeconfig);
      return credentials ? system.connect(credentials) : await reader();
    },
    note: command.note,
    warn: command.warn,
  };
}
