/**
 * Issues X.509 certificates (RFC 5280) with the extensions that Kubernetes components expect. Loads pkijs, as
 * `certificate.ts` does.
 * @module
 */
import { BitString, Integer, ObjectIdentifier, OctetString, PrintableString, Sequence, Set, Utf8String } from "asn1js";
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate as X509,
  Extension,
  GeneralName,
  GeneralNames,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from "pkijs";
import { InvalidInput, UserError } from "../errors.ts";
import { type Authority, type Certificate, GENERAL_NAME, OID, parseCertificate, type TlsUsage } from "./certificate.ts";
import { KEY_USAGE } from "./extensions.ts";
import { type AnyKey, type KeyPair, publicKeyDer } from "./keys.ts";
import type { AlternativeNames } from "./names.ts";
import { signerOf } from "./signing.ts";

/** Validity; milliseconds are dropped. */
export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The subject and the use of a leaf certificate. Names are written in this order. */
export interface LeafSubject extends AlternativeNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly usages: readonly TlsUsage[];
}

/** The content of a leaf certificate. */
export interface LeafRequest extends Period, LeafSubject {}

/**
 * A self-signed authority. Its common name is also its DNS name, as in kubeadm.
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
      extension(OID.basicConstraints, true, new BasicConstraints({ cA: true }).toSchema()),
      extension(OID.subjectKeyIdentifier, false, new OctetString({ valueHex: await keyIdentifier(spki) })),
      alternativeNamesExtension({ dnsNames: [commonName], ipAddresses: [] })!,
    ],
  });
}

/**
 * A leaf certificate. Its validity is cut to that of its authority, on both ends: no certificate outlives its issuer.
 * @throws {InvalidInput} when the common name is empty.
 * @throws {UserError} when nothing of the requested validity remains.
 */
export async function issueLeaf(want: LeafRequest, publicKey: AnyKey, authority: Authority): Promise<Certificate> {
  const ca = authority.certificate;
  const period = {
    notBefore: new Date(Math.max(want.notBefore.getTime(), ca.notBefore.getTime())),
    notAfter: new Date(Math.min(want.notAfter.getTime(), ca.notAfter.getTime())),
  };
  if (period.notAfter <= period.notBefore) {
    throw new UserError(
      `Cannot issue certificate "${want.commonName}": the authority "${ca.commonName}" is only valid from ` +
        `${ca.notBefore.toISOString()} to ${ca.notAfter.toISOString()}`,
    );
  }
  const spki = await publicKeyDer(publicKey);
  return await sign(authority.keys, {
    issuer: RelativeDistinguishedNames.fromBER(ca.subjectDer),
    subject: nameOf(want.commonName, want.organizations),
    period,
    spki,
    extensions: [
      ...usageExtensions(want, publicKey),
      extension(OID.subjectKeyIdentifier, false, new OctetString({ valueHex: await keyIdentifier(spki) })),
      authorityKeyIdentifier(ca),
      alternativeNamesExtension(want),
    ].filter((extension) => extension !== undefined),
  });
}

/** The extensions of a leaf that limit the use of its key. */
export function usageExtensions(want: LeafSubject, publicKey: AnyKey): Extension[] {
  return [
    keyUsage(...isEnciphering(want, publicKey) ? ["keyEncipherment"] as const : []),
    extension(
      OID.extendedKeyUsage,
      false,
      new Sequence({ value: want.usages.map((usage) => new ObjectIdentifier({ value: OID[usage] })) }),
    ),
    extension(OID.basicConstraints, true, new BasicConstraints({ cA: false }).toSchema()),
  ];
}

/** The content of a certificate before it is signed. */
interface ToBeSigned {
  issuer: RelativeDistinguishedNames;
  subject: RelativeDistinguishedNames;
  period: Period;
  spki: Uint8Array<ArrayBuffer>;
  extensions: Extension[];
}

