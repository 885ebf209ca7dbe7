import { ask } from "../../programs.ts";
import type { Host } from "../../system.ts";

/** Names of network interfaces, all or some (`"master", "cni0"`). @throws {UserError} when they cannot be listed. */
export async function linkNames(host: Host, ...which: string[]): Promise<string[]> {
  const { stdout } = await ask(host, { argv: ["ip", "-o", "link", "show", ...which] });
  return stdout.split("\n").flatMap((line) => /^\d+: ([^:@\s]+)/.exec(line)?.[1] ?? []);
}

/** Addresses of a network interface with their prefixes, `10.244.0.1/24`. @throws {UserError} when they cannot be listed. */
export async function linkAddresses(host: Host, name: string): Promise<string[]> {
  const { stdout } = await ask(host, { argv: ["ip", "-o", "address", "show", "dev", name] });
  return [...stdout.matchAll(/ inet6? (\S+)/g)].map(([, address]) => address!);
}
