import { KUBEADM_CONFIG, KUBELET_CONFIG } from "../cluster/kubeadm_config.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import { kubeletSkewProblem } from "../cluster/versions.ts";
import { loadJoin } from "../config/load.ts";
import { checkMixedFlags } from "../config/overrides.ts";
import { parseClusterConfiguration } from "../config/serialize.ts";
import type { ComponentConfiguration, Facts, JoinConfiguration, JoinOverrides } from "../config/types.ts";
import { parseDocuments } from "../config/yaml.ts";
import { InvalidInput, Untrusted, UserError } from "../errors.ts";
import {
  bootstrapCredentials,
  type BootstrapKubeletContext,
  kubeletWaitBootstrap,
  presentAuthority,
} from "../phases/bootstrap_kubelet.ts";
import { checkPins, discover } from "../phases/discovery.ts";
import { kubeletStart, type KubeletStartContext } from "../phases/kubelet_start.ts";
import { kubeletUnit } from "../phases/kubelet_unit.ts";
import { checkPhaseNames, type Phase, phasePaths, runPhases, selectionOf } from "../phases/phase.ts";
import { KUBELET_CHECKS } from "../phases/preflight/kubelet.ts";
import { NODE_CHECKS } from "../phases/preflight/node.ts";
import { type Check, preflightPhase, runChecks } from "../phases/preflight/run.ts";
import { WORKER_CHECKS, type WorkerContext } from "../phases/preflight/worker.ts";
import { type WaitNodeContext, waitReady, waitRegistered } from "../phases/wait_node.ts";
import type { KubeClient, KubeObject, System } from "../system.ts";
import { readCredentials } from "./credentials.ts";
import { type Desk, type Outcome, phaseOutcome } from "./desk.ts";
import { gatherFacts, readOwnPaths } from "./facts.ts";

/** What the command line asks `join` for. */
export interface JoinRequest {
  configText: string | undefined;
  /** What to call it in messages: its path. */
  configName?: string | undefined;
  /** Names of the flags that were given. */
  given: readonly string[];
  /** Words of the one phase to run (`certs`, `apiserver`); undefined: all of them. */
  phase: readonly string[] | undefined;
  overrides: JoinOverrides;
}

/** All that the phases of `join` need, together. */
interface JoinContext extends WorkerContext, KubeletStartContext, BootstrapKubeletContext, WaitNodeContext {
  system: System;
  config: JoinConfiguration;
  /** A client that may read the cluster's configuration: by token, or by the kubelet's own identity. */
  reader: KubeClient | undefined;
}

/** The text under a key of a ConfigMap. */
async function configMapText(
  client: KubeClient,
  map: { name: string; namespace: string; key: string },
): Promise<string> {
  const object = await client.get({ apiVersion: "v1", kind: "ConfigMap", name: map.name, namespace: map.namespace });
  const text = (object?.["data"] as Record<string, string> | undefined)?.[map.key];
  if (text !== undefined) return text;
  throw new UserError(
    `Cannot read the cluster's configuration: ConfigMap ${map.namespace}/${map.name} has no "${map.key}"`,
    {
      hint: "The cluster was not set up by kubewright or kubeadm, or its init has not finished.",
    },
  );
}

/** A kubelet that has its identity has it from the cluster that is to be joined. */
async function checkSameCluster(caPem: string, pins: readonly string[], endpoint: string): Promise<void> {
  try {
    await checkPins(caPem, pins, endpoint);
  } catch (cause) {
    if (!(cause instanceof Untrusted)) throw cause;
    throw new InvalidInput("Cannot join, and nothing was changed:", [{
      where: KUBELET_FILES.kubeconfig,
      what:
        `is there already, and not from the cluster at "${endpoint}": its CA has another public key than the given hash`,
      hint:
        "This host is, or was, part of another cluster. Take it out of that one first, or give the hash of its own.",
    }]);
  }
}

/** Trust first: the cluster is proven before the token is shown to it. */
const discovery: Phase<JoinContext> = {
  name: "discovery",
  summary: "find the cluster and prove that it is the right one",
  async run(context) {
    const { system, config } = context;
    const own = await readCredentials(system.host, KUBELET_FILES.kubeconfig);
    if (own) {
      const { caCertHashes = [], apiServerEndpoint = own.server } = config.discovery.bootstrapToken ?? {};
      if (caCertHashes.length > 0) await checkSameCluster(own.caPem, caCertHashes, apiServerEndpoint);
      context.reader = system.connect(own);
      context.note("the kubelet has its identity already: this host has joined before");
      return;
    }
    context.cluster = await discover(system, config);
    context.reader = system.connect({ ...context.cluster, token: config.discovery.tlsBootstrapToken });
  },
};

