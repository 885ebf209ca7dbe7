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
  /** Manifests that were written anew in this run, and when: a container that is older is about to be replaced. */
  rewritten: CellsBy<Date>;
  /** When the kubelet was started, as `performance.now()`. */
  kubeletStartedAt: Cell<number>;
  /** Tells the user something that is worth a line. */
  note(message: string): void;
}

/** A control plane component and how it is asked for its health. */
interface Component {
  name: KubernetesComponent;
  ask(context: WaitControlPlaneContext): Promise<HttpAnswer>;
}

/** Where a component listens: its default, unless its manifest, patches and all, says otherwise. */
async function endpointOf(context: WaitControlPlaneContext, component: string, port: number): Promise<string> {
  return servingUrl(await readStaticPod(context.host, component) ?? { flags: new Map() }, port);
}

/** The API server answers for etcd too: its /readyz holds etcd's check. */
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

/** Why a component is not healthy: kubelet, container state, exit code, last lines. etcd's trouble is the API server's, too. */
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

/** For how long (ms) a refusal may last: an API server that runs reads certificates that were replaced within seconds. */
const REFUSED_MS = 15_000;

/** Ends the wait when what answers is not this host's API server, or not the one of these certificates. */
function refusalWatch({ node, nodeReaderFile }: WaitControlPlaneContext) {
  const port = node.endpoint.bindPort;
  return endWhenRefused(`the administrator's kubeconfig (${nodeReaderFile})`, [
    `See what listens there: ss -ltnp ${shellWord(`sport = :${port}`)}`,
    "See whose certificate it shows: openssl s_client -connect " +
    `${
      shellWord(joinHostPort(node.endpoint.advertiseAddress, port))
    } </dev/null | openssl x509 -noout -issuer -subject`,
    "If it is an API server of an earlier cluster, end it, and rerun the command.",
  ], REFUSED_MS);
}

/** How often (ms) the container runtime is asked for a container's state, and for how long not at all. */
const STATE_MS = { every: 1_000, first: 3_000 };

/** The container's state, asked for seldom: a usual start takes all the CPU that there is, and ends before anybody reads. */
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

/** What of a component still runs by a manifest that was written anew; undefined when nothing does. */
async function outdated({ runtime, rewritten }: WaitControlPlaneContext, name: string): Promise<string | undefined> {
  for (const part of name === "kube-apiserver" ? ["etcd", name] : [name]) {
    const since = rewritten(part).or(undefined);
    if (since === undefined) continue;
    const container = await newestContainer(runtime, part);
    if (!container || container.createdAt < since) return `the kubelet has not replaced the container of ${part} yet`;
  }
  return undefined;
}

/** A runtime that does not answer just now does not tell. */
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
        said = `does not answer yet: ${inShort(error)}`;
      }
      // A container that is about to be replaced may well refuse what its successor takes.
      const isReplaced = isRefusal(tried) && await outdated(context, component.name).catch(unknown) !== undefined;
      check(isReplaced ? undefined : tried);
      return { done: false, state: `${await state()}${said}` };
    },
  });
}

/**
 * Waits until the API server (and etcd behind it), then controller manager and scheduler are healthy. Not all at once:
 * the API server's start takes all the CPU there is, and the others are up when it is.
 */
export const waitControlPlane: Phase<WaitControlPlaneContext> = {
  name: "wait-control-plane",
  summary: "wait until every control plane component is healthy",
  async run(context) {
    const [apiServer, ...others] = COMPONENTS;
    await waitFor(context, apiServer!);
    await Promise.all(others.map((component) => waitFor(context, component)));
  },
};
