/**
 * Parses and formats IP addresses, networks and `host:port`. Formatted text is canonical (RFC 5952).
 * @module
 */

export type Family = "IPv4" | "IPv6";

export interface Address {
  family: Family;
  value: bigint;
}

/** A network: its lowest address and the number of leading bits that all its addresses share. */
export interface Cidr {
  address: Address;
  prefix: number;
}

/** A network with its original text, which is stored and passed to components. */
export interface Network extends Cidr {
  text: string;
}

/** The location of a server: a host name or an address without brackets, and an optional port. */
export interface HostPort {
  host: string;
  port?: number;
  /** The original text where it differs from that of `formatHostPort` (`api:06443`): it is stored. */
  text?: string;
}

/** Number of bits of an address. */
export const ADDRESS_BITS = { IPv4: 32, IPv6: 128 } as const;

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split(".");
  // Leading zeros are refused: C libraries read them as octal, Go as decimal (CVE-2021-29923).
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return;
  return parts.reduce((value, part) => value << 8n | BigInt(part), 0n);
}

function parseIPv6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const low = parseIPv4(dotted[2]!);
    if (low === undefined) return;
    text = `${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const halves = text.split("::");
  if (halves.length > 2) return;
  const [head, tail] = halves.map((half) => half === "" ? [] : half.split(":")) as [string[], string[]?];
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return;
  const groups = tail ? [...head, ...Array<string>(missing).fill("0"), ...tail] : head;
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return;
  return groups.reduce((value, group) => value << 16n | BigInt(`0x${group}`), 0n);
}

/** Parses an address without brackets or zone. An IPv4-mapped IPv6 address is the IPv4 address, as in Go. */
export function parseAddress(text: string): Address | undefined {
  const v4 = parseIPv4(text);
  if (v4 !== undefined) return { family: "IPv4", value: v4 };
  const v6 = parseIPv6(text);
  if (v6 === undefined) return;
  return v6 >> 32n === 0xffffn ? { family: "IPv4", value: v6 & 0xffffffffn } : { family: "IPv6", value: v6 };
}

/** Canonical text: dotted decimal, or RFC 5952 (lower case, the first longest run of two or more zero groups as `::`). */
export function formatAddress({ family, value }: Address): string {
  if (family === "IPv4") return [24n, 16n, 8n, 0n].map((shift) => value >> shift & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i) & 0xffffn).toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length === 1) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

/** The class of an address; hosts are reached at `global` ones. */
export type AddressClass = "unspecified" | "loopback" | "multicast" | "broadcast" | "link-local" | "global";

const CLASSES: readonly (readonly [string, AddressClass])[] = [
  ["0.0.0.0/32", "unspecified"],
  ["::/128", "unspecified"],
  ["127.0.0.0/8", "loopback"],
  ["::1/128", "loopback"],
  ["224.0.0.0/4", "multicast"],
  ["ff00::/8", "multicast"],
  ["255.255.255.255/32", "broadcast"],
  ["169.254.0.0/16", "link-local"],
  ["fe80::/10", "link-local"],
];

/** The class of an address. */
export function classify(address: Address): AddressClass {
  return CLASSES.find(([cidr]) => contains(parseCidr(cidr)!, address))?.[1] ?? "global";
}

/** Parses `address/prefix`; bits below the prefix are dropped. */
export function parseCidr(text: string): Cidr | undefined {
  const [, host, length] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = host === undefined ? undefined : parseAddress(host);
  const prefix = Number(length);
  if (!address || prefix > ADDRESS_BITS[address.family] || (address.family === "IPv4") !== !host!.includes(":")) return;
  const below = hostBits({ address, prefix });
  return { address: { family: address.family, value: address.value >> below << below }, prefix };
}

/**
 * Parses networks of constants, separated by commas.
 * @throws {RangeError} for an invalid network.
 */
export function networks(text: string): Network[] {
  return text.split(",").map((part) => {
    const cidr = parseCidr(part);
    if (!cidr) throw new RangeError(`"${part}" is not a CIDR`);
    return { ...cidr, text: part };
  });
}

/** The original texts of networks, separated by commas. */
export function networksText(networks: readonly Network[]): string {
  return networks.map(({ text }) => text).join(",");
}

/** Canonical text of a network. */
export function formatCidr({ address, prefix }: Cidr): string {
  return `${formatAddress(address)}/${prefix}`;
}

/** Number of bits that differ between the addresses of a network. */
function hostBits({ address, prefix }: Cidr): bigint {
  return BigInt(ADDRESS_BITS[address.family] - prefix);
}

/** Number of addresses in a network. */
export function addressCount(cidr: Cidr): bigint {
  return 1n << hostBits(cidr);
}

/** Whether the address lies in the network. */
export function contains(cidr: Cidr, address: Address): boolean {
  const bits = hostBits(cidr);
  return cidr.address.family === address.family && cidr.address.value >> bits === address.value >> bits;
}

/** Whether two networks have an address in common. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b.address) || contains(b, a.address);
}

/**
 * The address at a distance from a network's lowest: 1 is the API server's Service, 10 is DNS.
 * @throws {RangeError} when the network is smaller.
 */
export function nthAddress(cidr: Cidr, n: number): Address {
  if (n < 0 || BigInt(n) >= addressCount(cidr)) throw new RangeError(`${formatCidr(cidr)} has no address number ${n}`);
  return { family: cidr.address.family, value: cidr.address.value + BigInt(n) };
}

/**
 * Splits `host`, `host:port`, `[v6]`, `[v6]:port`, `[host]:port` or a bare IPv6 address. The host comes without brackets and
 * is not checked; undefined for malformed brackets or an invalid port (1..65535, leading zeros allowed).
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/endpoint.go (ParseHostPort)
 */
export function splitHostPort(text: string): HostPort | undefined {
  if (text.includes(":") && parseAddress(text)) return { host: text };
  const match = /^(?:\[([^\][]+)\]|([^\][:]+))(?::(0{0,20}[1-9]\d{0,4})?)?$/.exec(text);
  if (!match || match[1] !== undefined && !match[1].includes(":") && match[3] === undefined) return;
  const host = (match[1] ?? match[2])!;
  if (match[3] === undefined) return { host };
  const port = Number(match[3]);
  if (port > 65535) return;
  return { host, port, ...(text === joinHostPort(host, port) ? {} : { text }) };
}

/** `host:port`, with brackets around an IPv6 address. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Text of {@linkcode HostPort}, as `splitHostPort` reads it. */
export function formatHostPort({ host, port }: HostPort): string {
  return port === undefined ? host : joinHostPort(host, port);
}
