/** What of another pod network a host still has, and what would keep pods from starting with a new one. @module */
import {
  type Cidr,
  classify,
  contains,
  formatAddress,
  formatCidr,
  type Network,
  networksText,
  parseAddress,
  parseCidr,
} from "../config/addresses.ts";
import type { Arg } from "../config/types.ts";
import type { Host } from "../system.ts";
import { argument } from "../cluster/arguments.ts";
import { CNI_CONFIGURATION_DIRECTORY, FLANNEL_TRACES } from "../cluster/addons/flannel_traces.ts";
import { moveAway, shellWord } from "../text/shell.ts";

/** Something that is in the way, and how to remove it. */
export interface InTheWay {
  what: string;
  hint: string;
}

/**
 * CNI configurations in the order in which runtimes read them; they take the first. A name with another ending is none.
 * @see https://github.com/containerd/go-cni/blob/v1.1.13/opts.go loadFromConfDir
 */
async function cniConfigurations(host: Host): Promise<string[]> {
  const names = (await host.list(CNI_CONFIGURATION_DIRECTORY)).filter((name) => /\.(conf|conflist|json)$/.test(name));
  return names.sort((a, b) => a < b ? -1 : 1).map((name) => `${CNI_CONFIGURATION_DIRECTORY}/${name}`);
}

/** Configurations that the runtime prefers to flannel's. */
export async function preferredConfigurations(host: Host): Promise<InTheWay | undefined> {
  const others = (await cniConfigurations(host)).filter((path) => path < FLANNEL_TRACES.configuration);
  if (others.length === 0) return undefined;
  return {
    what: `${others.join(", ")}: the container runtime takes the first CNI configuration by name, and would use it ` +
      `instead of ${FLANNEL_TRACES.configuration}`,
    hint: `If another pod network left it, move it away: ${moveAway(others)}`,
  };
}

/** Configurations of any pod network on a host that has none yet, but for flannel's, which is written anew. */
export async function leftConfigurations(host: Host): Promise<InTheWay | undefined> {
  const others = (await cniConfigurations(host)).filter((path) => path !== FLANNEL_TRACES.configuration);
  if (others.length === 0) return undefined;
  return {
    what: `${others.join(", ")} ${others.length === 1 ? "is" : "are"} there before this host has a pod network: the ` +
      "container runtime takes the first CNI configuration by name",
    hint: `If another pod network left it, move it away: ${moveAway(others)}`,
  };
}

/** The first networks of nodes, one of each family, which the first node of a cluster gets. */
export function firstNodeNetworks(podSubnet: readonly Cidr[], controllerManagerArgs: readonly Arg[]): Cidr[] {
  return podSubnet.flatMap(({ address }) => {
    const { family } = address;
    const given = argument(controllerManagerArgs, `node-cidr-mask-size-${family.toLowerCase()}`) ??
      argument(controllerManagerArgs, "node-cidr-mask-size");
    return parseCidr(`${formatAddress(address)}/${given ?? (family === "IPv4" ? 24 : 64)}`) ?? [];
  });
}

/**
 * A bridge of pods whose address is not of this node's network: the bridge plugin refuses to change it, and no pod starts.
 * @param networks of this node; undefined where they are not known yet.
 */
export function bridgeInTheWay(host: Host, networks: readonly Cidr[] | undefined): InTheWay | undefined {
  const { bridge } = FLANNEL_TRACES;
  const foreign = host.addresses().filter((entry) => {
    const address = parseAddress(entry.address);
    if (entry.interface !== bridge || !address || classify(address) !== "global") return false;
    const own = networks?.filter((cidr) => cidr.address.family === address.family);
    return own === undefined || own.length > 0 && !own.some((cidr) => contains(cidr, address));
  });
  if (foreign.length === 0) return undefined;
  const wanted = networks === undefined
    ? "no pod starts where this node gets another network"
    : `pods of this node get addresses of ${networks.map(formatCidr).join(" and ")}, and none starts`;
  return {
    what:
      `the bridge ${bridge} has the address ${foreign.map(({ address }) => address).join(", ")} of an earlier pod ` +
      `network: ${wanted}`,
    hint: `Remove it: ip link delete ${shellWord(bridge)}`,
  };
}

/** Tunnels of an earlier flannel that are of another network of pods. */
export function tunnelsInTheWay(host: Host, podSubnet: readonly Network[]): InTheWay | undefined {
  const foreign = host.addresses().filter((entry) => {
    const address = parseAddress(entry.address);
    if (!FLANNEL_TRACES.tunnels.includes(entry.interface as "flannel.1") || !address) return false;
    const own = podSubnet.filter((cidr) => cidr.address.family === address.family);
    return classify(address) === "global" && own.length > 0 && !own.some((cidr) => contains(cidr, address));
  });
  const [first] = foreign;
  return first && {
    what: `the tunnel ${first.interface} has the address ${first.address} of an earlier pod network; this one is ${
      networksText(podSubnet)
    }`,
    hint: `Remove it: ip link delete ${shellWord(first.interface)}`,
  };
}

/** Plugins that flannel's configuration names, and the folders where distributions and their runtimes have them. */
const FLANNEL_NEEDS = ["bridge", "host-local", "loopback", "portmap"];
const PLUGIN_FOLDERS = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"];

/** Plugins without which no pod starts. A runtime may keep its plugins elsewhere. */
export async function missingPlugins(host: Host): Promise<InTheWay | undefined> {
  const present = (await Promise.all(PLUGIN_FOLDERS.map((folder) => host.list(folder)))).flat();
  const missing = FLANNEL_NEEDS.filter((plugin) => !present.includes(plugin));
  if (missing.length === 0) return undefined;
  return {
    what: `the network plugins ${missing.join(", ")} are not in ${PLUGIN_FOLDERS.join(", ")}: no pod would start`,
    hint: "Install them to /opt/cni/bin (package containernetworking-plugins or kubernetes-cni).",
  };
}
