/**
 * Whether programs written in Go (the kubelet, the API server) reach an address through a proxy of the environment.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 * @module
 */
import {
  classify,
  contains,
  formatAddress,
  type Network,
  networksText,
  nthAddress,
  parseAddress,
  parseCidr,
  splitHostPort,
} from "../../config/addresses.ts";
import { type Findings, NOTHING } from "./run.ts";
import { shellWord } from "../../text/shell.ts";

type Environment = Readonly<Record<string, string>>;

/** Whether one entry of NO_PROXY (a CIDR, an address, a domain) covers the host. */
function covers(entry: string, host: string): boolean {
  const address = parseAddress(host);
  const cidr = parseCidr(entry);
  if (cidr) return address !== undefined && contains(cidr, address);
  const name = parseAddress(entry) ? entry : splitHostPort(entry)?.host ?? entry;
  const other = parseAddress(name);
  if (other) return address !== undefined && formatAddress(other) === formatAddress(address);
  const domain = name.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || !/^\*?\./.test(name) && host === domain;
}

/** The proxy that an https connection to the host (without port or brackets) uses; undefined: none. */
export function proxyFor(host: string, environment: Environment): string | undefined {
  const proxy = environment["HTTPS_PROXY"] || environment["https_proxy"];
  const address = parseAddress(host);
  if (!proxy || host === "localhost" || (address && classify(address) === "loopback")) return undefined;
  const exceptions = (environment["NO_PROXY"] || environment["no_proxy"] || "").split(",")
    .map((entry) => entry.trim().toLowerCase()).filter(Boolean);
  return exceptions.some((entry) => entry === "*" || covers(entry, host.toLowerCase())) ? undefined : proxy;
}

/** The address of a proxy without credentials; Go also accepts an address without a scheme. */
function shown(proxy: string): string {
  return proxy.replace(/^([a-z][a-z0-9+.-]*:\/\/|\/\/)?.*@/is, "$1");
}

/** Warns of an API server that is reached through a proxy. */
export function hostFindings(host: string, environment: Environment): Findings {
  const proxy = proxyFor(host, environment);
  if (!proxy) return NOTHING;
  return {
    warnings: [`connections to ${host} go through the proxy ${shown(proxy)}`],
    hint: `If this is not intended, add ${shellWord(host)} to NO_PROXY.`,
  };
}

/** Warns of networks of pods and Services that are reached through a proxy. */
export function networkFindings(networks: readonly Network[], environment: Environment): Findings {
  const proxyOf = (network: Network) => proxyFor(formatAddress(nthAddress(network, 1)), environment);
  const caught = networks.filter(proxyOf);
  if (caught.length === 0) return NOTHING;
  const proxy = shown(proxyOf(caught[0]!)!);
  return {
    warnings: caught.map(({ text }) => `connections to ${text} go through the proxy ${proxy}`),
    hint: `The API server connects to pods and Services directly: add ${shellWord(networksText(caught))} to NO_PROXY.`,
  };
}
