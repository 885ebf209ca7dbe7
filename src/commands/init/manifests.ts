import { ADDONS } from "../../cluster/addons/table.ts";
import { proxyEnvironment } from "../../cluster/control_plane/static_pods.ts";
import { stringify } from "../../config/yaml.ts";
import { InvalidInput } from "../../errors.ts";
import type { KubeObject } from "../../system.ts";
import type { Outcome } from "../command_context.ts";
import type { InitContext } from "./context.ts";

/** What can be printed, by the phase that installs it. */
const PRINTED = ["addon", "addon/coredns", "addon/kube-proxy"];

/**
 * `init phase addon … --print-manifest`: what would be installed, as YAML; no cluster is asked for anything. As with
 * kubeadm it is printed of an addon that the configuration disables, too.
 * @throws {InvalidInput} when another phase is meant.
 */
export async function manifestOutcome(context: InitContext, phase: string | undefined): Promise<Outcome> {
  if (!PRINTED.includes(phase ?? "")) {
    throw new InvalidInput("Cannot print a manifest:", [{
      where: "--print-manifest",
      what: `is for the phases ${PRINTED.join(", ")}, not for ${phase ?? "all of init"}`,
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
