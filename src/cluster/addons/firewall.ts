/**
 * The firewall rules of a cluster: the chains of kubelet, kube-proxy and flannel, and the jumps to them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/proxy/iptables/proxier.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/proxy/ipvs/proxier.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_network_linux.go
 * @see https://github.com/flannel-io/flannel/blob/v0.28.10/pkg/trafficmngr/iptables/iptables.go
 * @module
 */
import { ALL_ADDONS } from "./table.ts";

const LEFTOVERS = ALL_ADDONS.flatMap(({ leftovers }) => leftovers ?? []);

/** Chains that the kubelet and kube-proxy create. */
const KUBELET_CHAINS = "POSTROUTING FIREWALL MARK-MASQ MARK-DROP KUBELET-CANARY IPTABLES-HINT".split(" ")
  .map((name) => `KUBE-${name}`);

/** Whole names of chains, because other programs use the same prefix (KUBE-ROUTER-…). */
const CHAIN = new RegExp(`^(?:${[...KUBELET_CHAINS, ...LEFTOVERS.flatMap(({ chains }) => chains)].join("|")})$`);

/** Tables that only addons use: kube-proxy (mode nftables) and flannel (EnableNFTables). */
const NFT_TABLES = LEFTOVERS.flatMap(({ tables }) => tables.map((table) => `table ${table}`));

/** The removal of the rules of one program (`iptables`, `ip6tables-legacy`). */
export interface FirewallCleanup {
  /** Input for `iptables-restore --noflush`, which changes each table atomically. Undefined when there is nothing to remove. */
  restore: string | undefined;
  /** Chains that stay because a chain of another program references them. */
  kept: string[];
}

/** The chain that a rule (`-A CHAIN … -j TARGET`) jumps to; empty when it jumps nowhere. */
function targetOf(rule: string): string {
  return / -[jg] (\S+)/.exec(rule)?.[1] ?? "";
}

/** Plans the removal of only the cluster's chains, from the output of `iptables-save`. */
export function firewallCleanup(saved: string): FirewallCleanup {
  const tables: string[] = [];
  const kept: string[] = [];
  for (const part of saved.split(/^\*/m).slice(1)) {
    const [table = "", ...lines] = part.split("\n");
    const chains = lines.flatMap((line) => /^:(\S+) -/.exec(line)?.[1] ?? []).filter((chain) => CHAIN.test(chain));
    const rules = lines.filter((line) => line.startsWith("-A ")).map((rule) => ({
      chain: rule.split(" ")[1]!,
      target: targetOf(rule),
      rest: rule.slice(3),
    }));
    const builtIn = new Set(lines.flatMap((line) => /^:(\S+) [A-Z]/.exec(line)?.[1] ?? []));
    const stay = keptChains(chains, rules.filter(({ chain }) => !builtIn.has(chain)));
    const go = chains.filter((chain) => !stay.has(chain));
    kept.push(...[...stay].map((chain) => `${table} ${chain}`));
    if (go.length === 0) continue;
    const jumps = rules.filter(({ chain, target }) => builtIn.has(chain) && go.includes(target));
    tables.push([
      `*${table}`,
      ...go.map((chain) => `:${chain} - [0:0]`), // empties it
      ...jumps.map(({ rest }) => `-D ${rest}`),
      ...go.map((chain) => `-X ${chain}`),
      "COMMIT",
    ].join("\n"));
  }
  return { restore: tables.length === 0 ? undefined : `${tables.join("\n")}\n`, kept };
}

/** The cluster's chains that chains of other programs reference, directly or not. */
function keptChains(chains: readonly string[], rules: readonly { chain: string; target: string }[]): Set<string> {
  const stay = new Set<string>();
  const follow = (from: (chain: string) => boolean) => {
    for (const { chain, target } of rules) {
      if (!from(chain) || !chains.includes(target) || stay.has(target)) continue;
      stay.add(target);
      follow((name) => name === target);
    }
  };
  follow((chain) => !chains.includes(chain));
  return stay;
}

/** The cluster's tables in the output of `nft list tables`, as `["ip", "kube-proxy"]`. */
export function clusterNftTables(tables: string): [family: string, name: string][] {
  return tables.split("\n").filter((line) => NFT_TABLES.includes(line.trim())).map((line) => {
    const [, family = "", name = ""] = line.trim().split(" ");
    return [family, name];
  });
}

/** The cluster's chains in the output of `nft list chains`, which iptables created. */
export function clusterChains(chains: string): string[] {
  return [...chains.matchAll(/^\s*chain (\S+)/gm)].map(([, name]) => name!).filter((name) => CHAIN.test(name));
}
