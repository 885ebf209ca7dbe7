/**
 * The lab's network: one bridge with a private range for each lab, and nothing that leads out of it.
 *
 * @module
 */

import { exists } from "./cache.ts";
import { run } from "./process.ts";

/** A lab's network. `number` tells labs on one machine apart: bridge `kwN`, range `10.77.N.0/24`. */
export interface Network {
  number: number;
  bridge: string;
  gateway: string;
}

/** Makes the first network that is free on this machine. Throws when 250 labs are running. */
export async function makeNetwork(): Promise<Network> {
  for (let number = 1; number <= 250; number++) {
    const network = { number, bridge: `kw${number}`, gateway: `10.77.${number}.1` };
    if (await exists(`/sys/class/net/${network.bridge}`)) continue;
    // Another process may take the same number at this moment: adding the link is what decides.
    const { code } = await run(["ip", "link", "add", network.bridge, "type", "bridge"], { check: false });
    if (code !== 0 && await exists(`/sys/class/net/${network.bridge}`)) continue;
    if (code !== 0) throw new Error(`Cannot make bridge "${network.bridge}": is CAP_NET_ADMIN missing?`);
    await run(["ip", "address", "add", `${network.gateway}/24`, "dev", network.bridge]);
    await run(["ip", "link", "set", network.bridge, "up"]);
    // Where this machine forwards packets, those of the lab still go nowhere.
    await run(["ip", "rule", "add", "iif", network.bridge, "unreachable"]);
    return network;
  }
  throw new Error("Cannot make a network: kw1 to kw250 exist; remove what earlier labs left with `ip link delete kwN`");
}

/** Removes a lab's bridge; does nothing when it is gone. */
export async function removeNetwork(bridge: string): Promise<void> {
  await run(["ip", "rule", "delete", "iif", bridge, "unreachable"], { check: false });
  if (await exists(`/sys/class/net/${bridge}`)) await run(["ip", "link", "delete", bridge]);
}

/** The address of a lab's host, counted from 1. */
export function addressOf(network: Network, index: number): string {
  return `10.77.${network.number}.${10 + index}`;
}

/** Drops all packets between the network namespace of process `leader` and an address, both ways. */
export async function block(leader: number, address: string): Promise<void> {
  const rules = `table inet ${tableOf(address)} {
  chain in { type filter hook input priority -400; ip saddr ${address} drop; }
  chain out { type filter hook output priority -400; ip daddr ${address} drop; }
}`;
  await run(["nsenter", "-t", String(leader), "-n", "nft", "-f", "-"], { stdin: rules });
}

/** Takes back {@link block}; does nothing where it was not called. */
export async function unblock(leader: number, address: string): Promise<void> {
  await run(["nsenter", "-t", String(leader), "-n", "nft", "delete", "table", "inet", tableOf(address)], {
    check: false,
  });
}

function tableOf(address: string): string {
  return `lab_cut_${address.replaceAll(".", "_")}`;
}
