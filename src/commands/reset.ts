import { KUBELET_FILES } from "../cluster/paths.ts";
import { loadReset } from "../config/load_reset.ts";
import { checkMixedFlags } from "../config/overrides.ts";
import type { ResetOverrides } from "../config/types.ts";
import { checkPhaseNames, type Phase, phasePaths, runPhases, selectionOf } from "../phases/phase.ts";
import { deleteNode, removeEtcdMember } from "../phases/reset/cluster.ts";
import type { ResetContext } from "../phases/reset/context.ts";
import { removeEtcdData, removeKubeadms } from "../phases/reset/contents.ts";
import { removeMade, removeReceipt } from "../phases/reset/files.ts";
import { removeFirewall } from "../phases/reset/firewall.ts";
import { removeNetwork } from "../phases/reset/network.ts";
import { checkUser, preflight } from "../phases/reset/preflight.ts";
import { removeGroups, removeLogs } from "../phases/reset/leftovers.ts";
import { removeContainers, stopKubelet, unmount } from "../phases/reset/processes.ts";
import type { Host } from "../system.ts";
import { type Desk, type Outcome, phaseOutcome, systemFor } from "./desk.ts";
import { gatherFacts } from "./facts.ts";
import { resetContext } from "./reset/context.ts";

/** What the command line asks `reset` for. */
export interface ResetRequest {
  configText: string | undefined;
  /** What to call it in messages: its path. */
  configName?: string | undefined;
  /** Names of the flags that were given. */
  given: readonly string[];
  /** Words of the one phase to run; undefined: all of them. */
  phase: readonly string[] | undefined;
  overrides: ResetOverrides;
  /** An administrator's kubeconfig. */
  kubeconfig: string;
}

/**
 * `reset` from top to bottom. What runs ends before what it uses is removed; each step finds by itself what there is,
 * so a run that was ended is finished by the next one; the receipt goes last.
 */
const PHASES: readonly Phase<ResetContext>[] = [
  preflight,
  deleteNode,
  removeEtcdMember,
  {
    name: "cleanup-node",
    summary: "take everything of the node off this host",
    phases: [
      stopKubelet,
      removeContainers,
      unmount,
      removeEtcdData,
      removeNetwork,
      removeFirewall,
      removeGroups,
      removeLogs,
      removeKubeadms,
      removeMade,
      removeReceipt,
    ],
  },
];

/** Paths of all phases in order of work. */
export function phaseNames(): string[] {
  return phasePaths(PHASES);
}

/** The runtime that the kubelet was set up with, where that can be told; otherwise those that are there. */
async function criSockets(host: Host): Promise<readonly string[]> {
  if (host.uid() !== 0) return (await gatherFacts(host)).criSockets; // may not look; preflight says so
  const text = `${await host.readText(KUBELET_FILES.instanceConfiguration) ?? ""}\n${
    await host.readText(KUBELET_FILES.flags) ?? ""
  }`;
  const [socket] = /unix:\/\/[^\s"']+/.exec(text) ?? [];
  return socket === undefined ? (await gatherFacts(host)).criSockets : [socket];
}

/** One thing that stays, and why. */
interface Left {
  what: string;
  why: string;
}

const OF_KUBEADM: readonly Left[] = [
  { what: "/etc/cni/net.d, /var/lib/cni, links of the pod network", why: "kubeadm's reset leaves the pod network" },
  { what: "firewall rules, IPVS tables", why: "kubeadm's reset leaves them; a restart of the host clears them" },
  { what: "the Node in the cluster", why: "kubeadm's reset leaves it: kubectl delete node, where the cluster goes on" },
];

const OF_OURS: readonly Left[] = [
  {
    what: "/run/xtables.lock, /run/netns, empty tables of iptables",
    why: "iptables and the container runtime made them; a restart of the host clears them",
  },
];

const OF_BOTH: readonly Left[] = [
  { what: "container images", why: "they are fetched again otherwise: crictl rmi --prune removes them" },
  { what: "kernel settings of kubelet and kube-proxy", why: "a restart of the host sets them back" },
  { what: "~/.kube/config and other copies of kubeconfigs", why: "they are yours" },
];

/** Takes the node off this host; run again, it goes on, or finds nothing to do. */
export async function reset(desk: Desk, request: ResetRequest): Promise<Outcome> {
  const start = desk.clock();
  checkMixedFlags(request.given);
  const facts = { criSockets: await criSockets(desk.system.host) };
  const config = loadReset(request.configText, request.overrides, facts, request.configName, {
    warn: desk.warn,
  });
  const selection = selectionOf(config.skipPhases, request.phase);
  checkPhaseNames(PHASES, selection);
  const system = systemFor(desk, config);
  const left: Left[] = [];
  const { kubeconfig } = request;
  const context = await resetContext(system, desk, config, {
    kubeconfig,
    leave: (what, why) => left.push({ what, why }),
  });
  if (selection.only && selection.only !== preflight.name) checkUser(context);
  await runPhases(PHASES, context, selection, desk.observer);
  const { maker } = context;
  if (!selection.only && maker !== "nobody") left.push(...maker === "kubeadm" ? OF_KUBEADM : OF_OURS, ...OF_BOTH);
  if (selection.only) {
    const { text, result } = phaseOutcome(selection.only, config.dryRun);
    return { text: [...listed(left), text].join("\n"), result: { ...result, left } };
  }
  const seconds = (desk.clock() - start) / 1_000;
  const result = { maker, left, seconds, ...(config.dryRun ? { dryRun: true } : {}) };
  return { text: [...listed(left), closing(context, seconds)].join("\n"), result };
}

function listed(left: readonly Left[]): string[] {
  return left.length === 0 ? [] : ["\nLeft as it is:", ...left.map(({ what, why }) => `  ${what}: ${why}`), ""];
}

function closing({ maker, config }: ResetContext, seconds: number): string {
  if (config.dryRun) return "";
  if (maker === "nobody") {
    return "There is no node on this host, and nothing that kubewright made.";
  }
  return `The node is off this host, after ${seconds.toFixed(1)} s.`;
}