/** What the cluster says about this node before it is one. */
const clusterChecks: Phase<JoinContext> = {
  name: "cluster-checks",
  summary: "check that the cluster takes this node",
  async run(context) {
    const { reader, config, facts } = context;
    const cluster = parseClusterConfiguration(await configMapText(reader!, KUBEADM_CONFIG));
    const kubelet = await context.kubeletConfiguration();
    const version: Check<JoinContext> = {
      name: "KubeletVersion",
      look() {
        const problem = facts.kubeletVersion && kubeletSkewProblem(facts.kubeletVersion, cluster.kubernetesVersion);
        return Promise.resolve(problem ? { errors: [problem], hint: "Install a kubelet of a fitting version." } : {});
      },
    };
    const ignored = config.nodeRegistration.ignorePreflightErrors;
    await runChecks([...KUBELET_CHECKS, version], { ...context, kubelet }, ignored);
    if (!context.cluster) return;
    await presentAuthority(context.host, config, context.cluster.caPem);
    const name = config.nodeRegistration.name;
    const node = await reader!.get({ apiVersion: "v1", kind: "Node", name });
    if (!node || !isReady(node)) return;
    throw new InvalidInput("Cannot join, and nothing was changed:", [{
      where: "nodeRegistration.name",
      what: `the cluster has a Ready node "${name}" already`,
      hint: "Give another name with --node-name, or delete that node first: kubectl delete node " + name,
    }]);
  },
};

function isReady(node: KubeObject): boolean {
  const { conditions = [] } = (node["status"] ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** `join` from top to bottom. */
const PHASES: readonly Phase<JoinContext>[] = [
  preflightPhase([...NODE_CHECKS, ...WORKER_CHECKS]),
  discovery,
  clusterChecks,
  kubeletUnit,
  bootstrapCredentials,
  kubeletStart,
  kubeletWaitBootstrap,
  waitRegistered,
  waitReady,
];

/** Paths of all phases in order of work. */
export function phaseNames(): string[] {
  return phasePaths(PHASES);
}

/** Refuses what this command cannot do yet, before anything is done. */
function checkSupported(config: JoinConfiguration): void {
  const problems = [];
  if (config.controlPlane) {
    problems.push({ where: "controlPlane", what: "joining as a control plane node is not supported yet" });
  }
  if (!config.discovery.bootstrapToken) {
    problems.push({ where: "discovery.file", what: "discovery by file is not supported yet: use a bootstrap token" });
  }
  if (config.patchesDirectory) problems.push({ where: "patches", what: "patches are not supported yet" });
  if (problems.length > 0) throw new InvalidInput("Cannot join:", problems);
}

async function kubeletConfigurationOf(context: JoinContext): Promise<ComponentConfiguration> {
  const text = await configMapText(context.reader!, KUBELET_CONFIG);
  return parseDocuments(text, "ConfigMap kubelet-config")[0]!.body as ComponentConfiguration;
}

async function joinContext(system: System, desk: Desk, facts: Facts, config: JoinConfiguration): Promise<JoinContext> {
  const { host } = system;
  const context: JoinContext = {
    system,
    host,
    facts,
    config,
    runtime: system.runtime(config.nodeRegistration.criSocket),
    nodeRegistration: config.nodeRegistration,
    ownPaths: await readOwnPaths(host),
    cluster: undefined,
    reader: undefined,
    registerTaints: true,
    kubeletConfiguration: () => kubeletConfigurationOf(context),
    kubeletStartedAt: performance.now(),
    nodeName: config.nodeRegistration.name,
    timeouts: config.timeouts,
    networkExpected: true,
    async nodeReader() {
      const credentials = await readCredentials(host, KUBELET_FILES.kubeconfig);
      return credentials ? system.connect(credentials) : context.reader!;
    },
    note: desk.note,
    warn: desk.warn,
  };
  return context;
}

/** Makes this host a worker node; run again, it goes on, or changes nothing. */
export async function join(desk: Desk, request: JoinRequest): Promise<Outcome> {
  const start = performance.now();
  checkMixedFlags(request.given);
  const facts = await gatherFacts(desk.system.host);
  const config = loadJoin(request.configText, request.overrides, facts, request.configName);
  checkSupported(config);
  const selection = selectionOf(config.skipPhases, request.phase);
  checkPhaseNames(PHASES, selection);
  const system = config.dryRun ? desk.dryRun() : desk.system;
  const context = await joinContext(system, desk, facts, config);
  await runPhases(PHASES, context, selection, desk.observer);
  if (selection.only) return phaseOutcome(selection.only, config.dryRun);
  const seconds = (performance.now() - start) / 1_000;
  const result = { node: context.nodeName, seconds };
  if (config.dryRun) return { text: "Nothing was changed: this was a dry run.", result: { ...result, dryRun: true } };
  return {
    text: `\nNode ${context.nodeName} has joined the cluster and is Ready, after ${seconds.toFixed(1)} s.`,
    result,
  };
}
