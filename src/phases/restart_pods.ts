/**
 * Restarts static pods of this host, one after another, so that they read their files again: the container is asked to
 * end, the kubelet starts another one, and the next pod waits until that one answers.
 * @module
 */
import { joinHostPort } from "../config/addresses.ts";
import { isMapping, parseDocuments } from "../config/yaml.ts";
import { diagnosePod, newestContainer } from "../cluster/diagnosis.ts";
import { unhealthy } from "../cluster/health.ts";
import { manifestPath } from "../cluster/paths.ts";
import { inShort, UserError } from "../errors.ts";
import type { ContainerRuntime, Host, ProbeResult, UnverifiedHttp } from "../system.ts";

/** What the work needs. */
export interface RestartContext {
  host: Host;
  runtime: ContainerRuntime;
  unverified: UnverifiedHttp;
  /** Tells the person that one is done. */
  note(message: string): void;
}

/** What stands behind others comes first. */
const ORDER = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** As long as the API server may take to finish what it is at. */
const GRACE_SECONDS = 30;
const TIMEOUT_MS = 240_000;

/**
 * Restarts the static pods of these names; one whose container does not run is left alone, the kubelet starts it anyway.
 * @returns the names of those that were restarted.
 * @throws {TimedOut} when one does not come back; those after it have not been touched.
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
  const { image, url } = await manifestOf(host, name);
  await host.wait<void>({
    what: `${name} to be back`,
    timeoutMs: TIMEOUT_MS,
    intervalMs: 250,
    assume: undefined,
    explain: () => diagnosePod(host, runtime, { name, image }),
    reached: () => context.note(`${name} is restarted`),
    async probe(): Promise<ProbeResult<void>> {
      const container = await newestContainer(runtime, name).catch(inShort);
      if (typeof container === "string") return { done: false, state: container };
      if (!container || container.id === former) return { done: false, state: "the kubelet has not started it yet" };
      if (container.state !== "running") return { done: false, state: `container ${container.state}` };
      const missing = url === undefined ? undefined : await whatIsMissing(context, url);
      return missing === undefined ? { done: true, value: undefined } : { done: false, state: missing };
    },
  });
}

/** Who refuses an anonymous question is up, too. */
async function whatIsMissing({ unverified }: RestartContext, url: string): Promise<string | undefined> {
  try {
    const answer = await unverified.get(url, 2_000);
    return [200, 401, 403].includes(answer.status) ? undefined : unhealthy(answer);
  } catch (error) {
    if (error instanceof UserError) return `does not answer yet: ${inShort(error)}`;
    throw error;
  }
}

/** The image, and where the kubelet asks for the readiness or life of a component, if by https. */
async function manifestOf(host: Host, name: string): Promise<{ image: string; url?: string }> {
  const path = manifestPath(name);
  const [manifest] = parseDocuments(await host.readText(path) ?? "", path);
  const spec = isMapping(manifest?.body["spec"]) ? manifest.body["spec"] : {};
  const container: unknown = Array.isArray(spec["containers"]) ? spec["containers"][0] : undefined;
  if (!isMapping(container)) return { image: "" };
  const image = String(container["image"] ?? "");
  const probe = container["readinessProbe"] ?? container["livenessProbe"];
  const get = isMapping(probe) ? probe["httpGet"] : undefined;
  if (!isMapping(get) || get["scheme"] !== "HTTPS") return { image };
  const port = portOf(container, get["port"]);
  const address = String(get["host"] ?? "127.0.0.1");
  return port === undefined ? { image } : { image, url: `https://${joinHostPort(address, port)}${get["path"]}` };
}

/** A port by its number or by its name. */
function portOf(container: Record<string, unknown>, port: unknown): number | undefined {
  if (typeof port === "number") return port;
  const ports: unknown[] = Array.isArray(container["ports"]) ? container["ports"] : [];
  const named = ports.find((entry) => isMapping(entry) && entry["name"] === port);
  return isMapping(named) && typeof named["containerPort"] === "number" ? named["containerPort"] : undefined;
}
