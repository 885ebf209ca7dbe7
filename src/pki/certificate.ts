/**
 * X.509 certificates (RFC 5280), read by pkijs, less what Go's crypto/x509 refuses, by which every component of Kubernetes
 * reads them. `issue.ts` makes them, `chain.ts` verifies them. Loads pkijs (about 80 ms with asn1js): import it where a
 * certificate is at hand, not at the top of the program.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go
 * @module
 */
import { type AsnType, UTCTime } from "asn1js";
import { Certificate as X509, type RelativeDistinguishedNames } from "pkijs";
import type { EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput } from "../errors.ts";
import { elementsOf, explicit, integerOf, Malformed, parseDer } from "./asn1.ts";
import { type Extensions, KEY_USAGE, readExtensions } from "./extensions.ts";
import { type AnyKey, type KeyPair, publicKeyDer, type PublicKeyKind, sameBytes } from "./keys.ts";
import type { AlternativeNames } from "./names.ts";
import { decodePem, encodePem, pemTrouble } from "./pem.ts";
import { readPublicKey } from "./public_key.ts";

/** What a certificate's key may be used for in TLS. */
export type TlsUsage = "server" | "client";

/** A certificate, as far as a cluster asks about it. */
export interface Certificate extends AlternativeNames {
  readonly der: Uint8Array<ArrayBuffer>;
  /** Of the last attribute of that type, as in Go; empty when the subject has none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DER of the names; equal bytes are the same name. */
  readonly subjectDer: Uint8Array<ArrayBuffer>;
  readonly issuerDer: Uint8Array<ArrayBuffer>;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKeyDer: Uint8Array<ArrayBuffer>;
  readonly key: PublicKeyKind;
  /** What kind of key it is; absent for kinds that are not made here. */
  readonly keyAlgorithm?: EncryptionAlgorithm;
  readonly serialNumber: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whether it may sign certificates: CA:TRUE, and keyCertSign where there is a key usage. */
  readonly isAuthority: boolean;
  readonly usages: readonly TlsUsage[];
  /** The subject key identifier; absent when there is no such extension. */
  readonly keyIdentifier?: Uint8Array<ArrayBuffer>;
  readonly extensions: Extensions;
  /** As pkijs reads it: with what was signed, how, and the signature. */
  readonly x509: X509;
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
  anyPurpose: "2.5.29.37.0",
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
} as const;

/** Tags of the two GeneralName choices in use (RFC 5280, 4.2.1.6). */
export const GENERAL_NAME = { dnsName: 2, ipAddress: 7 } as const;

/** @throws {InvalidInput} when the bytes are not one DER certificate, or one that Go's programs refuse to read. */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  try {
    return read(der);
  } catch (cause) {
    // pkijs says by various errors that a structure is not what it should be, and nothing of worth about it.
    const detail = cause instanceof Malformed ? ` (${cause.message})` : "";
    const state = `it is not a DER encoded X.509 certificate that Kubernetes components read${detail}`;
    throw new InvalidInput(`Cannot read certificate: ${state}`, [], { cause });
  }
}

function read(der: Uint8Array<ArrayBuffer>): Certificate {
  const whole = parseDer(der, "certificate");
  const x509 = new X509({ schema: whole });
  const { subject, issuerDer, subjectDer, publicKeyDer, notBefore, notAfter, publicKey } = checkParts(whole, x509);
  const extensions = readExtensions(x509.extensions ?? []);
  const { dnsNames, ipAddresses, purposes, keyIdentifier, basicConstraints } = extensions;
  const key = readPublicKey(publicKey);
  const keyAlgorithm = madeHere(key);
  return {
    der,
    commonName: subject(OID.commonName).at(-1) ?? "",
    organizations: subject(OID.organization),
    subjectDer,
    issuerDer,
    publicKeyDer,
    key,
    ...keyAlgorithm && { keyAlgorithm },
    serialNumber: x509.serialNumber.toBigInt(),
    notBefore,
    notAfter,
    isAuthority: basicConstraints?.authority === true && maySign(extensions),
    dnsNames,
    ipAddresses,
    usages: (["server", "client"] as const).filter((usage) => purposes.includes(OID[usage])),
    ...keyIdentifier && { keyIdentifier },
    extensions,
    x509,
  };
}

/**
 * What pkijs takes and Go does not, and the parts whose very bytes count: encoding a parsed value again need not give the
 * same ones.
 */
