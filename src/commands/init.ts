import { coreDnsObjects } from "../cluster/addons/coredns.ts";
import { FLANNEL_POD_SUBNET } from "../cluster/addons/flannel.ts";
import { kubeProxyObjects } from "../cluster/addons/kube_proxy.ts";
import { problemsOf } from "../cluster/existing_external.ts";
import { inspectKubeconfigs } from "../cluster/existing_kubeconfigs.ts";
import { inspectPki } from "../cluster/existing_pki.ts";
import { controlPlaneUrl } from "../cluster/endpoints.ts";
import { joinCommand } from "../cluster/join_command.ts";
import { KUBECONFIG_FILES } from "../cluster/paths.ts";
import { SUPPORTED } from "../cluster/versions.ts";
import { loadInit } from "../config/load.ts";
import { checkMixedFlags } from "../config/overrides.ts";
import type { Facts, InitConfiguration, InitOverrides } from "../config/types.ts";
import { parseDocuments } from "../config/yaml.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import { addon, type PodNetwork } from "../phases/addon.ts";
import { adminAccess } from "../phases/admin_access.ts";
import { bootstrapToken } from "../phases/bootstrap_token.ts";
import { certs } from "../phases/certs.ts";
import { controlPlane, etcd, patchedStaticPods } from "../phases/control_plane.ts";
import { images } from "../phases/images.ts";
import { kubeconfig } from "../phases/kubeconfig.ts";
import { kubeletFinalize } from "../phases/kubelet_finalize.ts";
import { kubeletStart } from "../phases/kubelet_start.ts";
import { kubeletUnit } from "../phases/kubelet_unit.ts";
import { markControlPlane } from "../phases/mark_control_plane.ts";
import {
  checkPhaseNames,
  partOf,
  type Phase,
  type PhaseList,
  phasePaths,
  runPhases,
  selectionOf,
} from "../phases/phase.ts";
import { controlPlaneChecks } from "../phases/preflight/control_plane.ts";
import { KUBELET_CHECKS } from "../phases/preflight/kubelet.ts";
import { NODE_CHECKS } from "../phases/preflight/node.ts";
import { preflightPhase } from "../phases/preflight/run.ts";
import { uploadConfig } from "../phases/upload_config.ts";
import { waitControlPlane } from "../phases/wait_control_plane.ts";
import { waitReady, waitRegistered } from "../phases/wait_node.ts";
import type { Host, KubeObject } from "../system.ts";
import { type Desk, type Outcome, phaseOutcome } from "./desk.ts";
import { gatherFacts } from "./facts.ts";
import { type InitContext, initContext } from "./init/context.ts";

/** What the command line asks `init` for. */
export interface InitRequest {
  configText: string | undefined;
  /** What to call it in messages: its path. */
  configName?: string | undefined;
  /** Names of the flags that were given. */
  given: readonly string[];
  /** Words of the one phase to run (`certs`, `apiserver`); undefined: all of them. */
  phase: readonly string[] | undefined;
  overrides: InitOverrides;
  /** `flannel`, `none` or the path of a manifest; undefined: flannel. */
  cni: string | undefined;
  showToken: boolean;
}

/** Refuses keys, certificates and kubeconfigs that are there and do not fit, before the first file is written. */
const existingFiles: Phase<InitContext> = {
  name: "existing-files",
  summary: "check that keys, certificates and kubeconfigs that are there fit together",
  async run(context) {
    const { host, config } = context;
    const findings = [...await inspectPki(host, config), ...await inspectKubeconfigs(host, config)];
    const problems = problemsOf(config, findings);
    if (problems.length > 0) {
      throw new InvalidInput("Cannot use files that are on this host already, and nothing was changed:", problems);
    }
  },
};

/** Refuses patches that cannot be applied, before the first file is written. */
const patches: Phase<InitContext> = {
  name: "patches",
  summary: "check that every patch (--patches) can be applied",
  when: ({ config }) => config.patchesDirectory !== undefined,
  async run(context) {
    const { config, patch } = context;
    const attempts: (() => unknown)[] = [
      () => patchedStaticPods(context),
      async () => patch("kubeletconfiguration", await context.kubeletConfiguration()),
      () => config.cluster.dns.disabled ? undefined : coreDnsObjects(config.cluster, undefined, patch),
      () => config.cluster.proxy.disabled ? undefined : kubeProxyObjects(config, [], patch),
    ];
    const problems: Problem[] = [];
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new InvalidInput("Cannot apply patches, and nothing was changed:", problems);
  },
};

