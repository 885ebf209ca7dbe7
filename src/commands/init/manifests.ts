import { ADDONS } from "../../cluster/addons/table.ts";
import { proxyEnvironment } from "../../cluster/control_plane/static_pods.ts";
import { stringify } from "../../config/yaml.ts";
import { InvalidInput } from "../../errors.ts";
import type { KubeObject } from "../../system.ts";
import type { Outcome } from "../command_context.ts";
import type { InitContext } from "./context.ts";

/** The phases whose objects can be printed. */
const PRINTED = ["addon", "addon/coredns", "addon/kube-proxy"];

/**
 * `init phase addon … --print-manifest`: the objects as YAML, without connecting to a cluster. As with kubeadm, also those
 * of an addon that the configuration disables.
 * @throws {InvalidInput} for another phase.
 */
export async function manifestOutcome(context: InitContext, phase: string | undefined): Promise<Outcome> {
  if (!PRINTED.includes(phase ?? "")) {
    throw new InvalidInput("Cannot print a manifest:", [{
      where: "--print-manifest",
      what: `requires one of the phases ${PRINTED.join(", ")}; got ${phase ?? "all phases"}`,
    }]);
  }
  const { host, node, kubeProxy, patch } = context;
  const source = { ...node, kubeProxy, patch, proxyEnvironment: proxyEnvironment(host.environment()) };
  const objects: KubeObject[] = [];
  for (const addon of [ADDONS.coredns, ADDONS["kube-proxy"]]) {
    if (phase !== "addon" && phase !== `addon/${addon.name}`) continue;
    objects.push(...await addon.objects(source));
  }
  const text = objects.map((object) => `---\n${stringify(object)}`).join("").trimEnd();
  return { text, document: true, result: { phase, objects } };
}
