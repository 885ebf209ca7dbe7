/**
 * Restarts static pods of this host, one after another, so that they read their files again: the container is stopped, the
 * kubelet starts a new one, and the next pod is restarted when that one answers.
 * @module
 */
import { diagnosePod, newestContainer } from "../node/diagnosis.ts";
import { unhealthy } from "../node/health.ts";
import { readStaticPod } from "../node/static_pod_manifest.ts";
import { inShort, UserError } from "../errors.ts";
import type { ContainerRuntime, Host, ProbeResult, UnverifiedHttp } from "../system.ts";

/** What the restart needs. */
export interface RestartContext {
  host: Host;
  runtime: ContainerRuntime;
  unverified: UnverifiedHttp;
  /** Reports a restarted pod. */
  note(message: string): void;
}

/** Components that others depend on come first. */
const ORDER = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** Time for the API server to finish its requests. */
const GRACE_SECONDS = 30;
const TIMEOUT_MS = 240_000;

/**
 * Restarts the static pods of these names, except those without a running container, which the kubelet starts anyway.
 * @returns the names of the restarted pods.
 * @throws {TimedOut} when a pod does not become ready; the pods after it are not restarted.
 */
export async function restartPods(context: RestartContext, names: readonly string[]): Promise<string[]> {
  const restarted: string[] = [];
  for (const name of ORDER.filter((name) => names.includes(name))) {
    const container = await newestContainer(context.runtime, name);
    if (container?.state !== "running") continue;
    await context.runtime.stopContainer(container, GRACE_SECONDS);
    await waitForAnother(context, name, container.id);
    restarted.push(name);
  }
  return restarted;
}

async function waitForAnother(context: RestartContext, name: string, former: string): Promise<void> {
  const { host, runtime } = context;
  const manifest = await readStaticPod(host, name);
  const image = manifest?.image ?? "";
  const url = manifest?.probeUrl?.startsWith("https:") ? manifest.probeUrl : undefined;
  await host.wait<void>({
    what: `${name} to restart`,
    timeoutMs: TIMEOUT_MS,
    intervalMs: 250,
    assume: undefined,
    explain: () => diagnosePod(host, runtime, { name, image }),
    reached: () => context.note(`${name} restarted`),
    async probe(): Promise<ProbeResult<void>> {
      const container = await newestContainer(runtime, name).catch(inShort);
      if (typeof container === "string") return { done: false, state: container };
      if (!container || container.id === former) {
        return { done: false, state: "the kubelet has not started the new container yet" };
      }
      if (container.state !== "running") return { done: false, state: `container ${container.state}` };
      const missing = url === undefined ? undefined : await whatIsMissing(context, url);
      return missing === undefined ? { done: true, value: undefined } : { done: false, state: missing };
    },
  });
}

/** A component that rejects an anonymous request is running, too. */
async function whatIsMissing({ unverified }: RestartContext, url: string): Promise<string | undefined> {
  try {
    const answer = await unverified.get(url, 2_000);
    return [200, 401, 403].includes(answer.status) ? undefined : unhealthy(answer);
  } catch (error) {
    if (error instanceof UserError) return `no answer yet: ${inShort(error)}`;
    throw error;
  }
}
