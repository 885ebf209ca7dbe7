/**
 * X.509 certificates (RFC 5280): read, and ask what they cover and who signed them. `issue.ts` makes them.
 * Loads pkijs (about 80 ms with asn1js): import it where a certificate is at hand, not at the top of the program.
 * @module
 */
import { type BitString, fromBER, ObjectIdentifier, type OctetString, type Sequence } from "asn1js";
import { type AltName, type BasicConstraints, Certificate as X509, type ExtKeyUsage, RSAPublicKey } from "pkijs";
import type { EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput } from "../errors.ts";
import { type KeyPair, publicKeyDer, sameBytes } from "./keys.ts";
import type { AlternativeNames } from "./names.ts";
import { decodePem, encodePem } from "./pem.ts";

/** What a certificate's key may be used for in TLS. */
export type TlsUsage = "server" | "client";

/** A certificate, as far as a cluster asks about it. */
export interface Certificate extends AlternativeNames {
  readonly der: Uint8Array<ArrayBuffer>;
  /** Empty when the subject has none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DER of the names; equal bytes are the same name. */
  readonly subjectDer: Uint8Array<ArrayBuffer>;
  readonly issuerDer: Uint8Array<ArrayBuffer>;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKeyDer: Uint8Array<ArrayBuffer>;
  /** What kind of key it is; absent for kinds that are not made here. */
  readonly keyAlgorithm?: EncryptionAlgorithm;
  readonly serialNumber: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** CA:TRUE, and keyCertSign where there is a key usage: others are not trusted by anyone, Go's programs included. */
  readonly isAuthority: boolean;
  readonly usages: readonly TlsUsage[];
  /** The subject key identifier; absent when there is no such extension. */
  readonly keyIdentifier?: Uint8Array<ArrayBuffer>;
}

/** A certificate authority that can sign. */
export interface Authority {
  readonly certificate: Certificate;
  readonly keys: KeyPair;
}

/** Object identifiers: attributes of names (RFC 4519), extensions (RFC 5280, 4.2.1) and key purposes. */
export const OID = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
} as const;

/** Tags of the two GeneralName choices in use (RFC 5280, 4.2.1.6). */
export const GENERAL_NAME = { dnsName: 2, ipAddress: 7 } as const;

/** More intermediates than any real chain has: the search ends even when certificates sign one another in a circle. */
const LONGEST_CHAIN = 8;

/** @throws {InvalidInput} when the bytes are not one DER certificate, or one that Go's programs refuse to read. */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  let certificate: Certificate;
  try {
    certificate = read(der);
  } catch (cause) {
    throw new InvalidInput("Cannot read certificate: it is not a DER encoded X.509 certificate", [], { cause });
  }
  if (certificate.serialNumber < 0n) {
    throw new InvalidInput(
      "Cannot read certificate: its serial number is negative, which Kubernetes components refuse",
    );
  }
  return certificate;
}

/** UTCTime and GeneralizedTime as RFC 5280 wants them; asn1js takes the 99th month for one eight years later. */
const TIME = /^(\d\d)?\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\dZ$/;

function checkTimes(certificate: Sequence): void {
  const fields = (certificate.valueBlock.value[0] as Sequence).valueBlock.value;
  const validity = fields[fields[0]!.idBlock.tagClass === 3 ? 4 : 3] as Sequence;
  for (const time of validity.valueBlock.value) {
    const text = new TextDecoder().decode((time as OctetString).valueBlock.valueHexView);
    if (!TIME.test(text)) throw new RangeError("a time in it is none");
  }
}

function read(der: Uint8Array<ArrayBuffer>): Certificate {
  const { result, offset } = fromBER(der);
  checkTimes(result as Sequence);
  if (offset !== der.length) throw new RangeError(`the certificate ends after ${offset} of ${der.length} bytes`);
  const x509 = new X509({ schema: result });
  const extension = (id: string) => x509.extensions?.find((extension) => extension.extnID === id)?.parsedValue;
  const subject = (id: string): string[] =>
    x509.subject.typesAndValues.filter(({ type }) => type === id).map(({ value }) => String(value.valueBlock.value));
  const names = (extension(OID.subjectAltName) as AltName | undefined)?.altNames ?? [];
  const purposes = (extension(OID.extendedKeyUsage) as ExtKeyUsage | undefined)?.keyPurposes ?? [];
  const keyIdentifier = extension(OID.subjectKeyIdentifier) as OctetString | undefined;
  const keyAlgorithm = keyAlgorithmOf(x509);
  return {
    der,
    commonName: subject(OID.commonName)[0] ?? "",
    organizations: subject(OID.organization),
    ...rawParts(result as Sequence),
    serialNumber: x509.serialNumber.toBigInt(),
    notBefore: x509.notBefore.value,
    notAfter: x509.notAfter.value,
    isAuthority: (extension(OID.basicConstraints) as BasicConstraints | undefined)?.cA === true &&
      maySign(extension(OID.keyUsage) as BitString | undefined),
    dnsNames: names.filter(({ type }) => type === GENERAL_NAME.dnsName).map(({ value }) => String(value)),
    ipAddresses: names.filter(({ type }) => type === GENERAL_NAME.ipAddress)
      .map(({ value }) => (value as OctetString).valueBlock.valueHexView),
    usages: (["server", "client"] as const).filter((usage) => purposes.includes(OID[usage])),
    ...keyAlgorithm && { keyAlgorithm },
    ...keyIdentifier && { keyIdentifier: keyIdentifier.valueBlock.valueHexView.slice() },
  };
}

