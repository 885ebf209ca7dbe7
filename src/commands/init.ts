import { FLANNEL_POD_SUBNET } from "../cluster/addons/flannel.ts";
import { SUPPORTED } from "../cluster/versions.ts";
import { loadInit } from "../config/load.ts";
import { type Settings, withSetting } from "../config/assignments.ts";
import type { Facts, InitConfiguration } from "../config/types.ts";
import { isMapping, parseDocuments } from "../config/yaml.ts";
import { InvalidInput } from "../errors.ts";
import { addon, type PodNetwork } from "../phases/addon.ts";
import { adminAccess } from "../phases/admin_access.ts";
import { bootstrapToken } from "../phases/bootstrap_token.ts";
import { certs } from "../phases/certs.ts";
import { controlPlane, etcd } from "../phases/control_plane.ts";
import { images } from "../phases/images.ts";
import { kubeconfig } from "../phases/kubeconfig.ts";
import { kubeletFinalize } from "../phases/kubelet_finalize.ts";
import { kubeletStart } from "../phases/kubelet_start.ts";
import { kubeletUnit } from "../phases/kubelet_unit.ts";
import { markControlPlane } from "../phases/mark_control_plane.ts";
import {
  checkPhaseNames,
  partOf,
  type PhaseList,
  phasePaths,
  phaseRows,
  runPhases,
  selectionOf,
} from "../phases/phase.ts";
import { controlPlaneChecks } from "../phases/preflight/control_plane.ts";
import { KUBELET_CHECKS } from "../phases/preflight/kubelet.ts";
import { NODE_CHECKS } from "../phases/preflight/node.ts";
import { preflightPhase } from "../phases/preflight/run.ts";
import { showJoinCommand } from "../phases/show_join_command.ts";
import { uploadCerts } from "../phases/upload_certs.ts";
import { uploadConfig } from "../phases/upload_config.ts";
import { waitControlPlane } from "../phases/wait_control_plane.ts";
import { waitReady, waitRegistered } from "../phases/wait_node.ts";
import { waitPods } from "../phases/wait_pods.ts";
import type { Host, KubeObject } from "../system.ts";
import { type CommandContext, type Outcome, systemFor } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";
import { existingFiles, patches } from "./init/checks.ts";
import { type InitContext, initContext } from "./init/context.ts";
import { manifestOutcome } from "./init/manifests.ts";
import { initOutcome, type Shown } from "./init/outcome.ts";

/** A command line of `init`. */
export interface InitRequest {
  configText: string | undefined;
  /** Its name in messages: the path. */
  configName?: string | undefined;
  /** Words of the one phase to run (`certs`, `apiserver`); undefined: all of them. */
  phase: readonly string[] | undefined;
  settings: Settings;
  /** `flannel`, `none` or the path of a manifest; undefined: flannel. */
  cni: string | undefined;
  /** Upload certificates for additional control plane nodes. */
  uploadCerts: boolean;
  /** An administrator's kubeconfig instead of /etc/kubernetes/admin.conf. */
  kubeconfig: string | undefined;
  /** The directory that the phase kubeconfig writes to, instead of /etc/kubernetes. */
  kubeconfigDirectory: string | undefined;
  /** Print the objects of the phases `addon …` instead of installing them. */
  printManifest: boolean;
  shown: Shown;
}

/** `init` from top to bottom. */
const PHASES: PhaseList<InitContext> = [
  preflightPhase(({ node }) => [...NODE_CHECKS, ...KUBELET_CHECKS, ...controlPlaneChecks(node)]),
  existingFiles,
  patches,
  // Checks the same as existing-files, for runs that skip that phase.
  partOf(certs, [], true),
  partOf(kubeconfig, [], true),
  // The kubelet takes more than a second before it starts a pod: the other keys are generated in that time.
  [kubeletUnit, images, partOf(certs, ["ca"])],
  partOf(kubeconfig, ["kubelet"]),
  kubeletStart,
  // Each static pod as soon as the files that its container reads exist.
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
  uploadCerts,
  bootstrapToken,
  addon,
  kubeletFinalize,
  waitRegistered,
  markControlPlane,
  waitReady,
  waitPods,
  showJoinCommand,
];

