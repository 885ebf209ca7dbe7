/** Remains of another pod network on a host that would keep pods from starting with a new one. @module */
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

/** An obstacle, and how to remove it. */
export interface InTheWay {
  what: string;
  hint: string;
}

/**
 * CNI configurations in the order in which runtimes read them; the first one wins. Files with other extensions are ignored.
 * @see https://github.com/containerd/go-cni/blob/v1.1.13/opts.go loadFromConfDir
 */
async function cniConfigurations(host: Host): Promise<string[]> {
  const names = (await host.list(CNI_CONFIGURATION_DIRECTORY)).filter((name) => /\.(conf|conflist|json)$/.test(name));
  return names.sort((a, b) => a < b ? -1 : 1).map((name) => `${CNI_CONFIGURATION_DIRECTORY}/${name}`);
}

/** Configurations that the runtime uses instead of flannel's. */
export async function preferredConfigurations(host: Host): Promise<InTheWay | undefined> {
  const others = (await cniConfigurations(host)).filter((path) => path < FLANNEL_TRACES.configuration);
  if (others.length === 0) return undefined;
  return {
    what: `${others.join(", ")}: the container runtime uses the first CNI configuration by name, and would use this ` +
      `instead of ${FLANNEL_TRACES.configuration}`,
    hint: `If it is left from another pod network, move it away: ${moveAway(others)}`,
  };
}

/** Configurations on a host without a pod network; flannel's is left out, because it is overwritten. */
export async function leftConfigurations(host: Host): Promise<InTheWay | undefined> {
  const others = (await cniConfigurations(host)).filter((path) => path !== FLANNEL_TRACES.configuration);
  if (others.length === 0) return undefined;
  return {
    what: `${others.join(", ")} ${others.length === 1 ? "exists" : "exist"} before this host has a pod network: the ` +
      "container runtime uses the first CNI configuration by name",
    hint: `If it is left from another pod network, move it away: ${moveAway(others)}`,
  };
}

/** The pod networks of the first node of a cluster, one of each family. */
export function firstNodeNetworks(podSubnet: readonly Cidr[], controllerManagerArgs: readonly Arg[]): Cidr[] {
  return podSubnet.flatMap(({ address }) => {
    const { family } = address;
    const given = argument(controllerManagerArgs, `node-cidr-mask-size-${family.toLowerCase()}`) ??
      argument(controllerManagerArgs, "node-cidr-mask-size");
    return parseCidr(`${formatAddress(address)}/${given ?? (family === "IPv4" ? 24 : 64)}`) ?? [];
  });
}

/**
 * A bridge of pods with an address outside this node's pod network: the bridge plugin refuses to change it, and no pod
 * starts.
 * @param networks of this node; undefined when they are not known yet.
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
    ? "pods cannot start if this node gets another network"
    : `pods of this node get addresses of ${networks.map(formatCidr).join(" and ")} and cannot start`;
  return {
    what:
      `the bridge ${bridge} has the address ${foreign.map(({ address }) => address).join(", ")} of an earlier pod ` +
      `network: ${wanted}`,
    hint: `Remove it: ip link delete ${shellWord(bridge)}`,
  };
}

/** Tunnels of an earlier flannel with another pod network. */
export function tunnelsInTheWay(host: Host, podSubnet: readonly Network[]): InTheWay | undefined {
  const foreign = host.addresses().filter((entry) => {
    const address = parseAddress(entry.address);
    if (!FLANNEL_TRACES.tunnels.includes(entry.interface as "flannel.1") || !address) return false;
    const own = podSubnet.filter((cidr) => cidr.address.family === address.family);
    return classify(address) === "global" && own.length > 0 && !own.some((cidr) => contains(cidr, address));
  });
  const [first] = foreign;
  return first && {
    what:
      `the tunnel ${first.interface} has the address ${first.address} of an earlier pod network; the current one is ${
        networksText(podSubnet)
      }`,
    hint: `Remove it: ip link delete ${shellWord(first.interface)}`,
  };
}

/** Plugins that flannel's configuration names, and the directories where distributions and runtimes install them. */
const FLANNEL_NEEDS = ["bridge", "host-local", "loopback", "portmap"];
const PLUGIN_FOLDERS = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"];

/** Missing plugins that every pod requires. A runtime may have its plugins in another directory. */
export async function missingPlugins(host: Host): Promise<InTheWay | undefined> {
  const present = (await Promise.all(PLUGIN_FOLDERS.map((folder) => host.list(folder)))).flat();
  const missing = FLANNEL_NEEDS.filter((plugin) => !present.includes(plugin));
  if (missing.length === 0) return undefined;
  return {
    what: `CNI plugins not found: ${missing.join(", ")} (searched ${PLUGIN_FOLDERS.join(", ")}); pods cannot start`,
    hint: "Install the plugins into /opt/cni/bin (package containernetworking-plugins or kubernetes-cni).",
  };
}