/** Bit 5 of the key usage (RFC 5280, 4.2.1.3); without the extension every use is allowed. */
function maySign(keyUsage: BitString | undefined): boolean {
  return keyUsage === undefined || ((keyUsage.valueBlock.valueHexView[0] ?? 0) & 0x04) !== 0;
}

/** By the bits of the modulus, or the curve. */
function keyAlgorithmOf({ subjectPublicKeyInfo: { algorithm, parsedKey } }: X509): EncryptionAlgorithm | undefined {
  if (parsedKey instanceof RSAPublicKey) {
    const bits = parsedKey.modulus.valueBlock.valueHexView.length * 8 & ~63; // without the byte of the sign
    return ({ 2048: "RSA-2048", 3072: "RSA-3072", 4096: "RSA-4096" } as const)[bits];
  }
  const { algorithmParams: curve } = algorithm;
  const curves = { "1.2.840.10045.3.1.7": "ECDSA-P256", "1.3.132.0.34": "ECDSA-P384" } as const;
  return curve instanceof ObjectIdentifier ? curves[curve.getValue() as keyof typeof curves] : undefined;
}

/** The bytes as they stand in the certificate: encoding a parsed value again need not give the same ones. */
function rawParts(certificate: Sequence): Pick<Certificate, "subjectDer" | "issuerDer" | "publicKeyDer"> {
  const fields = (certificate.valueBlock.value[0] as Sequence).valueBlock.value;
  const first = fields[0]!.idBlock.tagClass === 3 ? 1 : 0; // [0] version, absent in version 1
  const [issuerDer, , subjectDer, publicKeyDer] = fields.slice(first + 2).map((field) =>
    field.valueBeforeDecodeView.slice()
  );
  return { issuerDer: issuerDer!, subjectDer: subjectDer!, publicKeyDer: publicKeyDer! };
}

/**
 * All certificates of a PEM bundle, in order; blocks of other kinds are skipped, as Go does.
 * @throws {InvalidInput} when one cannot be read, or there is none.
 */
export function parseCertificates(pem: string): Certificate[] {
  const blocks = decodePem(pem).filter(({ label, headers }) => label === "CERTIFICATE" && !headers);
  if (blocks.length === 0) throw new InvalidInput("Cannot read certificate: there is no PEM block CERTIFICATE");
  return blocks.map(({ der }) => parseCertificate(der));
}

/** The PEM text of a certificate, or of a bundle. */
export function certificatePem(...certificates: readonly Certificate[]): string {
  return certificates.map(({ der }) => encodePem("CERTIFICATE", der)).join("");
}

/** Whether the certificate is for this key. */
export async function fitsKey(certificate: Certificate, key: CryptoKey): Promise<boolean> {
  return sameBytes(certificate.publicKeyDer, await publicKeyDer(key));
}

/** Signatures by digests that Go's programs do not believe: MD5, SHA-1. */
const WEAK_SIGNATURES: ReadonlySet<string> = new Set([
  "1.2.840.113549.1.1.4",
  "1.2.840.113549.1.1.5",
  "1.2.840.10040.4.3",
  "1.2.840.10045.4.1",
]);

/**
 * Whether `issuer` signed the certificate: the name and the signature; neither validity nor whether it may. A signature
 * by MD5 or SHA-1 does not count.
 */
export async function isSignedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  if (!sameBytes(certificate.issuerDer, issuer.subjectDer)) return false;
  try {
    const x509 = X509.fromBER(certificate.der);
    if (WEAK_SIGNATURES.has(x509.signatureAlgorithm.algorithmId)) return false;
    return await x509.verify(X509.fromBER(issuer.der));
  } catch {
    return false; // a signature algorithm that the key cannot have made, or that is not known here
  }
}

/**
 * Whether signatures lead from the certificate to the authority, over intermediates where necessary. Says nothing about
 * validity in time ({@linkcode validityAt}): an expired certificate still has its place in the chain.
 */
export async function chainsTo(
  certificate: Certificate,
  intermediates: readonly Certificate[],
  authority: Certificate,
  depth = 0,
): Promise<boolean> {
  if (await isSignedBy(certificate, authority)) return true;
  if (depth === LONGEST_CHAIN) return false;
  for (const next of intermediates) {
    if (!next.isAuthority || sameBytes(next.der, certificate.der) || !await isSignedBy(certificate, next)) continue;
    if (await chainsTo(next, intermediates, authority, depth + 1)) return true;
  }
  return false;
}

/** Where a time lies in the validity, whose both ends belong to it. */
export function validityAt(certificate: Certificate, time: Date): "valid" | "expired" | "not yet valid" {
  return time < certificate.notBefore ? "not yet valid" : time > certificate.notAfter ? "expired" : "valid";
}

/** Whole days until the certificate expires, rounded down; negative when it has. */
export function daysLeft(certificate: Certificate, now: Date): number {
  return Math.floor((certificate.notAfter.getTime() - now.getTime()) / 86_400_000);
}