/** `init` from top to bottom. */
const PHASES: PhaseList<InitContext> = [
  {
    ...preflightPhase<InitContext>([]),
    run: (context) =>
      preflightPhase([...NODE_CHECKS, ...KUBELET_CHECKS, ...controlPlaneChecks(context.config)]).run!(context),
  },
  existingFiles,
  patches,
  // The kubelet takes more than a second before it starts anything: the other keys are made meanwhile.
  [kubeletUnit, images, partOf(certs, ["ca"], true)],
  partOf(kubeconfig, ["kubelet"], true),
  kubeletStart,
  // Each static pod as soon as everything is there that its container reads.
  partOf(certs, ["etcd-ca", "etcd-server", "etcd-peer"]),
  etcd,
  partOf(certs, [
    "apiserver-etcd-client",
    "apiserver",
    "apiserver-kubelet-client",
    "front-proxy-ca",
    "front-proxy-client",
    "sa",
  ]),
  partOf(controlPlane, ["apiserver"]),
  partOf(kubeconfig, ["controller-manager"]),
  partOf(controlPlane, ["controller-manager"]),
  partOf(kubeconfig, ["scheduler"]),
  partOf(controlPlane, ["scheduler"]),
  // No container reads these.
  partOf(kubeconfig, ["admin", "super-admin"]),
  partOf(certs, ["etcd-healthcheck-client"]),
  waitControlPlane,
  adminAccess,
  uploadConfig,
  bootstrapToken,
  addon,
  kubeletFinalize,
  waitRegistered,
  markControlPlane,
  waitReady,
];

/** Names of all keys in the order in which the phases take them; each is named as its phase. */
const KEY_ORDER = phasePaths(PHASES).filter((path) => /^(certs|kubeconfig)\//.test(path))
  .map((path) => path.split("/")[1]!);

/** Paths of all phases in order of work. */
export function phaseNames(): string[] {
  return phasePaths(PHASES);
}

/** What `--cni` names; a manifest file is read and must hold Kubernetes objects. */
async function podNetworkOf(host: Host, cni = "flannel"): Promise<PodNetwork> {
  if (cni === "flannel" || cni === "none") return { kind: cni };
  const text = await host.readText(cni);
  if (text === undefined) {
    throw new InvalidInput("Cannot install a pod network:", [
      { where: "--cni", what: `is flannel, none or a manifest file, but there is no file "${cni}"` },
    ]);
  }
  const objects = parseDocuments(text, cni).map(({ body }) => body as KubeObject);
  const nameless = objects.filter((object) => !object.metadata?.name);
  if (nameless.length === 0 && objects.length > 0) return { kind: "manifest", objects };
  throw new InvalidInput("Cannot install a pod network:", [
    {
      where: "--cni",
      what: `"${cni}" holds ${objects.length} objects, ${nameless.length} of them without metadata.name`,
    },
  ]);
}

/** flannel needs to know the pods' addresses, so they have a default with it, as in its own manifest. */
function load(desk: Desk, request: InitRequest, facts: Facts, network: PodNetwork): InitConfiguration {
  const { configText, configName, overrides } = request;
  const config = loadInit(configText, overrides, facts, SUPPORTED, configName, { warn: desk.warn });
  if (network.kind !== "flannel" || config.cluster.networking.podSubnet) return config;
  return loadInit(configText, { ...overrides, podSubnet: FLANNEL_POD_SUBNET }, facts, SUPPORTED, configName);
}

/** Refuses what this command cannot do yet, before anything is done. */
function checkSupported(config: InitConfiguration): void {
  const problems = [];
  if (config.certificateKey) {
    problems.push({
      where: "certificateKey",
      what: "uploading certificates for other control plane nodes is not supported yet",
    });
  }
  if (problems.length > 0) throw new InvalidInput("Cannot set up a control plane:", problems);
}

async function outcome(context: InitContext, request: InitRequest, seconds: number): Promise<Outcome> {
  const result = {
    kubeconfig: KUBECONFIG_FILES.admin,
    kubernetesVersion: context.config.cluster.kubernetesVersion,
    seconds,
  };
  if (context.config.dryRun) {
    return { text: "Nothing was changed: this was a dry run.", result: { ...result, dryRun: true } };
  }
  const { cluster, localAPIEndpoint } = context.config;
  const [token] = await context.tokens();
  const { argv, hash } = await joinCommand(
    controlPlaneUrl(cluster, localAPIEndpoint),
    await context.caPem(),
    token!.token,
  );
  if (!request.showToken) argv[argv.indexOf("--token") + 1] = "<token>";
  return {
    text: [
      `\nThe control plane runs, after ${seconds.toFixed(1)} s. As root on this host:`,
      `\n  export KUBECONFIG=${KUBECONFIG_FILES.admin}`,
      "\nOn each host that is to become a worker, as root:",
      `\n  ${argv.join(" ")}`,
    ].join("\n"),
    result: { ...result, joinCommand: argv, caCertHashes: [hash] },
  };
}

/** Makes this host the first control plane node of a new cluster; run again, it goes on, or changes nothing. */
export async function init(desk: Desk, request: InitRequest): Promise<Outcome> {
  const start = performance.now();
  checkMixedFlags(request.given);
  const { host } = desk.system;
  const [facts, network] = await Promise.all([gatherFacts(host), podNetworkOf(host, request.cni)]);
  const config = load(desk, request, facts, network);
  checkSupported(config);
  const selection = selectionOf(config.skipPhases, request.phase);
  checkPhaseNames(PHASES, selection);
  const system = config.dryRun ? desk.dryRun() : desk.system;
  const context = await initContext(system, desk, facts, config, network, KEY_ORDER);
  await runPhases(PHASES, context, selection, desk.observer);
  if (selection.only) return phaseOutcome(selection.only, config.dryRun);
  return await outcome(context, request, (performance.now() - start) / 1_000);
}
