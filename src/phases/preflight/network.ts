import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { Cidr, Family } from "../../config/addresses.ts";
import { pathName } from "./names.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";
import { shellWord } from "../../text/shell.ts";

/** Whether forwarding is on; the kernel's default is off. */
async function forwardingFindings(host: Host, path: string, key: string): Promise<Findings> {
  const content = (await host.readText(path))?.trim();
  if (content === "1") return NOTHING;
  return {
    errors: [`${path} holds "${content ?? "nothing"}", must be 1: without it pods reach nothing outside their node`],
    // A file of its own for each key, appended to: no file that is there loses anything, nor does one hint undo another.
    hint: `Run: sysctl -w ${shellWord(`${key}=1`)} && echo ${shellWord(`${key}=1`)} >> ${
      shellWord(`/etc/sysctl.d/99-${key}.conf`)
    }`,
  };
}

/** The kernel's switch for each family. */
const FORWARDING = {
  IPv4: { path: "/proc/sys/net/ipv4/ip_forward", key: "net.ipv4.ip_forward" },
  IPv6: { path: "/proc/sys/net/ipv6/conf/default/forwarding", key: "net.ipv6.conf.default.forwarding" },
} as const;

/** Whether packets of these families are forwarded: the pods' networks, the Services', and the API server's address. */
export function forwardingChecks(families: Iterable<Family>): Check<{ host: Host }>[] {
  return [...new Set(families)].map((family) => {
    const { path, key } = FORWARDING[family];
    return { name: pathName("FileContent", path), look: ({ host }) => forwardingFindings(host, path, key) };
  });
}

/** The families of networks. */
export function familiesOf(networks: readonly Cidr[]): Family[] {
  return networks.map(({ address }) => address.family);
}

/** Whether something else listens at the port, and what. */
export async function portFindings(host: Host, address: string, port: number): Promise<Findings> {
  try {
    if (await host.portIsFree(address, port)) return NOTHING;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: [error.message], hint: "Give an address that this host has; ip address lists them." };
  }
  const listeners = (await host.query({ argv: ["ss", "-Hltnp", `sport = :${port}`] })).stdout;
  const holder = /users:\(\("([^"]+)",pid=(\d+)/.exec(listeners);
  return {
    errors: [`port ${port} at ${address} is taken${holder ? ` by ${holder[1]} (process ${holder[2]})` : ""}`],
    hint: `Stop what listens there; ss -ltnp 'sport = :${port}' shows it.`,
  };
}
