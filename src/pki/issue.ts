/** Issues X.509 certificates (RFC 5280) with the extensions that Kubernetes components expect. @module */
import { InvalidInput, UserError } from "../errors.ts";
import { type Authority, type Certificate, GENERAL_NAME, OID, parseCertificate, type TlsUsage } from "./certificate.ts";
import { DerReader, TAG } from "./der.ts";
import {
  bitString,
  boolean,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  text,
  time,
} from "./der_write.ts";
import { KEY_USAGE } from "./extensions.ts";
import { type AnyKey, type KeyPair, publicKeyDer } from "./keys.ts";
import type { AlternativeNames } from "./names.ts";
import { signatureAlgorithmDer, signMessage } from "./signing.ts";

/** Validity; milliseconds are dropped. */
export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Whom a leaf certificate is for, and for what. Names are written in this order. */
export interface LeafSubject extends AlternativeNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly usages: readonly TlsUsage[];
}

/** What a leaf certificate is to say. */
export interface LeafRequest extends Period, LeafSubject {}

/** DER of an extension, or of another part. */
type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A self-signed authority. As kubeadm has it, its common name is its DNS name too.
 * @throws {InvalidInput} when the common name is empty.
 */
export async function issueAuthority(commonName: string, period: Period, keys: KeyPair): Promise<Certificate> {
  const spki = await publicKeyDer(keys.publicKey);
  const name = nameOf(commonName, []);
  return await sign(keys, {
    issuer: name,
    subject: name,
    period,
    spki,
    extensions: [
      keyUsage("keyCertSign"),
      extension(OID.basicConstraints, true, sequence(boolean(true))),
      extension(OID.subjectKeyIdentifier, false, octetString(await keyIdentifier(spki))),
      alternativeNamesExtension({ dnsNames: [commonName], ipAddresses: [] })!,
    ],
  });
}

/**
 * A leaf certificate. Its validity is cut to that of its authority, on both ends: no certificate outlives its issuer.
 * @throws {InvalidInput} when the common name is empty.
 * @throws {UserError} when nothing of the wanted validity is left.
 */
export async function issueLeaf(want: LeafRequest, publicKey: AnyKey, authority: Authority): Promise<Certificate> {
  const ca = authority.certificate;
  const period = {
    notBefore: new Date(Math.max(want.notBefore.getTime(), ca.notBefore.getTime())),
    notAfter: new Date(Math.min(want.notAfter.getTime(), ca.notAfter.getTime())),
  };
  if (period.notAfter <= period.notBefore) {
    throw new UserError(
      `Cannot issue certificate "${want.commonName}": its authority "${ca.commonName}" is valid from ` +
        `${ca.notBefore.toISOString()} to ${ca.notAfter.toISOString()}`,
    );
  }
  const spki = await publicKeyDer(publicKey);
  return await sign(authority.keys, {
    issuer: ca.subjectDer,
    subject: nameOf(want.commonName, want.organizations),
    period,
    spki,
    extensions: [
      ...usageExtensions(want, publicKey),
      extension(OID.subjectKeyIdentifier, false, octetString(await keyIdentifier(spki))),
      authorityKeyIdentifier(ca),
      alternativeNamesExtension(want),
    ].filter((extension) => extension !== undefined),
  });
}

/** The extensions of a leaf that say what its key may be used for. */
export function usageExtensions(want: LeafSubject, publicKey: AnyKey): Bytes[] {
  return [
    keyUsage(...isEnciphering(want, publicKey) ? ["keyEncipherment"] as const : []),
    extension(
      OID.extendedKeyUsage,
      false,
      sequence(...want.usages.map((usage) => objectIdentifier(OID[usage]))),
    ),
    extension(OID.basicConstraints, true, sequence()),
  ];
}

/** What every certificate has, before it is signed. */
interface ToBeSigned {
  issuer: Bytes;
  subject: Bytes;
  period: Period;
  spki: Bytes;
  extensions: Bytes[];
}