function checkParts(whole: AsnType, { version, serialNumber, issuer, subject, extensions, signatureValue }: X509) {
  const [tbs, outerAlgorithm] = elementsOf(whole, "certificate");
  const fields = elementsOf(tbs, "certificate");
  const numbered = explicit(fields[0], 0, "version"); // absent in version 1
  const [, algorithm, issuerNode, validity, subjectNode, publicKey] = numbered ? fields.slice(1) : fields;
  if (numbered && integerOf(numbered, "version") !== BigInt(version) || version < 0 || version > 2) {
    throw new Malformed("its version is invalid");
  }
  if (extensions && version !== 2) throw new Malformed("it has extensions, but is not of version 3");
  if (serialNumber.toBigInt() < 0n) throw new Malformed("its serial number is negative");
  const bytes = (node: AsnType | undefined) => node!.valueBeforeDecodeView.slice() as Uint8Array<ArrayBuffer>;
  if (!sameBytes(bytes(algorithm), bytes(outerAlgorithm))) {
    throw new Malformed("its two signature algorithms are different");
  }
  if (signatureValue.valueBlock.unusedBits !== 0) throw new Malformed("malformed signature");
  const [notBefore, notAfter] = elementsOf(validity, "validity").map(timeOf);
  valuesOf(issuer, "issuer");
  const attributes = valuesOf(subject, "subject");
  return {
    subject: (oid: string) => attributes.filter(({ type }) => type === oid).map(({ text }) => text),
    issuerDer: bytes(issuerNode),
    subjectDer: bytes(subjectNode),
    publicKeyDer: bytes(publicKey),
    publicKey: publicKey!,
    notBefore: notBefore!,
    notAfter: notAfter!,
  };
}

/** asn1js takes the 99th month for one eight years later, and reads what it finds in a longer text. */
function timeOf(node: AsnType): Date {
  if (!(node instanceof UTCTime)) throw new Malformed("malformed validity");
  const date = node.toDate(); // of GeneralizedTime, too, which is one of its kinds
  const text = String.fromCharCode(...node.valueBlock.valueHexView);
  const digits = Number.isNaN(date.getTime()) ? "" : `${date.toISOString().replace(/[-:T]|\.\d+Z$/g, "")}Z`;
  if (digits.slice(node.idBlock.tagNumber === 23 ? 2 : 0) !== text) throw new Malformed("a time in it is none");
  return date;
}

/** What may stand in the string types that Go reads; `*` and `&` are not of PrintableString, but of certificates that there are. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  UTF8String: /^/,
  NumericString: /^[0-9 ]*$/,
  PrintableString: /^[a-zA-Z0-9'()+,\-./ :=?*&]*$/,
  TeletexString: /^/,
  IA5String: /^[\0-\x7f]*$/,
  BMPString: /^[^\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]*$/,
};

function valuesOf({ typesAndValues }: RelativeDistinguishedNames, what: string): { type: string; text: string }[] {
  return typesAndValues.map(({ type, value }) => {
    const { NAME } = value.constructor as unknown as { NAME: string };
    const text = String(value.valueBlock.value).replace(NAME === "BMPString" ? /\0$/ : "", "");
    // asn1js warns of octets that are not UTF-8, and reads others.
    if (!TEXTS[NAME]?.test(text) || value.warnings.length > 0) {
      throw new Malformed(`malformed ${what}: an attribute is not a valid string`);
    }
    return { type, text };
  });
}

/** Without a key usage, or with one that has no bit set, every use is allowed. */
function maySign({ keyUsage }: Extensions): boolean {
  return keyUsage === undefined || keyUsage.size === 0 || keyUsage.has(KEY_USAGE.keyCertSign);
}

function madeHere(key: PublicKeyKind): EncryptionAlgorithm | undefined {
  if (key.type === "RSA") return ({ 2048: "RSA-2048", 3072: "RSA-3072", 4096: "RSA-4096" } as const)[key.bits];
  if (key.type !== "ECDSA") return undefined;
  return ({ "P-256": "ECDSA-P256", "P-384": "ECDSA-P384" } as Partial<Record<string, EncryptionAlgorithm>>)[key.curve];
}

/**
 * All certificates of a PEM bundle, in order; blocks of other kinds are skipped, as Go does.
 * @throws {InvalidInput} when one cannot be read, or there is none.
 */
export function parseCertificates(pem: string): Certificate[] {
  const blocks = decodePem(pem).filter(({ label, headers }) => label === "CERTIFICATE" && !headers);
  if (blocks.length > 0) return blocks.map(({ der }) => parseCertificate(der));
  const trouble = pemTrouble(pem, (label) => label === "CERTIFICATE");
  throw new InvalidInput(
    `Cannot read certificate: there is no PEM block CERTIFICATE${trouble === undefined ? "" : ` (${trouble})`}`,
  );
}

/** The PEM text of a certificate, or of a bundle. */
export function certificatePem(...certificates: readonly Certificate[]): string {
  return certificates.map(({ der }) => encodePem("CERTIFICATE", der)).join("");
}

/** Whether the certificate is for this key. */
export async function fitsKey(certificate: Certificate, key: AnyKey): Promise<boolean> {
  return sameBytes(certificate.publicKeyDer, await publicKeyDer(key));
}

/** Where a time lies in the validity, whose both ends belong to it. */
export function validityAt(certificate: Certificate, time: Date): "valid" | "expired" | "not yet valid" {
  return time < certificate.notBefore ? "not yet valid" : time > certificate.notAfter ? "expired" : "valid";
}

/** Whole days until the certificate expires, rounded down; negative when it has. */
export function daysLeft(certificate: Certificate, now: Date): number {
  return Math.floor((certificate.notAfter.getTime() - now.getTime()) / 86_400_000);
}
