import { CNI_CONFIGURATION_DIRECTORY, isFlannelConfiguration } from "../../cluster/addons/flannel_traces.ts";
import { ADDONS } from "../../cluster/addons/table.ts";
import { type Cidr, contains, parseAddress, parseCidr } from "../../config/addresses.ts";
import { ask } from "../../programs.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";
import { linkAddresses, linkNames } from "./links.ts";

const { traces: TRACES } = ADDONS.flannel.leftovers;

/** Whether flannel was here: its configuration is removed last, so that a run that was ended finds it again. */
async function flannelWasHere(host: Host): Promise<boolean> {
  const text = await host.readText(TRACES.configuration);
  return text !== undefined && isFlannelConfiguration(text);
}

/** The networks from which this node's pods have addresses, as flannel leaves them for its plugin. */
async function podNetworks(host: Host): Promise<Cidr[]> {
  const text = await host.readText(TRACES.subnets) ?? "";
  return [...text.matchAll(/^FLANNEL_(?:IPV6_)?SUBNET=(\S+)$/gm)].flatMap(([, subnet]) => parseCidr(subnet!) ?? []);
}

/** Whether a link has an address of these networks: others have links of such names, too. */
async function isInside(host: Host, link: string, networks: readonly Cidr[]): Promise<boolean> {
  const addresses = await linkAddresses(host, link);
  return addresses.some((text) => {
    const address = parseAddress(text.split("/")[0]!);
    return address !== undefined && networks.some((network) => contains(network, address));
  });
}

/** Configurations of networks that are not flannel's, with their texts. */
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
      leave(`link ${link}`, `${owner.path} names it, too`);
    } else if (!await isInside(host, link, networks)) {
      leave(`link ${link}`, "it has no address of this node's pod network");
    } else {
      const ports = link === bridge && !config.dryRun ? await portsOf(host, link) : []; // pods' own go with them
      if (ports.length > 0) leave(`link ${link}`, `other links are plugged into it: ${ports.join(", ")}`);
      else await host.run({ argv: ["ip", "link", "delete", "dev", link] });
    }
  }
}

/** Names of the links that are plugged into a bridge. Those of pods that have just ended take the kernel a moment. */
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

/** The package that a file belongs to; undefined when it is of none. */
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

/** Removes flannel's links and files. Other pod networks were not put here by us, and stay. */
export const removeNetwork: Phase<ResetContext> = {
  name: "network",
  summary: "remove the pod network's links and files (flannel)",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host, leave } = context;
    const others = await otherNetworks(host);
    for (const { path } of others) leave(path, "not put there by kubewright");
    if (!await flannelWasHere(host)) {
      const links = (await linkNames(host)).filter((name) => LINKS.includes(name));
      for (const link of links) {
        leave(`link ${link}`, `there is no "${TRACES.configuration}": it is of another network`);
      }
      return;
    }
    const { plugin, run, configuration } = TRACES;
    await removeLinks(context, others);
    await removeData(context);
    if (await host.stat(plugin) !== undefined) {
      const owner = await packageOf(host, plugin);
      if (owner === undefined) await host.remove(plugin);
      else leave(plugin, `it belongs to a package (${owner})`);
    }
    await host.removeTree(run);
    await host.remove(configuration);
  },
};
