import { readCredentials } from "../credentials.ts";
import { unhealthy } from "../health.ts";
import { readNodeIdentity } from "../identity.ts";
import { KUBECONFIG_FILES } from "../../cluster/paths.ts";
import type { StaticPodManifest } from "../static_pod_manifest.ts";
import type { HttpAnswer, KubeClient, System } from "../../system.ts";
import type { ApiServer, EtcdMember, NodeState } from "./document.ts";
import { pathSegment } from "../../text/url.ts";
import { look, type Seen, valueOf } from "./look.ts";

/** Probes in parallel, each with a time limit. A path with a name in it is built inside `look`: the name may be invalid. */
async function ask(client: KubeClient, ...paths: readonly (string | (() => string))[]): Promise<Seen<HttpAnswer>[]> {
  return await Promise.all(
    paths.map((path) => look(async () => await client.probe(typeof path === "string" ? path : path()))),
  );
}

/** The fields of a JSON object; none when the text is something else: an answer may be anything. */
function fieldsOf(text: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A string field of a JSON object; undefined when the text is not one or the field is not a string. */
function textIn(answer: Seen<HttpAnswer>, field: string): string | undefined {
  return textOf(fieldsOf(valueOf(answer)?.body ?? "{}")[field]);
}

/** The last part of an error's message: the line already names the address. */
const shortly = (why: string) => why.replace(/^Cannot (reach the API server|get) "[^"]*": /, "");

function serverState(endpoint: string, ready: Seen<HttpAnswer>, version?: string): ApiServer {
  const answer = valueOf(ready);
  return {
    endpoint,
    reachable: answer !== undefined,
    ready: answer?.status === 200,
    ...(version === undefined ? {} : { version }),
    state: answer === undefined
      ? shortly((ready as { why: string }).why)
      : answer.status === 200
      ? "ready"
      : unhealthy(answer),
  };
}

/** The state of the Node in the cluster; undefined when the answer is not this Node. */
function nodeState(name: string, body: string): NodeState | undefined {
  const { metadata, spec, status } = fieldsOf(body);
  if (recordOf(metadata)["name"] !== name) return undefined;
  const { conditions, nodeInfo } = recordOf(status);
  const reported = (Array.isArray(conditions) ? conditions : []).map(recordOf);
  const ready = reported.find(({ type }) => type === "Ready");
  const bad = reported.filter(({ type, status }) => type === "Ready" ? status !== "True" : status === "True");
  const version = textOf(recordOf(nodeInfo)["kubeletVersion"]);
  return {
    name,
    found: true,
    ready: ready?.["status"] === "True",
    reasons: ready === undefined
      ? ["the kubelet has not reported its status yet"]
      : bad.map(({ type, reason, message }) =>
        `${type === "Ready" ? "" : `${textOf(type) ?? "?"}: `}${textOf(reason) ?? "?"}: ${textOf(message) ?? ""}`
      ),
    ...(version === undefined ? {} : { version }),
    schedulable: recordOf(spec)["unschedulable"] !== true,
  };
}

/** What the API server reports. */
export interface ApiView {
  server?: ApiServer;
  node: Seen<NodeState>;
}

/**
 * Asks the API server with the kubelet's credentials; if it rejects them, with the administrator's.
 * @param own URL of the API server of this host; undefined on a worker, which uses the server of its kubelet.
 */
export async function observeApi(system: System, own: string | undefined): Promise<ApiView> {
  const { host } = system;
  const files = own === undefined ? [KUBECONFIG_FILES.kubelet] : [KUBECONFIG_FILES.kubelet, KUBECONFIG_FILES.admin];
  const read = await Promise.all(files.map((path) => look(() => readCredentials(host, path, own))));
  const { name } = await readNodeIdentity(host);
  let view: ApiView | undefined;
  for (const credentials of read.map(valueOf).filter((found) => found !== undefined)) {
    const client = system.connect(credentials);
    const [ready, version, node] = await ask(
      client,
      "/readyz?verbose",
      "/version",
      () => `/api/v1/nodes/${pathSegment(name)}`,
    );
    const status = valueOf(ready!)?.status;
    view = {
      server: serverState(client.server, ready!, textIn(version!, "gitVersion")),
      node: nodeIn(name, node!),
    };
    if (status !== 401 && valueOf(node!)?.status !== 401) return view;
  }
  if (view !== undefined) return view;
  const why = read.map((seen) => "why" in seen ? seen.why : "").find(Boolean) ??
    `"${KUBECONFIG_FILES.kubelet}" not found: this host has not joined a cluster`;
  if (own === undefined) return { node: { why } };
  // Not root: /readyz requires no credentials.
  const ready = await look(() => system.unverified.get(`${own}/readyz?verbose`, 2_000));
  return { server: serverState(own, ready), node: { why } };
}

function nodeIn(name: string, answer: Seen<HttpAnswer>): Seen<NodeState> {
  if (!("value" in answer)) return { why: shortly(answer.why) };
  const { status, body } = answer.value;
  const state = status === 200 ? nodeState(name, body) : undefined;
  if (state !== undefined) return { value: state };
  if (status === 200) return { why: `the API server did not return Node "${name}"` };
  if (status === 404) {
    const reasons = ["the cluster has no such Node"];
    return { value: { name, found: false, ready: false, reasons, schedulable: false } };
  }
  return { why: `the API server answers ${status}` };
}

/** Asks the etcd that the API server of this host uses, with that API server's credentials. */
export async function observeEtcd(system: System, { flags }: StaticPodManifest): Promise<Seen<EtcdMember[]>> {
  return await look(async () => {
    const text = async (flag: string) => await system.host.readText(flags.get(flag) ?? "") ?? "";
    const [caPem, certificatePem, keyPem] = await Promise.all([
      text("etcd-cafile"),
      text("etcd-certfile"),
      text("etcd-keyfile"),
    ]);
    const servers = (flags.get("etcd-servers") ?? "").split(",").filter(Boolean);
    return await Promise.all(servers.map(async (server): Promise<EtcdMember> => {
      const seen = await look(async () => {
        const client = system.connect({ server, caPem, client: { certificatePem, keyPem } });
        return await ask(client, "/health", "/version");
      });
      if (!("value" in seen)) return { endpoint: server, healthy: false, state: seen.why };
      const [health, about] = seen.value;
      const version = textIn(about!, "etcdserver");
      const healthy = textIn(health!, "health") === "true";
      const reason = textIn(health!, "reason") || `answers ${valueOf(health!)?.status}`;
      return {
        endpoint: server,
        healthy,
        ...(version === undefined ? {} : { version }),
        state: healthy ? "healthy" : "value" in health! ? reason : shortly(health!.why),
      };
    }));
  }, 3_000);
}
