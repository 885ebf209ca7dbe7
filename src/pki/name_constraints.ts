/**
 * Name constraints (RFC 5280, 4.2.1.10): which names an authority may put into certificates, as Go's crypto/x509 reads and
 * applies them. Those of DNS names and IP addresses are applied, of which a cluster's certificates consist.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/constraints.go
 * @module
 */
import { DerReader, ia5, Malformed, TAG } from "./der.ts";
import type { AlternativeNames } from "./names.ts";

/** An address and a mask, 4 or 16 octets each. */
export interface AddressRange {
  readonly address: Uint8Array;
  readonly mask: Uint8Array;
}

/** Names of one side. */
export interface Subtrees {
  readonly dnsNames: readonly string[];
  readonly ranges: readonly AddressRange[];
}

/** What is permitted (where one of a kind is named, all others of that kind are not) and what is excluded. */
export interface NameConstraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

const WHAT = "name constraints";

/**
 * Reads the extension's value. `unhandled`: it constrains kinds of names that Go does not know.
 * @throws {Malformed} when Go would not read the certificate.
 */
export function readNameConstraints(value: DerReader): { constraints: NameConstraints; unhandled: boolean } {
  const sequence = value.within(TAG.sequence, WHAT);
  const sides = [0, 1].map((n) => sequence.optional(TAG.context(n, true), WHAT) ?? new Uint8Array());
  if (!value.done || !sequence.done) throw new Malformed(`malformed ${WHAT}`);
  if (sides.every((side) => side.length === 0)) throw new Malformed(`its ${WHAT} are empty`);
  const [permitted, excluded] = sides.map((side) => readSubtrees(new DerReader(side))) as [Side, Side];
  return { constraints: { permitted, excluded }, unhandled: permitted.unhandled || excluded.unhandled };
}

type Side = Subtrees & { unhandled: boolean };

function readSubtrees(reader: DerReader): Side {
  const side = { dnsNames: [] as string[], ranges: [] as AddressRange[], unhandled: false };
  while (!reader.done) {
    const { tag, content } = reader.within(TAG.sequence, WHAT).any(WHAT);
    if (tag === TAG.context(7)) side.ranges.push(rangeOf(content));
    else if (tag === TAG.context(1) || tag === TAG.context(2) || tag === TAG.context(6)) {
      const name = ia5(content);
      if (name === undefined || !isMailbox(tag, name) && !isDomain(name, true)) {
        throw new Malformed(`malformed ${WHAT}`);
      }
      if (tag === TAG.context(2)) side.dnsNames.push(name);
    } else side.unhandled = true;
  }
  return side;
}

const isMailbox = (tag: number, name: string) => tag === TAG.context(1) && /^[^@]+@[^@]+$/.test(name);

function rangeOf(content: Uint8Array): AddressRange {
  const half = content.length / 2;
  const [address, mask] = [content.slice(0, half), content.slice(half)];
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  if (half !== 4 && half !== 16 || !/^1*0*$/.test(bits)) throw new Malformed(`malformed ${WHAT}`);
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

/** `example.com` holds itself and what is below it, `.example.com` only what is below, nothing holds all. */
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
