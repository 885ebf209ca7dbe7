import { CNI_CONFIGURATION_DIRECTORY, isFlannelConfiguration } from "../../cluster/addons/flannel_traces.ts";
import { ADDONS } from "../../cluster/addons/table.ts";
import { type Cidr, contains, parseAddress, parseCidr } from "../../config/addresses.ts";
import { ask } from "../../programs.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";
import { NOT_OURS } from "./files.ts";
import { linkAddresses, linkNames } from "./links.ts";

const { traces: TRACES } = ADDONS.flannel.leftovers;

/** Whether flannel was installed. Its configuration is removed last, so that a run after an interrupted one finds it. */
async function flannelWasHere(host: Host): Promise<boolean> {
  const text = await host.readText(TRACES.configuration);
  return text !== undefined && isFlannelConfiguration(text);
}

/** The networks of the pods of this node, from the file that flannel writes for its plugin. */
async function podNetworks(host: Host): Promise<Cidr[]> {
  const text = await host.readText(TRACES.subnets) ?? "";
  return [...text.matchAll(/^FLANNEL_(?:IPV6_)?SUBNET=(\S+)$/gm)].flatMap(([, subnet]) => parseCidr(subnet!) ?? []);
}

/** Whether an interface has an address in these networks: other programs use the same interface names. */
async function isInside(host: Host, link: string, networks: readonly Cidr[]): Promise<boolean> {
  const addresses = await linkAddresses(host, link);
  return addresses.some((text) => {
    const address = parseAddress(text.split("/")[0]!);
    return address !== undefined && networks.some((network) => contains(network, address));
  });
}

/** CNI configurations that do not belong to flannel, with their texts. */
async function otherNetworks(host: Host): Promise<{ path: string; text: string }[]> {
  const names = await host.list(CNI_CONFIGURATION_DIRECTORY);
  const paths = names.map((name) => `${CNI_CONFIGURATION_DIRECTORY}/${name}`)
    .filter((path) => path !== TRACES.configuration);
  return await Promise.all(paths.map(async (path) => {
    const stat = await host.stat(path);
    return { path, text: stat?.kind === "file" ? await host.readText(path) ?? "" : "" };
  }));
}

async function removeLinks({ host, config, leave }: ResetContext, others: readonly { path: string; text: string }[]) {
  const { bridge, tunnels } = TRACES;
  const there = await linkNames(host);
  const networks = await podNetworks(host);
  for (const link of [bridge, ...tunnels].filter((name) => there.includes(name))) {
    const owner = link === bridge ? others.find(({ text }) => text.includes(`"${bridge}"`)) : undefined;
    if (owner) {
      leave(`network interface ${link}`, `also used by ${owner.path}`);
    } else if (!await isInside(host, link, networks)) {
      leave(`network interface ${link}`, "has no address in the pod network of this node");
    } else {
      const ports = link === bridge && !config.dryRun ? await portsOf(host, link) : []; // those of pods end with them
      if (ports.length > 0) leave(`network interface ${link}`, `other interfaces are attached: ${ports.join(", ")}`);
      else await host.run({ argv: ["ip", "link", "delete", "dev", link] });
    }
  }
}

/** Names of the interfaces attached to a bridge. The kernel removes those of stopped pods with a delay. */
async function portsOf(host: Host, bridge: string): Promise<string[]> {
  for (let attempt = 1;; attempt++) {
    const ports = await linkNames(host, "master", bridge);
    if (ports.length === 0 || attempt === 5) return ports;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Removes directories that are empty; those that hold something are somebody's. */
async function removeEmpty(host: Host, directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    if (await host.stat(directory) === undefined || (await host.list(directory)).length > 0) continue;
    await host.remove(directory);
  }
}

/** The package that a file belongs to; undefined when no package does. */
async function packageOf(host: Host, path: string): Promise<string | undefined> {
  for (const argv of [["dpkg-query", "--search", path], ["rpm", "--query", "--file", path]]) {
    if ((await host.query({ argv })).failure === "not found") continue; // a host has one of them, or neither
    const { code, stdout } = await ask(host, { argv }, [0, 1]);
    if (code === 0) return stdout.trim().split("\n")[0];
  }
  return undefined;
}

async function removeData({ host, runtime }: ResetContext): Promise<void> {
  const { data, results } = TRACES;
  for (const directory of data) await host.removeTree(directory);
  const alive = await runtime.sandboxes().then((all) => all.map(({ id }) => id), () => undefined);
  for (const name of await host.list(results)) {
    const loopback = /^cni-loopback-([0-9a-f]{64})-/.exec(name)?.[1];
    const orphan = loopback !== undefined && alive?.includes(loopback) === false;
    if (name.startsWith("cbr0-") || orphan) await host.remove(`${results}/${name}`);
  }
  await removeEmpty(host, ["/var/lib/cni/networks", results, "/var/lib/cni"]);
}

const LINKS: readonly string[] = [TRACES.bridge, ...TRACES.tunnels];

/** Removes the interfaces and files of flannel. Other pod networks are kept. */
export const removeNetwork: Phase<ResetContext> = {
  name: "network",
  summary: "remove the network interfaces and files of flannel",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host, leave } = context;
    const others = await otherNetworks(host);
    for (const { path } of others) leave(path, NOT_OURS);
    if (!await flannelWasHere(host)) {
      const links = (await linkNames(host)).filter((name) => LINKS.includes(name));
      for (const link of links) {
        leave(`network interface ${link}`, `"${TRACES.configuration}" does not exist: it belongs to another network`);
      }
      return;
    }
    const { plugin, run, configuration } = TRACES;
    await removeLinks(context, others);
    await removeData(context);
    if (await host.stat(plugin) !== undefined) {
      const owner = await packageOf(host, plugin);
      if (owner === undefined) await host.remove(plugin);
      else leave(plugin, `installed by a package (${owner})`);
    }
    await host.removeTree(run);
    await host.remove(configuration);
  },
};
