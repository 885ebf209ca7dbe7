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

/** All that the phases of `join` need, together. */
export type JoinContext =
  & WorkerContext
  & DiscoveryContext
  & ClusterChecksContext
  & BootstrapKubeletContext
  & KubeletUnitContext
  & KubeletStartContext
  & WaitNodeContext;

/** A kubelet that has its identity has it from the cluster that is to be joined. */
async function checkSameCluster(caPem: string, pins: readonly string[], endpoint: string): Promise<void> {
  try {
    await checkPins(caPem, pins, endpoint);
  } catch (cause) {
    if (!(cause instanceof Untrusted)) throw cause;
    throw new InvalidInput("Cannot join:", [{
      where: KUBELET_FILES.kubeconfig,
      what:
        `is there already, and not from the cluster at "${endpoint}": its CA has another public key than the given hash`,
      hint:
        "This host is, or was, part of another cluster. Take it out of that one first, or give the hash of its own.",
    }]);
  }
}

/** The identity that the kubelet has already; undefined on a host that has not joined yet. */
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

/** Whether there is a discovery file, on this host. */
function isLocal({ discovery }: JoinConfiguration): boolean {
  return discovery.file !== undefined && !isHttps(discovery.file.kubeConfigPath);
}

/** Where the first connection goes: API server, or who has the discovery file. */
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

/** A client for what joining reads of the cluster, whose API servers may just be starting. */
function patiently(system: System, { timeouts }: JoinConfiguration, to: KubeCredentials, whose: string): KubeClient {
  return patientReader(system.connect(to), system.host, {
    timeoutMs: milliseconds(timeouts.kubernetesAPICall),
    whose,
    hints: {
      forbidden: [
        "On a control plane node, create what lets nodes read the configuration: kubewright init phase upload-config all, " +
        "then kubewright init phase bootstrap-token",
        "If these roles are there already, look at the API server (kubewright status on a control plane node).",
      ],
      refused: [
        "If a bootstrap token has expired, create another: kubewright token create --print-join-command",
        "If this host was part of another cluster: kubewright reset, then join again.",
      ],
    },
  });
}

async function kubeletConfigurationOf(reader: KubeClient): Promise<ComponentConfiguration> {
  const [document] = parseDocuments(await configMapText(reader, KUBELET_CONFIG), "ConfigMap kubelet-config");
  if (document) return document.body;
  throw new UserError("Cannot use the cluster's KubeletConfiguration: ConfigMap kube-system/kubelet-config is empty");
}

/** Puts together what the phases need. The cluster is looked for when the first of them asks for it. */
export async function joinContext(
  system: System,
  command: CommandContext,
  facts: Facts,
  config: JoinConfiguration,
): Promise<JoinContext> {
  const { host } = system;
  const file = once(() => loadDiscoveryFile(system, config));
  // Without root the preflight check will say so; until then there is nothing to read.
  const endpoint = host.uid() === 0 ? await firstEndpoint(config, file) : undefined;
  const identity = once(() => ownIdentity(system, config, file));
  const cluster = once(async () => await identity() ? undefined : await discover(system, config, file, command.warn));
  const reader = once(async () => {
    const own = await identity();
    if (!own) {
      const { server, caPem, credentials } = (await cluster())!;
      return patiently(system, config, { server, caPem, ...credentials }, "the bootstrap credentials");
    }
    command.note("the kubelet has its identity already: this host has joined before");
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
