import { readKubeletSettings } from "../node/kubelet/settings.ts";
import { duration } from "../config/duration.ts";
import { loadReset } from "../config/load_reset.ts";
import type { Settings } from "../config/assignments.ts";
import type { ResetConfiguration, Timeouts } from "../config/types.ts";
import { EXIT, UserError } from "../errors.ts";
import { checkPhaseNames, type Phase, phaseRows, runPhases, selectionOf } from "../phases/phase.ts";
import { onItsOwn } from "../phases/reset/bounds.ts";
import { deleteNode, removeEtcdMember } from "../phases/reset/cluster.ts";
import { removeContainers } from "../phases/reset/containers.ts";
import { removeEtcdData, removeKubeadms } from "../phases/reset/contents.ts";
import type { Left, ResetContext } from "../phases/reset/context.ts";
import { removeMade, removeReceipt } from "../phases/reset/files.ts";
import { removeFirewall } from "../phases/reset/firewall.ts";
import { removeGroups, removeLogs } from "../phases/reset/leftovers.ts";
import { removeNetwork } from "../phases/reset/network.ts";
import { checkUser, preflight } from "../phases/reset/preflight.ts";
import { stopKubelet, unmount } from "../phases/reset/processes.ts";
import { type CommandContext, type Outcome, phaseOutcome, systemFor } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";
import { nextSteps } from "../text/steps.ts";
import { confirm, resetContext } from "./reset/context.ts";
import { type Loss, lossOf, lossText } from "./reset/loss.ts";
import { startTicker } from "./reset/ticker.ts";

/** A command line of `reset`. */
export interface ResetRequest {
  configText: string | undefined;
  /** Its name in messages: the path. */
  configName?: string | undefined;
  /** Words of the one phase to run; undefined: all of them. */
  phase: readonly string[] | undefined;
  settings: Settings;
  /** An administrator's kubeconfig. */
  kubeconfig: string;
}

/**
 * `reset` from top to bottom. Processes end before the files that they use are removed: the first of these steps that fails
 * ends the run. Each step finds its own work, so the next run finishes an interrupted one; the receipt is removed last, and
 * only when every step finished.
 */
const PHASES: readonly Phase<ResetContext>[] = [
  preflight,
  deleteNode,
  removeEtcdMember,
  {
    name: "cleanup-node",
    summary: "remove everything of the node from this host",
    phases: [
      stopKubelet,
      removeContainers,
      unmount,
      removeEtcdData,
      onItsOwn(removeNetwork),
      onItsOwn(removeFirewall),
      onItsOwn(removeGroups),
      onItsOwn(removeLogs),
      removeKubeadms,
      removeMade,
      removeReceipt,
    ],
  },
];

/** All phases in order of work. */
export function phases(): { path: string; summary: string }[] {
  return phaseRows(PHASES);
}

/** The runtime in the kubelet's configuration, where that is readable; otherwise those that answer. */
async function criSockets({ system: { host, runtime }, warn }: CommandContext): Promise<readonly string[]> {
  if (host.uid() === 0) { // other users cannot read it: preflight fails
    try {
      const { runtimeEndpoint } = await readKubeletSettings(host);
      if (runtimeEndpoint !== undefined) return [runtimeEndpoint];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(error.message); // the broken file is removed anyway
    }
  }
  return (await gatherFacts(host, runtime)).criSockets;
}

/** How long calls are retried by default, and here: a reset does not wait for a cluster. */
const PATIENCE = { kubernetesAPICall: ["1m", "10s"], etcdAPICall: ["2m", "30s"] } as const;

/** The configuration's time limits, the defaults replaced by shorter ones. */
function hurried({ timeouts }: ResetConfiguration): Timeouts {
  const limit = (name: keyof typeof PATIENCE) => {
    const [usual, ours] = PATIENCE[name].map(duration);
    return timeouts[name].nanoseconds === usual!.nanoseconds ? ours! : timeouts[name];
  };
  return { ...timeouts, kubernetesAPICall: limit("kubernetesAPICall"), etcdAPICall: limit("etcdAPICall") };
}

const OF_KUBEADM: readonly Left[] = [
  {
    what: "/etc/cni/net.d, /var/lib/cni, interfaces of the pod network",
    why: "kubeadm reset does not remove the pod network",
  },
  { what: "firewall rules, IPVS tables", why: "kubeadm reset does not remove them; a restart of the host clears them" },
  { what: "the Node in the cluster", why: "kubeadm reset does not delete it. To delete it: kubectl delete node NAME" },
];