async function sign(signer: KeyPair, { issuer, subject, period, spki, extensions }: ToBeSigned): Promise<Certificate> {
  const algorithm = signatureAlgorithmDer(signer.privateKey);
  const tbs = sequence(
    tagged(0, integer(2n)), // counted from 0: X.509 v3
    integer(serialNumber()),
    algorithm,
    issuer,
    sequence(time(period.notBefore), time(period.notAfter)),
    subject,
    spki,
    tagged(3, sequence(...extensions)),
  );
  return parseCertificate(sequence(tbs, algorithm, bitString(await signMessage(signer.privateKey, tbs))));
}

/** Random, positive and at most 2^63-1, as kubeadm's: every X.509 implementation takes it. */
function serialNumber(): bigint {
  const [random] = crypto.getRandomValues(new BigUint64Array(1));
  return random! >> 1n || serialNumber();
}

/**
 * A subject, organizations first, as Go writes it. As with kubeadm, a common name may be longer than the 64 characters of
 * RFC 5280 (ub-common-name): `system:node:` and a long node name are, and every component reads such certificates.
 * @throws {InvalidInput} when the common name is empty.
 */
export function nameOf(commonName: string, organizations: readonly string[]): Bytes {
  if (commonName === "") throw new InvalidInput("Cannot issue certificate: its common name is empty");
  const attributes = (type: string, values: readonly string[]) =>
    set(...values.map((value) => sequence(objectIdentifier(type), text(value))));
  return sequence(
    ...organizations.length > 0 ? [attributes(OID.organization, organizations)] : [],
    attributes(OID.commonName, [commonName]),
  );
}

function extension(oid: string, critical: boolean, value: Bytes): Bytes {
  return sequence(objectIdentifier(oid), ...critical ? [boolean(true)] : [], octetString(value));
}

/**
 * Only an RSA key of a TLS server may be used to encipher keys: not an authority (RFC 3279, 2.3.1), not a client (RFC 5280,
 * 4.2.1.12), not an elliptic curve key (RFC 8813, 3). kubeadm says it everywhere; nothing in Kubernetes asks for it.
 */
function isEnciphering({ usages }: LeafSubject, key: AnyKey): boolean {
  return key.algorithm.name !== "ECDSA" && usages.includes("server");
}

function keyUsage(...further: (keyof typeof KEY_USAGE)[]): Bytes {
  const bits: number[] = (["digitalSignature", ...further] as const).map((usage) => KEY_USAGE[usage]);
  const octet = bits.reduce((octet, bit) => octet | 0x80 >> bit, 0);
  // DER drops trailing zero bits of a list of named bits (X.690, 11.2.2).
  return extension(OID.keyUsage, true, bitString(Uint8Array.of(octet), 7 - Math.max(...bits)));
}

function authorityKeyIdentifier(ca: Certificate): Bytes | undefined {
  if (!ca.keyIdentifier) return;
  return extension(OID.authorityKeyIdentifier, false, sequence(element(TAG.context(0), ca.keyIdentifier)));
}

/** Method 1 of RFC 7093: the leftmost 160 bits of the SHA-256 of the public key's bits. */
async function keyIdentifier(spki: Bytes): Promise<Bytes> {
  const fields = new DerReader(spki).within(TAG.sequence, "public key");
  fields.any("public key");
  const { bytes } = fields.bits("public key");
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 20);
}

/** The extension subjectAltName; undefined without names. */
export function alternativeNamesExtension({ dnsNames, ipAddresses }: AlternativeNames): Bytes | undefined {
  const names = [
    ...dnsNames.map((name) => element(TAG.context(GENERAL_NAME.dnsName), new TextEncoder().encode(name))),
    ...ipAddresses.map((octets) => element(TAG.context(GENERAL_NAME.ipAddress), octets)),
  ];
  if (names.length > 0) return extension(OID.subjectAltName, false, sequence(...names));
}
