/**
 * The addons of a cluster, one row each: installation, images, waits and removal read this table.
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

/** The input that decides whether an addon is installed. */
export interface AddonChoice {
  cluster: ClusterConfiguration;
  /** The pod network to install; absent: none. */
  podNetwork?: { kind: string };
}

/** The input of the objects of an addon. */
export interface AddonSource extends KubeProxySource {
  /** Proxy variables, for pods that connect to the API server. */
  proxyEnvironment?: readonly EnvVar[];
  patch?: Patcher;
}

/** One addon. */
export interface Addon {
  name: string;
  wanted(choice: AddonChoice): boolean;
  /** Its images. */
  images(cluster: ClusterConfiguration): string[];
  /** Objects of which parts stay unchanged in the cluster, because users edit them: they are read first. */
  keeps?: readonly ObjectReference[];
  /** All objects, in the order of their application; `present`: those of `keeps` that exist. */
  objects(
    source: AddonSource,
    present?: readonly (KubeObject | undefined)[],
  ): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  /** The prefix of the names of its pods in kube-system that need the pod network; `what`: its name in messages. */
  wait?: { what: string; pods: string };
  /** What it leaves on a host: iptables chains (expressions for whole names) and nftables tables. */
  leftovers?: { chains: readonly string[]; tables: readonly string[] };
}

const DNS = { name: "coredns", namespace: "kube-system" };

/** Every addon, in the order of installation. */
export const ADDONS = {
  coredns: {
    name: "coredns",
    wanted: ({ cluster }) => !cluster.dns.disabled,
    images: (cluster) => [dnsImage(cluster)],
    // Users scale the Deployment and edit the Corefile: existing values stay.
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

/** All rows. */
export const ALL_ADDONS: readonly Addon[] = Object.values(ADDONS);
