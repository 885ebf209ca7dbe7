import { ADDONS, ALL_ADDONS } from "../cluster/addons/table.ts";
import { diagnoseSandboxes, together } from "../node/diagnosis.ts";
import {
  bridgeInTheWay,
  firstNodeNetworks,
  type InTheWay,
  missingPlugins,
  preferredConfigurations,
} from "../node/pod_network.ts";
import { concerns, hasNetwork, podTrouble } from "../node/system_pods.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { UserError } from "../errors.ts";
import type { Host, KubeClient, KubeObject } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What the wait for the first pods needs. */
export interface WaitPodsContext {
  host: Host;
  node: ControlPlaneNode;
  dryRun: boolean;
  podNetwork: { kind: string };
  nodeName: string;
  networkExpected: boolean;
  admin(): Promise<KubeClient>;
  warn(message: string): void;
}

/** Time limit (ms) for pods to get a network. */
const NETWORK_MS = 60_000;

/** What may keep pods on this host from starting. */
async function suspicions({ host, node, podNetwork }: WaitPodsContext): Promise<InTheWay[]> {
  if (!ADDONS.flannel.wanted({ cluster: node.cluster, podNetwork })) return [];
  const { networking, controllerManager } = node.cluster;
  const found = [
    await preferredConfigurations(host),
    bridgeInTheWay(host, firstNodeNetworks(networking.podSubnet, controllerManager.extraArgs)),
    await missingPlugins(host),
  ];
  return found.filter((one) => one !== undefined);
}

async function systemPods({ nodeName, admin }: WaitPodsContext): Promise<KubeObject[]> {
  const pods = await (await admin()).list({ apiVersion: "v1", kind: "Pod", namespace: "kube-system" });
  return pods.filter((pod) => concerns(pod, nodeName));
}

/** Pods without a network, with their state. */
function withoutNetwork(pods: readonly KubeObject[]): string[] {
  return pods.filter((pod) => !hasNetwork(pod)).map((pod) =>
    `${pod.metadata.name}: ${podTrouble(pod)?.state ?? "starting"}`
  );
}

async function waitForNetwork(context: WaitPodsContext, found: readonly InTheWay[]): Promise<void> {
  const { host, podNetwork } = context;
  const choice = { cluster: context.node.cluster, podNetwork };
  let names: string[] = [];
  await host.wait<void>({
    what: "the pods of kube-system to get a network",
    timeoutMs: NETWORK_MS,
    intervalMs: 500,
    assume: undefined,
    async probe() {
      try {
        const pods = await systemPods(context);
        const waiting = withoutNetwork(pods);
        names = pods.filter((pod) => !hasNetwork(pod)).map(({ metadata }) => metadata.name);
        const absent = ALL_ADDONS.find((addon) =>
          addon.wait && addon.wanted(choice) && !pods.some(({ metadata }) => metadata.name.startsWith(addon.wait!.pods))
        );
        if (absent) return { done: false, state: `${absent.wait!.what} has no pod yet` };
        return waiting.length === 0 ? { done: true, value: undefined } : { done: false, state: waiting.join("; ") };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { done: false, state: error.message };
      }
    },
    async explain() {
      const { details, hints } = together([await diagnoseSandboxes(host, names)]);
      const causes = found.map(({ what }) => `possible cause: ${what}`);
      return { details: [...details, ...causes], hints: [...found.map(({ hint }) => hint), ...hints] };
    },
  });
}

/** Warns of pods that do not start. */
async function warnOfStuckPods(context: WaitPodsContext): Promise<void> {
  try {
    for (const pod of await systemPods(context)) {
      const trouble = podTrouble(pod);
      if (trouble?.stuck) context.warn(`pod kube-system/${trouble.name} is not running: ${trouble.state}`);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.warn(`cannot list the pods of kube-system: ${error.message}`);
  }
}

/**
 * Verifies that the pods of kube-system start: a Node is Ready as soon as any network configuration exists, even if pods do
 * not start with it. Waits only when the host has remains of another pod network.
 */
export const waitPods: Phase<WaitPodsContext> = {
  name: "wait-pods",
  summary: "verify that the pods of kube-system start",
  when: ({ networkExpected }) => networkExpected,
  async run(context) {
    const found = await suspicions(context);
    if (found.length > 0) await waitForNetwork(context, found);
    else if (!context.dryRun) await warnOfStuckPods(context);
  },
};
