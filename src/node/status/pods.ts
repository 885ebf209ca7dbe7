import { readCredentials } from "../credentials.ts";
import { diagnoseSandboxes } from "../diagnosis.ts";
import { KUBECONFIG_FILES } from "../../cluster/paths.ts";
import { concerns, isMirror, podTrouble } from "../system_pods.ts";
import { isMapping } from "../../config/yaml.ts";
import { UserError } from "../../errors.ts";
import type { Host, KubeObject, System } from "../../system.ts";
import type { PodState, Trouble } from "./document.ts";
import { pathSegment } from "../../text/url.ts";
import { look, type Seen, valueOf } from "./look.ts";
import { shellWord } from "../../text/shell.ts";

/** Where the pods are without which no other pod works: names and the pod network. */
const NAMESPACES = ["kube-system", "kube-flannel"];
/** A pod may take so long (ms) to start before that is a problem. */
const PATIENCE_MS = 30_000;

/** The pods in the answer of a list. @throws {UserError} when it is none. */
function podsIn(body: string): KubeObject[] {
  try {
    const list: unknown = JSON.parse(body);
    const items = isMapping(list) && Array.isArray(list["items"]) ? list["items"] : undefined;
    if (items) return items.filter((item): item is KubeObject => isMapping(item) && isMapping(item["metadata"]));
  } catch {
    // said below
  }
  throw new UserError("the API server's list of pods cannot be read");
}

/**
 * Pods of this node's system that are not ready, but for static ones, which are looked at more closely. On a control plane
 * node also those that no node has yet.
 * @param own URL of the API server of this host; undefined on a worker.
 * @param node name of this host's Node: a kubelet may ask for the pods of its own only.
 */
export async function observePods(system: System, own: string | undefined, node: string): Promise<Seen<PodState[]>> {
  const { host } = system;
  const ways = [
    ...own === undefined ? [] : [{ path: KUBECONFIG_FILES.admin, selector: "" }],
    { path: KUBECONFIG_FILES.kubelet, selector: `?fieldSelector=spec.nodeName%3D${encodeURIComponent(node)}` },
  ];
  let why = "there are no credentials to ask with";
  for (const { path, selector } of ways) {
    const seen = await look(async () => {
      const credentials = await readCredentials(host, path, own);
      if (credentials === undefined) throw new UserError(`there is no "${path}"`);
      const client = system.connect(credentials);
      const answers = await Promise.all(
        NAMESPACES.map((namespace) => client.probe(`/api/v1/namespaces/${pathSegment(namespace)}/pods${selector}`)),
      );
      const refused = answers.find(({ status }) => status !== 200);
      if (refused) throw new UserError(`the API server answers ${refused.status}`);
      return answers.flatMap(({ body }) => podsIn(body)).filter((pod) => concerns(pod, node) && !isMirror(pod));
    });
    if ("value" in seen) return { value: statesOf(seen.value) };
    why = seen.why;
  }
  return { why };
}

function statesOf(pods: readonly KubeObject[]): PodState[] {
  return pods.flatMap((pod) => {
    const trouble = podTrouble(pod);
    if (trouble === undefined) return [];
    const { name, state, stuck, since } = trouble;
    const began = Number.isNaN(since.getTime()) ? {} : { since: since.toISOString() };
    return [{ namespace: pod.metadata.namespace ?? "", name, state, stuck, ...began }];
  });
}

/** Pods that do not start: the kubelet says so, or it has taken too long. */
export async function judgePods(host: Host, pods: readonly PodState[]): Promise<Trouble[]> {
  const isLate = ({ since }: PodState) => since === undefined || host.now().getTime() - Date.parse(since) > PATIENCE_MS;
  const bad = pods.filter((pod) => pod.stuck || isLate(pod));
  if (bad.length === 0) return [];
  const said = valueOf(await look(() => diagnoseSandboxes(host, bad.map(({ name }) => name))));
  return bad.map(({ namespace, name, state }, i) => ({
    where: "pods",
    what: `${namespace}/${name} does not run: ${state}`,
    ...(i === 0 && said && said.details.length > 0 ? { details: said.details } : {}),
    ...(i === bad.length - 1
      ? { hints: [`Look at it: kubectl -n ${shellWord(namespace)} describe pod ${shellWord(name)}`] }
      : {}),
  }));
}
