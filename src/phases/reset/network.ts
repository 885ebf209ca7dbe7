import { CNI_CONFIGURATION_DIRECTORY, FLANNEL_TRACES, isFlannelConfiguration } from "../../cluster/flannel_traces.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

async function linkExists(host: Host, name: string): Promise<boolean> {
  return (await host.query({ argv: ["ip", "link", "show", "dev", name] })).code === 0;
}

/** Whether flannel was here. Its configuration is removed last, so that a run that was ended finds it again. */
async function flannelWasHere(host: Host): Promise<boolean> {
  const text = await host.readText(FLANNEL_TRACES.configuration);
  if (text !== undefined) return isFlannelConfiguration(text);
  if (await host.stat(FLANNEL_TRACES.run) !== undefined) return true;
  const links = await Promise.all(FLANNEL_TRACES.tunnels.map((name) => linkExists(host, name)));
  return links.includes(true);
}

/** Configurations of networks that are not flannel's, with their texts. */
async function otherNetworks(host: Host): Promise<{ path: string; text: string }[]> {
  const names = await host.list(CNI_CONFIGURATION_DIRECTORY);
  const paths = names.map((name) => `${CNI_CONFIGURATION_DIRECTORY}/${name}`)
    .filter((path) => path !== FLANNEL_TRACES.configuration);
  return await Promise.all(paths.map(async (path) => {
    const stat = await host.stat(path);
    return { path, text: stat?.kind === "file" ? await host.readText(path) ?? "" : "" };
  }));
}

async function removeLinks({ host, leave }: ResetContext, others: readonly { path: string; text: string }[]) {
  const { bridge, tunnels } = FLANNEL_TRACES;
  if (await linkExists(host, bridge)) {
    const owner = others.find(({ text }) => text.includes(`"${bridge}"`));
    const ports = (await host.query({ argv: ["ip", "-o", "link", "show", "master", bridge] })).stdout.trim();
    if (owner) leave(`link ${bridge}`, `${owner.path} names it, too`);
    else if (ports !== "") leave(`link ${bridge}`, `other links are plugged into it: ${ports.split("\n").length}`);
    else await host.run({ argv: ["ip", "link", "delete", "dev", bridge] });
  }
  for (const tunnel of tunnels) {
    if (await linkExists(host, tunnel)) await host.run({ argv: ["ip", "link", "delete", "dev", tunnel] });
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
    const { code, stdout } = await host.query({ argv });
    if (code === 0) return stdout.trim().split("\n")[0];
  }
  return undefined;
}

async function removeData({ host, runtime }: ResetContext): Promise<void> {
  const { data, results } = FLANNEL_TRACES;
  for (const directory of data) await host.removeTree(directory);
  const alive = await runtime.sandboxes().then((all) => all.map(({ id }) => id), () => undefined);
  for (const name of await host.list(results)) {
    const loopback = /^cni-loopback-([0-9a-f]{64})-/.exec(name)?.[1];
    const orphan = loopback !== undefined && alive?.includes(loopback) === false;
    if (name.startsWith("cbr0-") || orphan) await host.remove(`${results}/${name}`);
  }
  await removeEmpty(host, ["/var/lib/cni/networks", results, "/var/lib/cni"]);
}

/** Removes flannel's links and files. Other pod networks were not put here by us, and stay. */
export const removeNetwork: Phase<ResetContext> = {
  name: "network",
  summary: "remove the pod network's links and files (flannel)",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host, leave } = context;
    const others = await otherNetworks(host);
    for (const { path } of others) leave(path, "not put there by kubewright");
    if (!await flannelWasHere(host)) return;
    const { plugin, run, configuration } = FLANNEL_TRACES;
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
