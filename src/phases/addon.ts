import { type Addon, ADDONS } from "../cluster/addons/table.ts";
import type { Patcher } from "../cluster/patches/apply.ts";
import { proxyEnvironment } from "../cluster/control_plane/static_pods.ts";
import type { ComponentConfiguration } from "../config/types.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import type { Host, KubeClient, KubeObject } from "../system.ts";
import type { Phase } from "./phase.ts";

/** The pod network that `init` installs: flannel, none, or the objects of a manifest file. */
export type PodNetwork = { kind: "flannel" } | { kind: "none" } | { kind: "manifest"; objects: readonly KubeObject[] };

/** What installing addons needs. */
export interface AddonContext {
  host: Host;
  node: ControlPlaneNode;
  /** The user's KubeProxyConfiguration document. */
  kubeProxy?: ComponentConfiguration;
  podNetwork: PodNetwork;
  /** The user's patches. */
  patch: Patcher;
  admin(): Promise<KubeClient>;
}

/** Kinds that other objects in the same manifest require: these are applied first, one after another. */
const FIRST = new Set(["Namespace", "CustomResourceDefinition"]);

async function applyAll(client: KubeClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects.filter(({ kind }) => FIRST.has(kind))) await client.apply(object);
  await Promise.all(objects.filter(({ kind }) => !FIRST.has(kind)).map((object) => client.apply(object)));
}

/** Applies the objects of an addon; existing values that users edit are kept. */
async function install(addon: Addon, { host, node, kubeProxy, patch, admin }: AddonContext): Promise<void> {
  const client = await admin();
  const present = await Promise.all((addon.keeps ?? []).map((one) => client.get(one)));
  const source = { ...node, kubeProxy, patch, proxyEnvironment: proxyEnvironment(host.environment()) };
  await applyAll(client, await addon.objects(source, present));
}

/** The phase that installs an addon of the table. */
function installing(addon: Addon, summary: string): Phase<AddonContext> {
  return {
    name: addon.name,
    summary,
    when: ({ node: { cluster }, podNetwork }) => addon.wanted({ cluster, podNetwork }),
    run: (context) => install(addon, context),
  };
}

async function installPodNetwork(context: AddonContext): Promise<void> {
  const { podNetwork, admin } = context;
  if (podNetwork.kind === "flannel") await install(ADDONS.flannel, context);
  if (podNetwork.kind === "manifest") await applyAll(await admin(), podNetwork.objects);
}

/** DNS, kube-proxy and the pod network. */
export const addon: Phase<AddonContext> = {
  name: "addon",
  summary: "install DNS, kube-proxy and the pod network",
  needs: ["admin-access"],
  phases: [
    installing(ADDONS.coredns, "install CoreDNS"),
    installing(ADDONS["kube-proxy"], "install kube-proxy"),
    {
      name: "cni",
      summary: "install the pod network (--cni)",
      when: ({ podNetwork }) => podNetwork.kind !== "none",
      run: installPodNetwork,
    },
  ],
};
