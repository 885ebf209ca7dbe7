import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { Cidr, Family } from "../../config/addresses.ts";
import { CHECKS } from "../checks.ts";
import { pathName } from "./names.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";
import { shellWord } from "../../text/shell.ts";

/** Whether IP forwarding is on; the default of the kernel is off. */
async function forwardingFindings(host: Host, path: string, key: string): Promise<Findings> {
  const content = (await host.readText(path))?.trim();
  if (content === "1") return NOTHING;
  return {
    errors: [
      `${path} is ${
        content === undefined ? "missing" : `"${content}"`
      }, must be "1": without IP forwarding pods cannot ` +
      "reach anything outside their node",
    ],
    // Appends to a file of its own for each key, so that existing files and the hints for other keys stay intact.
    hint: `Turn on IP forwarding: sysctl -w ${shellWord(`${key}=1`)} && echo ${shellWord(`${key}=1`)} >> ${
      shellWord(`/etc/sysctl.d/99-${key}.conf`)
    }`,
  };
}

/** The kernel setting of each IP family. */
const FORWARDING = {
  IPv4: { path: "/proc/sys/net/ipv4/ip_forward", key: "net.ipv4.ip_forward" },
  IPv6: { path: "/proc/sys/net/ipv6/conf/default/forwarding", key: "net.ipv6.conf.default.forwarding" },
} as const;

/** Checks that packets of these IP families are forwarded. */
export function forwardingChecks(families: Iterable<Family>): Check<{ host: Host }>[] {
  return [...new Set(families)].map((family) => {
    const { path, key } = FORWARDING[family];
    return {
      ...CHECKS.forwarding,
      name: pathName("FileContent", path),
      look: ({ host }) => forwardingFindings(host, path, key),
    };
  });
}

/** The IP families of networks. */
export function familiesOf(networks: readonly Cidr[]): Family[] {
  return networks.map(({ address }) => address.family);
}

/** Whether another program listens on the port, and which one. */
export async function portFindings(host: Host, address: string, port: number): Promise<Findings> {
  try {
    if (await host.portIsFree(address, port)) return NOTHING;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: [error.message], hint: "Set an address of this host. To list them: ip address" };
  }
  const listeners = (await host.query({ argv: ["ss", "-Hltnp", `sport = :${port}`] })).stdout;
  const holder = /users:\(\("([^"]+)",pid=(\d+)/.exec(listeners);
  return {
    errors: [
      `TCP port ${port} on ${address} is in use${
        holder ? ` by ${holder[1]} (process ${holder[2]})` : ""
      }, must be free`,
    ],
    hint: `Find the program that listens on the port and stop it: ss -ltnp 'sport = :${port}'`,
  };
}
