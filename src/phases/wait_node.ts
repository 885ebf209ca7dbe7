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
  /** A client that is permitted to read this Node. */
  nodeReader(): Promise<KubeClient>;
  /** The kubeconfig of that client. */
  nodeReaderFile: string;
  /** A client with the identity of the kubelet, where another one reads the Node; undefined while it has no kubeconfig. */
  kubeletClient?(): Promise<KubeClient | undefined>;
  /** When the kubelet was started, as `performance.now()`. */
  kubeletStartedAt: Cell<number>;
  /** Whether a pod network is installed, without which no Node becomes Ready. */
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

/** Why the node is not registered or not Ready. */
async function explain(host: Host, nodeName: string) {
  return together(
    [await diagnoseKubelet(host, true)],
    `Show the node, on a control plane node: kubectl --kubeconfig /etc/kubernetes/admin.conf describe node ${
      shellWord(nodeName)
    }`,
  );
}

/** Interval (ms) at which the identity of the kubelet is tried. */
const ASK_MS = 1_000;

/** Ends a wait in which the API server rejects a kubeconfig. */
function refusalOf(path: string): (tried: Tried) => void {
  const { kubeconfig, clientCertificate } = KUBELET_FILES;
  if (path !== kubeconfig) return endWhenRefused(`the credentials in ${path}`, [`Verify the credentials in ${path}.`]);
  return endWhenRefused(`the identity of the kubelet (${path})`, [
    `Show its node and its expiry: openssl x509 -noout -subject -enddate -in ${shellWord(clientCertificate)}`,
    `If it belongs to an earlier cluster, remove it, then rerun the command: rm ${
      commandLine([clientCertificate, kubeconfig])
    }`,
  ]);
}

/** Tries the identity of the kubelet while its Node does not exist, because a kubelet that is rejected never registers. */
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
      return state = `with the identity of the kubelet: ${inShort(error)}`;
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
      const reached = state === "register" ? "registered" : "is Ready";
      context.note(`node ${context.nodeName} ${reached} after ${seconds.toFixed(1)} s`);
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
      const state = "the kubelet has not registered the node yet";
      return { done: false, state: refused === undefined ? state : `${state} (${refused})` };
    },
  });
}

/** Waits until the kubelet has registered the Node of this host. */
export const waitRegistered: Phase<WaitNodeContext> = {
  name: "wait-node-registered",
  summary: "wait for the kubelet to register the node",
  async run(context) {
    await waitFor(context, "register", () => ({ done: true, value: undefined }));
  },
};

/** Waits until the Node of this host is Ready, if a pod network is installed. */
export const waitReady: Phase<WaitNodeContext> = {
  name: "wait-node-ready",
  summary: "wait for the node to become Ready",
  async run(context) {
    if (!context.networkExpected) {
      context.note(`node ${context.nodeName} becomes Ready when a pod network is installed (--cni is none)`);
      return;
    }
    await waitFor(context, "be Ready", (node) => {
      const ready = readyCondition(node);
      if (ready?.status === "True") return { done: true, value: undefined };
      return { done: false, state: ready?.message ?? "the kubelet has not reported a status yet" };
    });
  },
};
