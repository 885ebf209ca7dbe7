import { inShort, UserError } from "../errors.ts";
import type { Host, KubeClient, KubeObject, ProbeResult } from "../system.ts";
import { diagnoseKubelet, together } from "../node/diagnosis.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import { endWhenRefused, type Tried } from "../node/unauthorized.ts";
import { milliseconds } from "../config/duration.ts";
import type { Timeouts } from "../config/types.ts";
import type { Cell } from "./cell.ts";
import type { Phase } from "./phase.ts";
import { commandLine, shellWord } from "../text/shell.ts";

/** What waiting for this host's Node needs. */
export interface WaitNodeContext {
  host: Host;
  nodeName: string;
  timeouts: Pick<Timeouts, "kubeletHealthCheck">;
  /** A client that may read this Node. */
  nodeReader(): Promise<KubeClient>;
  /** The kubeconfig of that client. */
  nodeReaderFile: string;
  /** A client as the kubelet of this host, where that is not who reads the Node; undefined while it has no kubeconfig. */
  kubeletClient?(): Promise<KubeClient | undefined>;
  /** When the kubelet was started, as `performance.now()`. */
  kubeletStartedAt: Cell<number>;
  /** Without a pod network no Node becomes Ready. */
  networkExpected: boolean;
  note(message: string): void;
}

/** A condition of a Node's status. */
interface Condition {
  type: string;
  status: string;
  message?: string;
}

/** The Node's Ready condition, if it has one. */
function readyCondition(node: KubeObject): Condition | undefined {
  const { conditions } = (node["status"] ?? {}) as { conditions?: Condition[] };
  return Array.isArray(conditions) ? conditions.find((condition) => condition?.type === "Ready") : undefined;
}

/** Why the node is not there or not Ready. */
async function explain(host: Host, nodeName: string) {
  return together(
    [await diagnoseKubelet(host, true)],
    `Look at the node: kubectl --kubeconfig /etc/kubernetes/admin.conf describe node ${
      shellWord(nodeName)
    } (on a control plane node)`,
  );
}

/** How often (ms) it is looked whether the API server takes the kubelet for this node. */
const ASK_MS = 1_000;

/** Ends a wait in which a kubeconfig is refused. */
function refusalOf(path: string): (tried: Tried) => void {
  const { kubeconfig, clientCertificate } = KUBELET_FILES;
  if (path !== kubeconfig) return endWhenRefused(`the credentials in ${path}`, [`Look at ${path}.`]);
  return endWhenRefused(`the identity of the kubelet (${path})`, [
    `See which cluster and node it is of: openssl x509 -noout -subject -enddate -in ${shellWord(clientCertificate)}`,
    `An identity that an earlier cluster left: rm ${
      commandLine([clientCertificate, kubeconfig])
    }, and rerun the command.`,
  ]);
}

/** Asks as the kubelet, as long as its Node is not there: one whose identity is refused never registers. */
function identityWatch(context: WaitNodeContext): () => Promise<string | undefined> {
  const check = refusalOf(KUBELET_FILES.kubeconfig);
  let due = performance.now() + ASK_MS;
  let state: string | undefined;
  return async () => {
    if (performance.now() < due) return state;
    due = performance.now() + ASK_MS;
    try {
      const client = await context.kubeletClient?.();
      await client?.get({ apiVersion: "v1", kind: "Node", name: context.nodeName });
      check(undefined);
      return state = undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      check(error);
      return state = `as the kubelet: ${inShort(error)}`;
    }
  };
}

async function waitFor(
  context: WaitNodeContext,
  state: "register" | "be Ready",
  judge: (node: KubeObject) => ProbeResult<void>,
): Promise<void> {
  const client = await context.nodeReader();
  const identity = identityWatch(context);
  const check = refusalOf(context.nodeReaderFile);
  const began = performance.now();
  await context.host.wait<void>({
    what: `node ${context.nodeName} to ${state}`,
    timeoutMs: milliseconds(context.timeouts.kubeletHealthCheck),
    assume: undefined,
    explain: () => explain(context.host, context.nodeName),
    reached: () => {
      const seconds = (performance.now() - context.kubeletStartedAt.or(began)) / 1_000;
      const told = state === "register" ? "registered" : "is Ready";
      context.note(`node ${context.nodeName} ${told} after ${seconds.toFixed(1)} s`);
    },
    async probe() {
      try {
        const node = await client.get({ apiVersion: "v1", kind: "Node", name: context.nodeName });
        if (node) return judge(node);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        check(error);
        return { done: false, state: inShort(error) };
      }
      const refused = await identity();
      const state = "the kubelet has not registered it yet";
      return { done: false, state: refused === undefined ? state : `${state} (${refused})` };
    },
  });
}

/** Waits until the kubelet has registered this host's Node. */
export const waitRegistered: Phase<WaitNodeContext> = {
  name: "wait-node-registered",
  summary: "wait until the kubelet has registered the node",
  async run(context) {
    await waitFor(context, "register", () => ({ done: true, value: undefined }));
  },
};

/** Waits until this host's Node is Ready, where a pod network is to be expected. */
export const waitReady: Phase<WaitNodeContext> = {
  name: "wait-node-ready",
  summary: "wait until the node is Ready",
  async run(context) {
    if (!context.networkExpected) {
      context.note(`node ${context.nodeName} becomes Ready when a pod network is installed (--cni none was given)`);
      return;
    }
    await waitFor(context, "be Ready", (node) => {
      const ready = readyCondition(node);
      if (ready?.status === "True") return { done: true, value: undefined };
      return { done: false, state: ready?.message ?? "the kubelet has not reported a status yet" };
    });
  },
};
