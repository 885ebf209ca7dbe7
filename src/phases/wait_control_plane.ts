import { inShort, UserError } from "../errors.ts";
import type {
  ContainerRuntime,
  Host,
  HttpAnswer,
  KubeClient,
  ProbeResult,
  RuntimeContainer,
  UnverifiedHttp,
} from "../system.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { diagnoseKubelet, diagnosePod, newestContainer, type StaticPod, together } from "../node/diagnosis.ts";
import { unhealthy } from "../node/health.ts";
import { endWhenRefused, isRefusal, type Tried } from "../node/unauthorized.ts";
import { etcdImage, type KubernetesComponent, kubernetesImage } from "../cluster/images.ts";
import { PORTS } from "../cluster/paths.ts";
import { readStaticPod, servingUrl } from "../node/static_pod_manifest.ts";
import { joinHostPort } from "../config/addresses.ts";
import { milliseconds } from "../config/duration.ts";
import { shellWord } from "../text/shell.ts";
import type { Cell, CellsBy } from "./cell.ts";
import type { Phase } from "./phase.ts";

/** What waiting for the control plane needs. */
export interface WaitControlPlaneContext {
  host: Host;
  node: ControlPlaneNode;
  runtime: ContainerRuntime;
  unverified: UnverifiedHttp;
  admin(): Promise<KubeClient>;
  /** The kubeconfig of that client. */
  nodeReaderFile: string;
  /** When this run changed an existing manifest: an older container is about to be replaced. */
  rewritten: CellsBy<Date>;
  /** When the kubelet was started, as `performance.now()`. */
  kubeletStartedAt: Cell<number>;
  /** Reports progress. */
  note(message: string): void;
}

/** A control plane component and its health request. */
interface Component {
  name: KubernetesComponent;
  ask(context: WaitControlPlaneContext): Promise<HttpAnswer>;
}

/** Where a component listens: as in its manifest, patches included, else its default. */
async function endpointOf(context: WaitControlPlaneContext, component: string, port: number): Promise<string> {
  return servingUrl(await readStaticPod(context.host, component) ?? { flags: new Map() }, port);
}

/** The /readyz of the API server includes the health of etcd. */
const COMPONENTS: readonly Component[] = [
  { name: "kube-apiserver", ask: async (c) => await (await c.admin()).probe("/readyz?verbose") },
  {
    name: "kube-controller-manager",
    ask: async (c) =>
      await c.unverified.get(
        `${await endpointOf(c, "kube-controller-manager", PORTS.controllerManager)}/healthz`,
        2_000,
      ),
  },
  {
    name: "kube-scheduler",
    ask: async (c) => await c.unverified.get(`${await endpointOf(c, "kube-scheduler", PORTS.scheduler)}/livez`, 2_000),
  },
];

function containerState(name: string, container: RuntimeContainer | undefined): string {
  if (!container) return `no container ${name} yet`;
  return `container ${container.state}${container.attempt > 0 ? `, restarted ${container.attempt} times` : ""}`;
}

/** Why a component is not healthy: kubelet, container state, exit code, last log lines; for the API server also those of etcd. */
async function explain({ host, runtime, node }: WaitControlPlaneContext, name: Component["name"]) {
  const { cluster } = node;
  const pods: StaticPod[] = [{ name, image: kubernetesImage(name, cluster) }];
  if (name === "kube-apiserver" && cluster.etcd.local) {
    pods.unshift({ name: "etcd", image: etcdImage(cluster), aside: true });
  }
  const parts = [await diagnoseKubelet(host, false)];
  for (const pod of pods) parts.push(await diagnosePod(host, runtime, pod));
  return together(parts);
}

/** How long (ms) a refusal may last: a running API server reads replaced certificates within seconds. */
const REFUSED_MS = 15_000;

/** Ends the wait when another API server answers, or one with other certificates. */
function refusalWatch({ node, nodeReaderFile }: WaitControlPlaneContext) {
  const port = node.endpoint.bindPort;
  return endWhenRefused(`the administrator's kubeconfig (${nodeReaderFile})`, [
    `Find the program that listens on the port: ss -ltnp ${shellWord(`sport = :${port}`)}`,
    "Show its certificate: openssl s_client -connect " +
    `${
      shellWord(joinHostPort(node.endpoint.advertiseAddress, port))
    } </dev/null | openssl x509 -noout -issuer -subject`,
    "If it is an API server of an earlier cluster, stop it and rerun the command.",
  ], REFUSED_MS);
}

/** Interval (ms) of requests for the state of a container, and the delay before the first one. */
const STATE_MS = { every: 1_000, first: 3_000 };

/** The state of a container, requested rarely, because a start uses all CPUs and usually ends within seconds. */
function slowState(context: WaitControlPlaneContext, name: string): () => Promise<string> {
  let due = performance.now() + STATE_MS.first;
  let state = "";
  return async () => {
    if (performance.now() >= due) {
      due = performance.now() + STATE_MS.every;
      state = await newestContainer(context.runtime, name).then(
        (container) => `${containerState(name, container)}, `,
        (error) => `${inShort(error)}; `,
      );
    }
    return state;
  };
}

/** The container of a component that still runs with the former manifest; undefined when none does. */
async function outdated({ runtime, rewritten }: WaitControlPlaneContext, name: string): Promise<string | undefined> {
  for (const part of name === "kube-apiserver" ? ["etcd", name] : [name]) {
    const since = rewritten(part).or(undefined);
    if (since === undefined) continue;
    const container = await newestContainer(runtime, part);
    if (!container || container.createdAt < since) return `the kubelet has not replaced the container of ${part} yet`;
  }
  return undefined;
}

/** Ignores a runtime that does not answer. */
function unknown(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

async function waitFor(context: WaitControlPlaneContext, component: Component): Promise<void> {
  const state = slowState(context, component.name);
  const began = performance.now();
  const check = component.name === "kube-apiserver" ? refusalWatch(context) : () => {};
  await context.host.wait<void>({
    what: `${component.name} to be healthy`,
    timeoutMs: milliseconds(context.node.timeouts.controlPlaneComponentHealthCheck),
    assume: undefined,
    explain: () => explain(context, component.name),
    reached: () => {
      const seconds = (performance.now() - context.kubeletStartedAt.or(began)) / 1_000;
      context.note(`${component.name} is healthy after ${seconds.toFixed(1)} s`);
    },
    async probe(): Promise<ProbeResult<void>> {
      let said: string;
      let tried: Tried;
      try {
        const answer = await component.ask(context);
        const waiting = answer.status === 200 ? await outdated(context, component.name) : unhealthy(answer);
        if (waiting === undefined) return { done: true, value: undefined };
        said = waiting;
        tried = answer.status;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        tried = error;
        said = `no answer yet: ${inShort(error)}`;
      }
      // A container that is about to be replaced may reject what the new one accepts.
      const isReplaced = isRefusal(tried) && await outdated(context, component.name).catch(unknown) !== undefined;
      check(isReplaced ? undefined : tried);
      return { done: false, state: `${await state()}${said}` };
    },
  });
}

/**
 * Waits until the API server with etcd, then controller manager and scheduler are healthy. One after the other, because the
 * start of the API server uses all CPUs, and the others are usually ready when it is.
 */
export const waitControlPlane: Phase<WaitControlPlaneContext> = {
  name: "wait-control-plane",
  summary: "wait for every control plane component to become healthy",
  async run(context) {
    const [apiServer, ...others] = COMPONENTS;
    await waitFor(context, apiServer!);
    await Promise.all(others.map((component) => waitFor(context, component)));
  },
};