async function sign(signer: KeyPair, { issuer, subject, period, spki, extensions }: ToBeSigned): Promise<Certificate> {
  const subjectPublicKeyInfo = PublicKeyInfo.fromBER(spki);
  const x509 = new X509({
    version: 2, // counted from 0: X.509 v3
    serialNumber: Integer.fromBigInt(serialNumber()),
    issuer,
    subject,
    notBefore: timeOf(period.notBefore),
    notAfter: timeOf(period.notAfter),
    subjectPublicKeyInfo,
    extensions,
  });
  const { algorithm, sign } = await signerOf(signer.privateKey);
  x509.signature = x509.signatureAlgorithm = algorithm;
  x509.tbs = x509.encodeTBS().toBER();
  x509.signatureValue = new BitString({ valueHex: await sign(x509.tbs) });
  return parseCertificate(new Uint8Array(x509.toSchema(true).toBER()));
}

/** Random, positive and at most 2^63-1, as in kubeadm: every X.509 implementation accepts it. */
function serialNumber(): bigint {
  const [random] = crypto.getRandomValues(new BigUint64Array(1));
  return random! >> 1n || serialNumber();
}

/** UTCTime to the end of 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); neither with fractions of a second. */
function timeOf(date: Date): Time {
  const value = new Date(Math.floor(date.getTime() / 1000) * 1000);
  return new Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

/**
 * A subject, organizations first, as Go writes it. As in kubeadm, a common name may exceed the 64 characters of RFC 5280
 * (ub-common-name), such as `system:node:` with a long node name: every component reads such certificates.
 * @throws {InvalidInput} when the common name is empty.
 */
export function nameOf(commonName: string, organizations: readonly string[]): RelativeDistinguishedNames {
  if (commonName === "") throw new InvalidInput("Cannot issue certificate: the common name is required");
  const attributes = (type: string, values: readonly string[]) =>
    new Set({
      value: values.map((value) => new Sequence({ value: [new ObjectIdentifier({ value: type }), textOf(value)] })),
    });
  // pkijs would write all attributes into one set, which is another name; it keeps bytes that it has read.
  const name = new Sequence({
    value: [
      ...organizations.length > 0 ? [attributes(OID.organization, organizations)] : [],
      attributes(OID.commonName, [commonName]),
    ],
  });
  return RelativeDistinguishedNames.fromBER(name.toBER());
}

function textOf(value: string): PrintableString | Utf8String {
  return /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? new PrintableString({ value }) : new Utf8String({ value });
}

function extension(extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}

/**
 * Only an RSA key of a TLS server may encipher keys: not an authority (RFC 3279, 2.3.1), not a client (RFC 5280, 4.2.1.12),
 * not an elliptic curve key (RFC 8813, 3). kubeadm sets the bit everywhere; no component requires it.
 */
function isEnciphering({ usages }: LeafSubject, key: AnyKey): boolean {
  return key.algorithm.name !== "ECDSA" && usages.includes("server");
}

function keyUsage(...further: (keyof typeof KEY_USAGE)[]): Extension {
  const bits: number[] = (["digitalSignature", ...further] as const).map((usage) => KEY_USAGE[usage]);
  const octet = bits.reduce((octet, bit) => octet | 0x80 >> bit, 0);
  // DER drops trailing zero bits of a list of named bits (X.690, 11.2.2).
  return extension(
    OID.keyUsage,
    true,
    new BitString({ valueHex: new Uint8Array([octet]), unusedBits: 7 - Math.max(...bits) }),
  );
}

function authorityKeyIdentifier(ca: Certificate): Extension | undefined {
  if (!ca.keyIdentifier) return;
  const keyIdentifier = new OctetString({ valueHex: ca.keyIdentifier });
  return extension(OID.authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier }).toSchema());
}

/** Method 1 of RFC 7093: the leftmost 160 bits of the SHA-256 of the public key's bits. */
async function keyIdentifier(spki: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const bits = PublicKeyInfo.fromBER(spki).subjectPublicKey.valueBlock.valueHexView.slice();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bits)).slice(0, 20);
}

/** The extension subjectAltName; undefined without names. */
export function alternativeNamesExtension({ dnsNames, ipAddresses }: AlternativeNames): Extension | undefined {
  const names = [
    ...dnsNames.map((value) => new GeneralName({ type: GENERAL_NAME.dnsName, value })),
    ...ipAddresses.map((octets) =>
      new GeneralName({ type: GENERAL_NAME.ipAddress, value: new OctetString({ valueHex: octets.slice() }) })
    ),
  ];
  if (names.length > 0) return extension(OID.subjectAltName, false, new GeneralNames({ names }).toSchema());
}
