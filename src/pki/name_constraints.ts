/**
 * Name constraints (RFC 5280, 4.2.1.10): the names that an authority may certify, read by pkijs and applied like Go's
 * crypto/x509. Only those of DNS names and IP addresses are applied: a cluster's certificates have no other names.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/constraints.go
 * @module
 */
import type { OctetString } from "asn1js";
import type { GeneralSubtree, NameConstraints as ReadConstraints } from "pkijs";
import { Malformed } from "./asn1.ts";
import type { AlternativeNames } from "./names.ts";

/** An address and a mask, 4 or 16 octets each. */
export interface AddressRange {
  readonly address: Uint8Array;
  readonly mask: Uint8Array;
}

/** The permitted or the excluded names. */
export interface Subtrees {
  readonly dnsNames: readonly string[];
  readonly ranges: readonly AddressRange[];
}

/** The permitted names (if a kind has any, no other names of that kind are) and the excluded names. */
export interface NameConstraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

/**
 * Reads the extension. `unhandled`: whether it constrains kinds of names that Go does not support.
 * @throws {Malformed} when Go would reject the certificate.
 */
export function readNameConstraints(
  { permittedSubtrees = [], excludedSubtrees = [] }: ReadConstraints,
): { constraints: NameConstraints; unhandled: boolean } {
  if (permittedSubtrees.length + excludedSubtrees.length === 0) throw new Malformed("empty name constraints");
  const [permitted, excluded] = [readSubtrees(permittedSubtrees), readSubtrees(excludedSubtrees)];
  return { constraints: { permitted, excluded }, unhandled: permitted.unhandled || excluded.unhandled };
}

/** Types of general names (RFC 5280, 4.2.1.6) that Go supports. */
const [EMAIL, DNS, URI, ADDRESS] = [1, 2, 6, 7] as const;

function readSubtrees(subtrees: readonly GeneralSubtree[]): Subtrees & { unhandled: boolean } {
  const side = { dnsNames: [] as string[], ranges: [] as AddressRange[], unhandled: false };
  for (const { base: { type, value } } of subtrees) {
    if (type === ADDRESS) side.ranges.push(rangeOf((value as OctetString).valueBlock.valueHexView));
    else if (type === EMAIL || type === DNS || type === URI) {
      const isMailbox = type === EMAIL && /^[^@]+@[^@]+$/.test(value as string);
      if (!/^[\0-\x7f]*$/.test(value as string) || !isMailbox && !isDomain(value as string, true)) {
        throw new Malformed("malformed name constraints");
      }
      if (type === DNS) side.dnsNames.push(value as string);
    } else side.unhandled = true;
  }
  return side;
}

function rangeOf(content: Uint8Array): AddressRange {
  const half = content.length / 2;
  const [address, mask] = [content.slice(0, half), content.slice(half)];
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  if (half !== 4 && half !== 16 || !/^1*0*$/.test(bits)) throw new Malformed("malformed name constraints");
  return { address, mask };
}

/** Go's `domainNameValid`: printable characters, no empty label, no dot at the end; a constraint may begin with a dot. */
function isDomain(name: string, constraint: boolean): boolean {
  if (name === "") return true;
  const labels = (constraint && name.startsWith(".") ? name.slice(1) : name).split(".");
  return labels.every((label) => /^[!-~]+$/.test(label));
}

/** The first name that the constraints do not allow, and why; undefined when all are allowed. */
export function constraintViolation(
  { permitted, excluded }: NameConstraints,
  { dnsNames, ipAddresses }: AlternativeNames,
): { name: string | Uint8Array; why: "is not permitted" | "is excluded" } | undefined {
  for (const name of dnsNames) {
    const known = isDomain(name, false);
    if (!known || permitted.dnsNames.length > 0 && !permitted.dnsNames.some((tree) => isBelow(name, tree))) {
      return { name, why: "is not permitted" };
    }
    if (excluded.dnsNames.some((tree) => isBelow(name, tree) || coversWildcard(name, tree))) {
      return { name, why: "is excluded" };
    }
  }
  for (const address of ipAddresses) {
    const inRange = (range: AddressRange) => isWithin(address, range);
    if (permitted.ranges.length > 0 && !permitted.ranges.some(inRange)) {
      return { name: address, why: "is not permitted" };
    }
    if (excluded.ranges.some(inRange)) return { name: address, why: "is excluded" };
  }
  return undefined;
}

/** `example.com` contains itself and its subdomains, `.example.com` only its subdomains, the empty tree every name. */
function isBelow(name: string, tree: string): boolean {
  const [lower, suffix] = [name.toLowerCase(), tree.toLowerCase()];
  if (suffix === "" || lower === suffix) return true;
  return lower.endsWith(suffix.startsWith(".") ? suffix : `.${suffix}`);
}

/** An excluded `a.example.com` excludes the wildcard `*.example.com`, which covers it. */
function coversWildcard(name: string, tree: string): boolean {
  return name.startsWith("*.") && name.slice(2).toLowerCase() === tree.toLowerCase().replace(/^[^.]*\./, "");
}

function isWithin(address: Uint8Array, { address: base, mask }: AddressRange): boolean {
  return address.length === base.length && address.every((octet, i) => ((octet ^ base[i]!) & mask[i]!) === 0);
}
