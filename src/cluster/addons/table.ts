/**
 * The addons of a cluster, each one row: who installs, lists images, waits or removes reads it here.
 * @module
 */
import type { ClusterConfiguration, EnvVar } from "../../config/types.ts";
import type { KubeObject, ObjectReference } from "../../system.ts";
import { dnsImage, kubernetesImage } from "../images.ts";
import { NO_PATCHES, type Patcher } from "../patches/apply.ts";
import { coreDnsConfigMap, coreDnsObjects } from "./coredns.ts";
import { flannelImages, flannelObjects } from "./flannel.ts";
import { FLANNEL_TRACES } from "./flannel_traces.ts";
import { kubeProxyObjects, type KubeProxySource } from "./kube_proxy.ts";

/** What says whether an addon is wanted. */
export interface AddonChoice {
  cluster: ClusterConfiguration;
  /** The pod network that is installed; absent: none, or it does not matter. */
  podNetwork?: { kind: string };
}

/** What the objects of an addon are made from. */
export interface AddonSource extends KubeProxySource {
  /** Variables about HTTP proxies, for what talks to the API server by them. */
  proxyEnvironment?: readonly EnvVar[];
  patch?: Patcher;
}

/** One addon. */
export interface Addon {
  name: string;
  wanted(choice: AddonChoice): boolean;
  /** The images that it runs. */
  images(cluster: ClusterConfiguration): string[];
  /** Objects of which something stays as it is in the cluster, since people edit them: they are read first. */
  keeps?: readonly ObjectReference[];
  /** All objects, in the order in which they may be applied; `present`: those of `keeps` that are there. */
  objects(
    source: AddonSource,
    present?: readonly (KubeObject | undefined)[],
  ): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  /** Its pods in kube-system that need the pod network, by what their names begin with; `what`: the name for people. */
  wait?: { what: string; pods: string };
  /** What it leaves on a host: chains of iptables (expressions for whole names) and tables of nftables. */
  leftovers?: { chains: readonly string[]; tables: readonly string[] };
}

const DNS = { name: "coredns", namespace: "kube-system" };

/** Every addon, in the order in which they are installed. */
export const ADDONS = {
  coredns: {
    name: "coredns",
    wanted: ({ cluster }) => !cluster.dns.disabled,
    images: (cluster) => [dnsImage(cluster)],
    // People scale the Deployment and edit the Corefile: what is there stays.
    keeps: [{ apiVersion: "apps/v1", kind: "Deployment", ...DNS }, { apiVersion: "v1", kind: "ConfigMap", ...DNS }],
    objects({ cluster, patch }, [deployment, map] = []) {
      const { replicas } = (deployment?.["spec"] ?? {}) as { replicas?: number };
      return [...map ? [] : [coreDnsConfigMap(cluster)], ...coreDnsObjects(cluster, replicas, patch)];
    },
    wait: { what: "CoreDNS", pods: "coredns-" },
  },
  "kube-proxy": {
    name: "kube-proxy",
    wanted: ({ cluster }) => !cluster.proxy.disabled,
    images: (cluster) => [kubernetesImage("kube-proxy", cluster)],
    objects: (source) => kubeProxyObjects(source, source.proxyEnvironment, source.patch ?? NO_PATCHES),
    leftovers: {
      chains: [
        ..."SERVICES EXTERNAL-SERVICES NODEPORTS NODE-PORT FORWARD PROXY-FIREWALL PROXY-CANARY".split(" "),
        ..."LOAD-BALANCER SOURCE-RANGES-FIREWALL IPVS-FILTER IPVS-OUT-FILTER".split(" "),
        "(?:SVC|SVL|SEP|EXT|FW|XLB)-[A-Z2-7]{16}",
      ].map((name) => `KUBE-${name}`),
      tables: ["ip kube-proxy", "ip6 kube-proxy"],
    },
  },
  flannel: {
    name: "flannel",
    wanted: ({ podNetwork }) => podNetwork?.kind === "flannel",
    images: flannelImages,
    objects: ({ cluster }) => flannelObjects(cluster),
    leftovers: {
      chains: ["FLANNEL-FWD", "FLANNEL-POSTRTG"],
      tables: ["ip flannel-ipv4", "ip6 flannel-ipv6"],
      traces: FLANNEL_TRACES,
    },
  },
} as const satisfies Readonly<Record<string, Addon & { leftovers?: { traces?: typeof FLANNEL_TRACES } }>>;

/** All of them, for those who go through the rows. */
export const ALL_ADDONS: readonly Addon[] = Object.values(ADDONS);
