import { coreDnsConfigMap, coreDnsObjects } from "../cluster/addons/coredns.ts";
import { flannelObjects } from "../cluster/addons/flannel.ts";
import { kubeProxyObjects } from "../cluster/addons/kube_proxy.ts";
import type { Patcher } from "../cluster/patches/apply.ts";
import { proxyEnvironment } from "../cluster/control_plane/static_pods.ts";
import type { ComponentConfiguration } from "../config/types.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import type { Host, KubeClient, KubeObject, ObjectReference } from "../system.ts";
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

/** Kinds that others in the same manifest live in or are made of: these come first, one after another. */
const FIRST = new Set(["Namespace", "CustomResourceDefinition"]);

async function applyAll(client: KubeClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects.filter(({ kind }) => FIRST.has(kind))) await client.apply(object);
  await Promise.all(objects.filter(({ kind }) => !FIRST.has(kind)).map((object) => client.apply(object)));
}

const COREDNS: ObjectReference = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "kube-system",
  name: "coredns",
};

/** How many replicas the Deployment in the cluster has; somebody may have changed that. */
async function presentReplicas(client: KubeClient): Promise<number | undefined> {
  const deployment = await client.get(COREDNS);
  return (deployment?.["spec"] as { replicas?: number } | undefined)?.replicas;
}

async function installCoreDns({ node, patch, admin }: AddonContext): Promise<void> {
  const client = await admin();
  const map = coreDnsConfigMap(node.cluster);
  const { name, namespace } = map.metadata;
  const [replicas, present] = await Promise.all([
    presentReplicas(client),
    client.get({ apiVersion: "v1", kind: "ConfigMap", name, namespace: namespace! }),
  ]);
  // People edit the Corefile: what is there stays.
  await applyAll(client, [...present ? [] : [map], ...coreDnsObjects(node.cluster, replicas, patch)]);
}

async function installPodNetwork({ node, podNetwork, admin }: AddonContext): Promise<void> {
  if (podNetwork.kind === "none") return;
  const objects = podNetwork.kind === "flannel" ? flannelObjects(node.cluster) : podNetwork.objects;
  await applyAll(await admin(), objects);
}

/** What every cluster needs besides its control plane: names, service addresses, a pod network. */
export const addon: Phase<AddonContext> = {
  name: "addon",
  summary: "install DNS, kube-proxy and the pod network",
  needs: ["admin-access"],
  phases: [
    {
      name: "coredns",
      summary: "install CoreDNS",
      when: ({ node }) => !node.cluster.dns.disabled,
      run: installCoreDns,
    },
    {
      name: "kube-proxy",
      summary: "install kube-proxy",
      when: ({ node }) => !node.cluster.proxy.disabled,
      async run({ host, node, kubeProxy, patch, admin }) {
        const environment = proxyEnvironment(host.environment());
        await applyAll(await admin(), await kubeProxyObjects({ ...node, kubeProxy }, environment, patch));
      },
    },
    {
      name: "cni",
      summary: "install the pod network (--cni)",
      when: ({ podNetwork }) => podNetwork.kind !== "none",
      run: installPodNetwork,
    },
  ],
};
