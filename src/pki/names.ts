/** Names in certificates. @module */
import { sameBytes } from "./keys.ts";

/** The subject alternative names of a certificate. Addresses are 4 or 16 octets. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly Uint8Array[];
}

/** The wanted names that a certificate does not cover. `*.` covers one label (RFC 9525, 6.3). */
export function uncoveredNames(held: AlternativeNames, wanted: AlternativeNames): AlternativeNames {
  const names = new Set(held.dnsNames.map((name) => name.toLowerCase()));
  const addresses = new Set(held.ipAddresses.map((address) => shortAddress(address).toString()));
  const covers = (name: string) => names.has(name) || names.has(name.replace(/^[^.]+\./, "*."));
  return {
    dnsNames: wanted.dnsNames.filter((name) => !covers(name.toLowerCase())),
    ipAddresses: wanted.ipAddresses.filter((address) => !addresses.has(shortAddress(address).toString())),
  };
}

const MAPPED = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

/** An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) as IPv4: Go treats both as equal. */
function shortAddress(address: Uint8Array): Uint8Array {
  return address.length === 16 && sameBytes(address.subarray(0, 12), MAPPED) ? address.subarray(12) : address;
}
