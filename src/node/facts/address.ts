/**
 * The default address of an API server on this host: kubeadm's choice.
 * @see https://github.com/kubernetes/apimachinery/blob/v0.37.2/pkg/util/net/interface.go
 * @module
 */
import { classify, type Family, parseAddress } from "../../config/addresses.ts";
import type { Facts } from "../../config/types.ts";
import type { Host, InterfaceAddress } from "../../system.ts";

/** The loopback interface, where routers of an unnumbered network (RFC 5549) have their only global address. */
const LOOPBACK = "lo";

/**
 * Interfaces of IPv4 default routes in the order of /proc/net/route, which is that of the kernel: the least metric first.
 * As with kubeadm, whatever begins at 0.0.0.0 is one. A rejecting route has no interface (`*`).
 */
function defaultInterfacesV4(routes: string): string[] {
  return routes.split("\n").slice(1).map((line) => line.trim().split(/\s+/))
    .filter(([name, destination]) => destination === "00000000" && name !== "*")
    .map(([name]) => name!);
}

/** Interfaces of IPv6 default routes, from /proc/net/ipv6_route; one without a gateway is the kernel's own. */
function defaultInterfacesV6(routes: string): string[] {
  return routes.split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([destination, , , , gateway]) => /^0{32}$/.test(destination ?? "") && !/^0{32}$/.test(gateway ?? "0"))
    .map((fields) => fields[9]!)
    .filter((name) => name !== undefined);
}

/** The first global address of a family at an interface; addresses with a label (`eth0:1`) are the interface's, too. */
function globalAt(addresses: readonly InterfaceAddress[], name: string, family: Family): string | undefined {
  return addresses.find((entry) => {
    const address = parseAddress(entry.address);
    return entry.interface.split(":")[0] === name && address?.family === family && classify(address) === "global";
  })?.address;
}

/** The default routes of this host. */
interface Routes {
  /** Whether the kernel has IPv4 routes at all. */
  known: boolean;
  interfaces: Readonly<Record<Family, readonly string[]>>;
}

function choose(addresses: readonly InterfaceAddress[], { known, interfaces }: Routes, families: readonly Family[]) {
  for (const family of families) {
    const names = known
      ? interfaces[family].flatMap((name) => [name, LOOPBACK])
      : addresses.map((entry) => entry.interface.split(":")[0]!).filter((name) => name !== LOOPBACK);
    for (const name of names) {
      const found = globalAt(addresses, name, family);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The facts about the default address: the address by preference of a family, or why there is none. */
export async function defaultAddressFacts(
  host: Host,
  addresses: readonly InterfaceAddress[],
): Promise<Pick<Facts, "defaultAddress" | "defaultAddressV6" | "noDefaultAddress">> {
  const [v4, v6] = await Promise.all([host.readText("/proc/net/route"), host.readText("/proc/net/ipv6_route")]);
  const interfaces = { IPv4: defaultInterfacesV4(v4 ?? ""), IPv6: defaultInterfacesV6(v6 ?? "") };
  const routes = { known: v4 !== undefined, interfaces };
  const defaultAddress = choose(addresses, routes, ["IPv4", "IPv6"]);
  const defaultAddressV6 = choose(addresses, routes, ["IPv6", "IPv4"]);
  if (defaultAddress !== undefined) return { defaultAddress, ...(defaultAddressV6 ? { defaultAddressV6 } : {}) };
  const names = [...new Set([...interfaces.IPv4, ...interfaces.IPv6])];
  return {
    noDefaultAddress: names.length === 0
      ? "this host has no default route to take the address from"
      : `neither the interface of the default route (${names.join(", ")}) nor lo has a global address`,
  };
}
