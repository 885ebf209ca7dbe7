/**
 * Reads extensions of certificates (RFC 5280, 4.2) with pkijs. Rejects what Go's crypto/x509 rejects, and records critical
 * extensions that Go does not handle.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go
 * @module
 */
import { type AsnType, BitString, Integer } from "asn1js";
import {
  type BasicConstraints,
  type CertificatePolicies,
  type Extension,
  ExtensionValueFactory,
  type ExtKeyUsage,
  type NameConstraints as ReadConstraints,
} from "pkijs";
import { type Bytes, elementsOf, integerOf, Malformed, octetsOf, parseDer } from "./asn1.ts";
import { type NameConstraints, readNameConstraints } from "./name_constraints.ts";

/** Bits of KeyUsage, counted from the left (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5 } as const;

/** The values of a certificate's extensions. */
export interface Extensions {
  /** Absent without the extension. `pathLength`: how many intermediates may follow. */
  basicConstraints?: { readonly authority: boolean; readonly pathLength?: number };
  /** The set bits; absent or empty: Go allows any use. */
  keyUsage?: ReadonlySet<number>;
  /** Object identifiers of the extended key usages; empty: any use. */
  purposes: readonly string[];
  dnsNames: readonly string[];
  ipAddresses: readonly Bytes[];
  emailAddresses: readonly string[];
  uris: readonly string[];
  keyIdentifier?: Bytes;
  nameConstraints?: NameConstraints;
  /** Object identifiers of critical extensions that Go does not handle, which invalidate every chain. */
  unhandledCritical: readonly string[];
  /** Object identifiers of all extensions. */
  present: readonly string[];
}

/** Reads extensions. @throws {Malformed} when Go would reject the certificate. */
export function readExtensions(list: readonly Extension[]): Extensions {
  const unhandledCritical: string[] = [];
  const present: string[] = [];
  const extensions: Extensions = {
    ...{ purposes: [], dnsNames: [], ipAddresses: [], emailAddresses: [], uris: [] },
    unhandledCritical,
    present,
  };
  for (const { extnID, critical, extnValue } of list) {
    if (present.includes(extnID)) throw new Malformed(`duplicate extension ${extnID}`);
    present.push(extnID);
    const known = READERS[extnID];
    if (known === undefined) {
      if (critical) unhandledCritical.push(extnID);
      continue;
    }
    const { name, read, neverCritical } = known;
    if (critical && neverCritical) throw new Malformed(`the ${name} extension must not be critical`);
    const node = parseDer(octetsOf(extnValue, name), name);
    // The parsedValue of pkijs fails for 10 000 names.
    const type = extnID === ALTERNATIVE_NAMES ? undefined : ExtensionValueFactory.find(extnID)?.type;
    // pkijs cannot read an empty list, which Go accepts.
    const value = type ? new type(elementsOf(node, name).length > 0 ? { schema: node } : undefined) : node;
    const handled = read?.(extensions, value) ?? true;
    if (critical && !handled) unhandledCritical.push(extnID);
  }
  return extensions;
}

/** How one extension is read. `read` receives the parsed value of pkijs, or the value; returns false for unhandled. */
interface Reader {
  readonly name: string;
  readonly neverCritical?: true;
  // deno-lint-ignore no-explicit-any -- pkijs picks the type by the object identifier
  readonly read?: (into: Extensions, value: any) => boolean | void;
}

const ALTERNATIVE_NAMES = "2.5.29.17";

