import { coreDnsConfigMap, coreDnsObjects } from "../../cluster/addons/coredns.ts";
import { kubeProxyObjects } from "../../cluster/addons/kube_proxy.ts";
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
  const { cluster } = node;
  const objects: KubeObject[] = [];
  if (phase !== "addon/kube-proxy") {
    objects.push(coreDnsConfigMap(cluster), ...coreDnsObjects(cluster, undefined, patch));
  }
  if (phase !== "addon/coredns") {
    objects.push(...await kubeProxyObjects({ ...node, kubeProxy }, proxyEnvironment(host.environment()), patch));
  }
  const text = objects.map((object) => `---\n${stringify(object)}`).join("").trimEnd();
  return { text, document: true, result: { phase, objects } };
}
