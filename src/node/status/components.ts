import { unhealthy } from "../health.ts";
import { PORTS } from "../../cluster/paths.ts";
import { servingUrl, type StaticPodManifest } from "../static_pod_manifest.ts";
import type { ContainerRuntime, RuntimeContainer, UnverifiedHttp } from "../../system.ts";
import type { ApiServer, Component, EtcdMember } from "./document.ts";
import { look, valueOf } from "./look.ts";

/** The health of a component, as far as it is known. */
type Health = Pick<Component, "healthy" | "health" | "endpoint">;

async function healthAt(http: UnverifiedHttp, endpoint: string): Promise<Health> {
  const seen = await look(() => http.get(endpoint, 2_000));
  if (!("value" in seen)) {
    return { endpoint, healthy: false, health: seen.why.replace(/^Cannot get "[^"]*": /, "") };
  }
  const healthy = seen.value.status === 200;
  return { endpoint, healthy, ...(healthy ? {} : { health: unhealthy(seen.value) }) };
}

/** Probes the controller manager or the scheduler; API server and etcd have their own functions. */
export async function observeHealth(http: UnverifiedHttp, manifest: StaticPodManifest): Promise<Health> {
  if (manifest.name === "kube-controller-manager") {
    return await healthAt(http, `${servingUrl(manifest, PORTS.controllerManager)}/healthz`);
  }
  if (manifest.name === "kube-scheduler") return await healthAt(http, `${servingUrl(manifest, PORTS.scheduler)}/livez`);
  return {};
}

/** The health of the API server. */
export function apiServerHealth(server: ApiServer | undefined): Health {
  if (server === undefined) return {};
  const { endpoint, ready, state } = server;
  return { endpoint, healthy: ready, ...(ready ? {} : { health: state }) };
}

/** The health of etcd. */
export function etcdHealth(members: readonly EtcdMember[] | undefined): Health {
  const [member] = members ?? [];
  if (member === undefined) return {};
  const { endpoint, healthy, state } = member;
  return { endpoint, healthy, ...(healthy ? {} : { health: state }) };
}

/** The tag of an image name: `v1.37.2`; undefined without one. */
function tagOf(image: string): string | undefined {
  return /:([\w.-]+)(@|$)/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1];
}

/** State of the newest container of a static pod, with its health. */
export async function observeComponent(
  manifest: StaticPodManifest,
  health: Health,
  runtime: ContainerRuntime | undefined,
  containers: readonly RuntimeContainer[] | undefined,
): Promise<Component> {
  const version = tagOf(manifest.image);
  const about = { name: manifest.name, manifest: manifest.path, ...(version === undefined ? {} : { version }) };
  if (runtime === undefined || containers === undefined) return { ...about, ...health };
  const newest = containers.find((c) => c.name === manifest.name && c.podNamespace === "kube-system");
  if (newest === undefined) return { ...about, state: "absent", ...health };
  const running = newest.state === "running";
  const detail = running ? undefined : valueOf(await look(() => runtime.containerStatus(newest.id)));
  const began = running ? newest.createdAt : detail?.finishedAt;
  return {
    ...about,
    state: newest.state,
    ...(began === undefined ? {} : { since: began.toISOString() }),
    restarts: newest.attempt,
    ...(detail?.exitCode === undefined ? {} : { exitCode: detail.exitCode }),
    ...health,
  };
}
