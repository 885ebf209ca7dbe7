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

/** Namespaces of the pods that all other pods require: DNS and the pod network. */
const NAMESPACES = ["kube-system", "kube-flannel"];
/** Milliseconds that a pod may take to start before that is a problem. */
const PATIENCE_MS = 30_000;

/** The pods in the answer to a list request. @throws {UserError} when it is not a list. */
function podsIn(body: string): KubeObject[] {
  try {
    const list: unknown = JSON.parse(body);
    const items = isMapping(list) && Array.isArray(list["items"]) ? list["items"] : undefined;
    if (items) return items.filter((item): item is KubeObject => isMapping(item) && isMapping(item["metadata"]));
  } catch {
    // reported below
  }
  throw new UserError("the API server did not return a list of pods");
}

/**
 * Pods of this node's system that are not ready, without static pods, which are components. On a control plane node also
 * those that are not scheduled yet.
 * @param own URL of the API server of this host; undefined on a worker.
 * @param node name of this host's Node: a kubelet may list only the pods of its own Node.
 */
export async function observePods(system: System, own: string | undefined, node: string): Promise<Seen<PodState[]>> {
  const { host } = system;
  const ways = [
    ...own === undefined ? [] : [{ path: KUBECONFIG_FILES.admin, selector: "" }],
    { path: KUBECONFIG_FILES.kubelet, selector: `?fieldSelector=spec.nodeName%3D${encodeURIComponent(node)}` },
  ];
  let why = "no kubeconfig found";
  for (const { path, selector } of ways) {
    const seen = await look(async () => {
      const credentials = await readCredentials(host, path, own);
      if (credentials === undefined) throw new UserError(`"${path}" not found`);
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

/** Pods that do not start: the kubelet reports it, or they have taken too long. */
export async function judgePods(host: Host, pods: readonly PodState[]): Promise<Trouble[]> {
  const isLate = ({ since }: PodState) => since === undefined || host.now().getTime() - Date.parse(since) > PATIENCE_MS;
  const bad = pods.filter((pod) => pod.stuck || isLate(pod));
  if (bad.length === 0) return [];
  const diagnosis = valueOf(await look(() => diagnoseSandboxes(host, bad.map(({ name }) => name))));
  return bad.map(({ namespace, name, state }, i) => ({
    where: "pods",
    what: `${namespace}/${name} is not ready: ${state}`,
    ...(i === 0 && diagnosis && diagnosis.details.length > 0 ? { details: diagnosis.details } : {}),
    ...(i === bad.length - 1
      ? { hints: [`Show the pod: kubectl -n ${shellWord(namespace)} describe pod ${shellWord(name)}`] }
      : {}),
  }));
}
