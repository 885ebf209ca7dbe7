import { clusterChains, clusterNftTables, firewallCleanup } from "../../cluster/addons/firewall.ts";
import { UserError } from "../../errors.ts";
import { ask } from "../../programs.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";
import { linkNames } from "./links.ts";

/** The two places in the kernel in which iptables keeps rules. */
type Store = "nf_tables" | "legacy";

/** Programs for IPv4 rules; those for IPv6 have names with `ip6`. A host may have any of them. */
const PROGRAMS = ["iptables", "iptables-nft", "iptables-legacy"];
const FAMILIES = [
  { name: "IPv4", prefix: "ip", nft: "ip", legacy: "/proc/net/ip_tables_names" },
  { name: "IPv6", prefix: "ip6", nft: "ip6", legacy: "/proc/net/ip6_tables_names" },
] as const;

/** A kernel without IPv6 has neither this file nor rules for IPv6. */
const IPV6 = "/proc/net/if_inet6";

/** Where a program keeps its rules; undefined when it is not installed. Before 1.8 only one place existed. */
async function storeOf(host: Host, program: string): Promise<Store | undefined> {
  const command = { argv: [program, "--version"] };
  const output = await host.query(command);
  if (output.failure === "not found") return undefined;
  const { stdout } = await ask(host, command);
  return stdout.includes("nf_tables") ? "nf_tables" : "legacy";
}

/** Removes the chains of the cluster of one IP family. @returns the places that were read. */
async function removeChains({ host, leave }: ResetContext, prefix: string): Promise<Set<Store>> {
  const seen = new Set<Store>();
  for (const program of PROGRAMS.map((name) => name.replace("ip", prefix))) {
    const store = await storeOf(host, program);
    if (store === undefined || seen.has(store)) continue;
    const { stdout } = await ask(host, { argv: [`${program}-save`] });
    const { restore, kept } = firewallCleanup(stdout);
    for (const chain of kept) {
      leave(`${program} chain ${chain}`, "still referenced by a chain kubewright does not manage");
    }
    if (restore !== undefined) await host.run({ argv: [`${program}-restore`, "--noflush"], stdin: restore });
    seen.add(store);
  }
  return seen;
}

/** The output of nft(8), for rules that no iptables program can list; undefined when it is not installed. */
async function nft(host: Host, ...argv: string[]): Promise<string | undefined> {
  const command = { argv: ["nft", ...argv] };
  if ((await host.query(command)).failure === "not found") return undefined;
  return (await ask(host, command)).stdout;
}

/**
 * Verifies that no chain of the cluster exists where no iptables program has read: the kernel lists the legacy tables, nft
 * shows the others.
 * @throws {UserError} when a chain exists, or the rules cannot be listed.
 */
async function checkUnseen(host: Host, family: typeof FAMILIES[number], seen: ReadonlySet<Store>): Promise<void> {
  const hint = [
    "Install iptables, then rerun the command.",
    "Or restart the host, which clears the firewall rules, and rerun the command with --skip-phases=cleanup-node/firewall",
  ];
  if (!seen.has("legacy") && (await host.readText(family.legacy) ?? "").trim() !== "") {
    throw new UserError(`Cannot list the firewall rules of ${family.name}: program "iptables-legacy" not found`, {
      hint,
    });
  }
  if (seen.has("nf_tables")) return;
  const chains = await nft(host, "list", "chains", family.nft);
  if (chains === undefined) {
    throw new UserError(`Cannot list the firewall rules of ${family.name}: neither "iptables" nor "nft" found`, {
      hint,
    });
  }
  const left = clusterChains(chains);
  if (left.length === 0) return;
  throw new UserError(
    `Cannot remove ${left.length} firewall chains of ${family.name} (${left[0]}): program "iptables" not found`,
    { hint },
  );
}

/** Removes the sets of IPVS mode, which has the interface kube-ipvs0. Virtual services do not show which program created them. */
async function removeIpvs({ host, leave }: ResetContext): Promise<void> {
  if (!(await linkNames(host)).includes("kube-ipvs0")) return;
  const { stdout } = await ask(host, { argv: ["ipset", "list", "-name"] });
  for (const name of stdout.split("\n").filter((line) => /^KUBE-(6-)?[A-Z-]+$/.test(line))) {
    await host.run({ argv: ["ipset", "destroy", name] });
  }
  await host.run({ argv: ["ip", "link", "delete", "dev", "kube-ipvs0"] });
  leave("IPVS virtual services", "another program may use IPVS, too: ipvsadm --list, then ipvsadm --clear");
}

/**
 * Removes the chains of kubelet, kube-proxy and flannel with the rules that refer to them, and no others.
 * @throws {UserError} when chains may be left, because rules cannot be listed.
 */
export const removeFirewall: Phase<ResetContext> = {
  name: "firewall",
  summary: "remove the firewall rules of kubelet, kube-proxy and flannel",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host } = context;
    for (const [family, name] of clusterNftTables(await nft(host, "list", "tables") ?? "")) {
      await host.run({ argv: ["nft", "delete", "table", family, name] });
    }
    for (const family of FAMILIES) {
      if (family.name === "IPv6" && await host.readText(IPV6) === undefined) continue;
      await checkUnseen(host, family, await removeChains(context, family.prefix));
    }
    await removeIpvs(context);
  },
};