const READERS: Readonly<Record<string, Reader>> = {
  "2.5.29.14": {
    name: "subject key identifier",
    neverCritical: true,
    read: (into, value: AsnType) => void (into.keyIdentifier = octetsOf(value, "subject key identifier")),
  },
  "2.5.29.15": { name: "key usage", read: (into, value: AsnType) => void (into.keyUsage = setBits(value)) },
  [ALTERNATIVE_NAMES]: { name: "subject alternative names", read: readAlternativeNames },
  "2.5.29.19": {
    name: "basic constraints",
    read: (into, { cA: authority, pathLenConstraint: length }: BasicConstraints) => {
      const pathLength = length instanceof Integer ? length.toBigInt() : BigInt(length ?? 0);
      if (pathLength < 0n || pathLength >= 1n << 63n) throw new Malformed("invalid basic constraints");
      into.basicConstraints = { authority, ...length !== undefined && { pathLength: Number(pathLength) } };
    },
  },
  "2.5.29.30": {
    name: "name constraints",
    read: (into, value: ReadConstraints) => {
      const { constraints, unhandled } = readNameConstraints(value);
      into.nameConstraints = constraints;
      return !unhandled;
    },
  },
  "2.5.29.31": { name: "CRL distribution points" },
  "2.5.29.32": {
    name: "certificate policies",
    read: (_, { certificatePolicies }: CertificatePolicies) => {
      const policies = certificatePolicies.map(({ policyIdentifier }) => policyIdentifier);
      if (new Set(policies).size < policies.length) throw new Malformed("invalid certificate policies");
    },
  },
  "2.5.29.33": { name: "policy mappings" },
  "2.5.29.35": { name: "authority key identifier", neverCritical: true },
  "2.5.29.36": { name: "policy constraints" },
  "2.5.29.37": {
    name: "extended key usages",
    read: (into, { keyPurposes }: ExtKeyUsage) => void (into.purposes = keyPurposes),
  },
  "2.5.29.54": { name: "inhibit any policy", read: (_, value: AsnType) => void integerOf(value, "inhibit any policy") },
  "1.3.6.1.5.5.7.1.1": { name: "authority information access", neverCritical: true },
};

function setBits(value: AsnType): ReadonlySet<number> {
  if (!(value instanceof BitString)) throw new Malformed("malformed key usage");
  const { valueHexView: octets } = value.valueBlock;
  return new Set(Array.from({ length: 9 }, (_, i) => i).filter((i) => ((octets[i >> 3] ?? 0) & 0x80 >> (i & 7)) !== 0));
}

/** URIs that Go's url.Parse certainly accepts: a scheme, a user and a plain host, or none of them. */
const URI =
  /^(?:[a-z][a-z0-9+.-]*:(?:\/\/(?:[\w.~:-]+@)?(?:[\w~,*=-]+(?:\.[\w~,*=-]+)*(?::\d*)?)?(?![^/?#])|(?!\/\/))|(?!\/\/|[^/?#]*:))(?:[ -$&-~]|%[0-9a-f]{2})*$/i;

/** Without a name of a kind that Go reads, the extension is unhandled. pkijs' AltName is slow: 0.1 ms a name. */
function readAlternativeNames(into: Extensions, value: AsnType): boolean {
  const what = "subject alternative names";
  const [dnsNames, emailAddresses, uris]: [string[], string[], string[]] = [[], [], []];
  const ipAddresses: Bytes[] = [];
  for (const name of elementsOf(value, what)) {
    const { tagClass, tagNumber, isConstructed } = name.idBlock;
    if (tagClass !== 3 || isConstructed) continue;
    const octets = (name as Integer).valueBlock.valueHexView.slice();
    const texts = ({ 1: emailAddresses, 2: dnsNames, 6: uris } as Record<number, string[]>)[tagNumber];
    if (texts) {
      const text = String.fromCharCode(...octets);
      if (octets.some((octet) => octet > 127)) throw new Malformed(`malformed name in the ${what}`);
      if (tagNumber === 6 && !URI.test(text)) throw new Malformed(`malformed URI in the ${what}`);
      texts.push(text);
    } else if (tagNumber === 7) {
      if (octets.length !== 4 && octets.length !== 16) {
        throw new Malformed(`IP address of ${octets.length} octets in the ${what}`);
      }
      ipAddresses.push(octets);
    }
  }
  Object.assign(into, { dnsNames, emailAddresses, uris, ipAddresses });
  return dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length > 0;
}