/** First words of the phases that use the container runtime, or configure the kubelet with it. */
const WITH_RUNTIME = ["preflight", "images", "kubelet-start"];

/** First words of the phases that apply patches. */
const WITH_PATCHES = ["patches", "etcd", "control-plane", "kubelet-start", "addon"];

/** Names of all keys in the order in which the phases need them; each is named like its phase. */
const KEY_ORDER = phasePaths(PHASES).filter((path) => /^(certs|kubeconfig)\//.test(path))
  .map((path) => path.split("/")[1]!);

/** All phases in order of work. */
export function phases(): { path: string; summary: string }[] {
  return phaseRows(PHASES);
}

/** The pod network that `--cni` selects; a manifest file must contain Kubernetes objects. */
async function podNetworkOf(host: Host, cni = "flannel"): Promise<PodNetwork> {
  if (cni === "flannel" || cni === "none") return { kind: cni };
  const text = await host.readText(cni);
  if (text === undefined) {
    throw new InvalidInput("Cannot install a pod network:", [
      { where: "--cni", what: `must be flannel, none or a manifest file; file "${cni}" not found` },
    ]);
  }
  const objects = parseDocuments(text, cni).map(({ body }) => body as KubeObject);
  const nameless = objects.filter(({ metadata }) =>
    !isMapping(metadata) || typeof metadata.name !== "string" || !metadata.name
  );
  if (nameless.length === 0 && objects.length > 0) return { kind: "manifest", objects };
  throw new InvalidInput("Cannot install a pod network:", [
    {
      where: "--cni",
      what: objects.length === 0
        ? `"${cni}" contains no objects`
        : `"${cni}" contains ${objects.length} objects, ${nameless.length} of them without metadata.name`,
    },
  ]);
}

/** flannel requires a pod subnet: the default is that of its own manifest. */
function load(command: CommandContext, request: InitRequest, facts: Facts, network: PodNetwork): InitConfiguration {
  const { configText, configName, settings, phase } = request;
  const options = { anyRuntime: phase !== undefined && !WITH_RUNTIME.includes(phase[0]!) };
  const config = loadInit(configText, settings, facts, SUPPORTED, configName, { ...options, warn: command.warn });
  if (network.kind !== "flannel" || config.cluster.networking.podSubnet.length > 0) return config;
  const withPods = withSetting(settings, "ClusterConfiguration.networking.podSubnet", FLANNEL_POD_SUBNET);
  return loadInit(configText, withPods, facts, SUPPORTED, configName, options);
}

/** Later phases do not find kubeconfigs in another directory. */
function checkKubeconfigDirectory(directory: string | undefined, phase: string | undefined): void {
  if (directory === undefined || /^kubeconfig(\/|$)/.test(phase ?? "")) return;
  const what = "requires the phase kubeconfig";
  throw new InvalidInput("Cannot write kubeconfigs:", [{ where: "--kubeconfig-dir", what }]);
}

/** Creates a cluster with this host as its first control plane node. A rerun continues, or changes nothing. */
export async function init(command: CommandContext, request: InitRequest): Promise<Outcome> {
  const start = command.clock();
  const { host } = command.system;
  const [facts, network] = await Promise.all([
    gatherFacts(host, command.system.runtime),
    podNetworkOf(host, request.cni),
  ]);
  const config = load(command, request, facts, network);
  const selection = selectionOf(PHASES, config.skipPhases, request.phase);
  checkKubeconfigDirectory(request.kubeconfigDirectory, selection.only);
  checkPhaseNames(PHASES, selection);
  if (selection.only === "upload-certs" && !request.uploadCerts) {
    const result = { phase: selection.only, skipped: true };
    return { text: "Phase upload-certs was skipped: it requires --upload-certs.", result };
  }
  const system = systemFor(command, config);
  const patched = request.phase === undefined || WITH_PATCHES.includes(request.phase[0]!);
  const options = { ...request, patches: patched ? config.patchesDirectory : undefined };
  const context = await initContext(system, command, facts, config, network, KEY_ORDER, options);
  if (request.printManifest) return await manifestOutcome(context, selection.only);
  await runPhases(PHASES, context, selection, command.observer);
  return initOutcome(context, selection.only, request.shown, (command.clock() - start) / 1_000);
}
