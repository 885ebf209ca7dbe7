import { clusterNftTables, firewallCleanup } from "../../cluster/firewall.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

/** iptables keeps its rules in one of two places in the kernel; a host may have programs for either, or for both. */
const PROGRAMS = ["iptables", "iptables-nft", "iptables-legacy"].flatMap((name) => [name, name.replace("ip", "ip6")]);

/** Tables and sets of ipvs mode; the virtual services themselves do not tell whose they are. */
async function removeIpvs({ host, leave }: ResetContext): Promise<void> {
  const bridge = await host.query({ argv: ["ip", "link", "show", "dev", "kube-ipvs0"] });
  if (bridge.code !== 0) return;
  await host.run({ argv: ["ip", "link", "delete", "dev", "kube-ipvs0"] });
  leave("ipvs virtual services", "other programs may have some, too: ipvsadm --list, then ipvsadm --clear");
}

async function removeSets(host: Host): Promise<void> {
  const { code, stdout } = await host.query({ argv: ["ipset", "list", "-name"] });
  if (code !== 0) return;
  for (const name of stdout.split("\n").filter((line) => /^KUBE-(6-)?[A-Z-]+$/.test(line))) {
    await host.run({ argv: ["ipset", "destroy", name] });
  }
}

/** Removes the chains of kubelet, kube-proxy and flannel with the rules that lead to them, and no others. */
export const removeFirewall: Phase<ResetContext> = {
  name: "firewall",
  summary: "remove the firewall rules of kubelet, kube-proxy and flannel",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host, leave } = context;
    const done = new Set<string>(); // a dry run sees the same rules by two names
    for (const program of PROGRAMS) {
      const { code, stdout } = await host.query({ argv: [`${program}-save`] });
      if (code !== 0) continue;
      const { restore, kept } = firewallCleanup(stdout);
      const family = program.startsWith("ip6") ? "6 " : "4 ";
      for (const chain of kept) leave(`${program} chain ${chain}`, "a chain of somebody else's leads to it");
      if (restore === undefined || done.has(family + restore)) continue;
      done.add(family + restore);
      await host.run({ argv: [`${program}-restore`, "--noflush"], stdin: restore });
    }
    const tables = await host.query({ argv: ["nft", "list", "tables"] });
    for (const [family, name] of tables.code === 0 ? clusterNftTables(tables.stdout) : []) {
      await host.run({ argv: ["nft", "delete", "table", family, name] });
    }
    await removeIpvs(context);
    await removeSets(host);
  },
};