const OF_OURS: readonly Left[] = [
  {
    what: "/run/xtables.lock, /run/netns, empty tables of iptables",
    why: "created by iptables and the container runtime; a restart of the host clears them",
  },
];

const OF_BOTH: readonly Left[] = [
  { what: "container images", why: "kept so that they are not pulled again; crictl rmi --prune removes them" },
  { what: "kernel settings of kubelet and kube-proxy", why: "a restart of the host restores them" },
  { what: "~/.kube/config and other copies of kubeconfigs", why: "not created by kubewright" },
];

/** Warns about data loss and asks for confirmation; the time of the answer does not count for a phase. */
async function announce(command: CommandContext, context: ResetContext, pause: () => void): Promise<Loss | undefined> {
  context.doing("listing the etcd members");
  const loss = await lossOf(context);
  if (loss !== undefined) command.warn(lossText(loss, context));
  pause();
  await confirm(command, context);
  return loss;
}

/** Removes the node from this host. A rerun continues, or finds nothing to do. */
export async function reset(command: CommandContext, request: ResetRequest): Promise<Outcome> {
  const facts = { criSockets: await criSockets(command) };
  const config = loadReset(request.configText, request.settings, facts, request.configName, {
    warn: command.warn,
  });
  const selection = selectionOf(PHASES, config.skipPhases, request.phase);
  checkPhaseNames(PHASES, selection);
  const system = systemFor(command, { ...config, timeouts: hurried(config) });
  const [left, unfinished]: [Left[], Left[]] = [[], []];
  const ticker = startTicker(command.doing);
  try {
    const { doing } = ticker;
    const { kubeconfig } = request;
    const context = await resetContext(system, command, config, { kubeconfig, left, unfinished, doing });
    const asks = (selection.only ?? preflight.name) === preflight.name && !selection.skip.includes(preflight.name);
    if (asks || selection.only !== undefined) checkUser(context);
    const loss = asks ? await announce(command, context, () => doing("")) : undefined;
    const start = command.clock();
    await runPhases(PHASES, context, selection, {
      ...command.observer,
      started(path) {
        doing(path);
        command.observer.started(path);
      },
    });
    const seconds = (command.clock() - start) / 1_000;
    return outcomeOf(context, selection.only, { left, seconds, ...(loss === undefined ? {} : { loss }) });
  } finally {
    ticker.stop();
  }
}

/** What stays, what was lost, and whether the reset is finished. */
function outcomeOf(
  context: ResetContext,
  only: string | undefined,
  { left, loss, seconds }: { left: readonly Left[]; loss?: Loss; seconds: number },
): Outcome {
  const { maker, unfinished, config } = context;
  const rest = only !== undefined || maker === "nobody"
    ? []
    : [...maker === "kubeadm" ? OF_KUBEADM : OF_OURS, ...OF_BOTH];
  const stays = [...left, ...rest];
  const isOpen = unfinished.length > 0;
  const done = only === undefined ? undefined : phaseOutcome(only, config.dryRun);
  const closing = isOpen ? UNFINISHED : done?.text ?? closingOf(context, seconds);
  const facts = done?.result ?? { maker, seconds, ...(config.dryRun ? { dryRun: true } : {}) };
  return {
    text: [...listed("Not removed", stays), ...listed("Not finished", unfinished), closing].join("\n"),
    brief: isOpen ? [...listed("Not finished", unfinished), closing].join("\n") : "",
    result: {
      ...facts,
      left: stays,
      ...(isOpen ? { unfinished } : {}),
      ...(loss === undefined ? {} : { lostCluster: loss }),
    },
    exitCode: isOpen ? EXIT.failed : EXIT.ok,
  };
}

const UNFINISHED = 'The reset is not finished. Fix the problems listed under "Not finished", then rerun the command.';

function listed(title: string, things: readonly Left[]): string[] {
  return things.length === 0 ? [] : [`\n${title}:`, ...things.map(({ what, why }) => `  ${what}: ${why}`), ""];
}

function closingOf({ maker, config }: ResetContext, seconds: number): string {
  if (config.dryRun) return "";
  if (maker === "nobody") {
    return "This host is not a cluster node, and no files of kubewright are left.";
  }
  const steps = nextSteps([
    {
      what: "Optional: restart the host, which clears the settings and rules listed above:",
      commands: ["systemctl reboot"],
    },
    { what: "Use this host for another cluster: kubewright init, or a join command of that cluster." },
  ]);
  return `Reset finished in ${seconds.toFixed(1)} s.\n\n${steps}`;
}
