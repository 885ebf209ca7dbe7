/** Names in certificates: what they cover. Free of pkijs. @module */
import { sameBytes } from "./keys.ts";

/** Names that a certificate is for. Addresses are 4 or 16 octets. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly Uint8Array[];
}

/** The wanted names that the ones held do not cover. A held `*.` covers one label (RFC 9525, 6.3). */
export function uncoveredNames(held: AlternativeNames, wanted: AlternativeNames): AlternativeNames {
  const names = new Set(held.dnsNames.map((name) => name.toLowerCase()));
  const covers = (name: string) => names.has(name) || names.has(name.replace(/^[^.]+\./, "*."));
  return {
    dnsNames: wanted.dnsNames.filter((name) => !covers(name.toLowerCase())),
    ipAddresses: wanted.ipAddresses.filter((a) => !held.ipAddresses.some((b) => sameBytes(a, b))),
  };
}
