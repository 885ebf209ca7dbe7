/**
 * Reads X.509 certificates (RFC 5280) with pkijs, and rejects what Go's crypto/x509 rejects, which every component of
 * Kubernetes uses. `issue.ts` creates certificates, `chain.ts` verifies them. Loads pkijs (about 80 ms with asn1js): import
 * this where a certificate is read, not at the top of the program.
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

/** The parts of a certificate that kubewright uses. */
export interface Certificate extends AlternativeNames {
  readonly der: Uint8Array<ArrayBuffer>;
  /** The last attribute of that type, as in Go; empty when the subject has none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DER of the names; equal bytes mean equal names. */
  readonly subjectDer: Uint8Array<ArrayBuffer>;
  readonly issuerDer: Uint8Array<ArrayBuffer>;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKeyDer: Uint8Array<ArrayBuffer>;
  readonly key: PublicKeyKind;
  /** The algorithm of the key; absent for algorithms that kubewright does not create. */
  readonly keyAlgorithm?: EncryptionAlgorithm;
  readonly serialNumber: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whether it may sign certificates: CA:TRUE, and keyCertSign if there is a key usage. */
  readonly isAuthority: boolean;
  readonly usages: readonly TlsUsage[];
  /** The subject key identifier; absent without the extension. */
  readonly keyIdentifier?: Uint8Array<ArrayBuffer>;
  readonly extensions: Extensions;
  /** The certificate of pkijs, with the signed bytes, the algorithm and the signature. */
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

/** @throws {InvalidInput} when the bytes are not one DER certificate, or one that Go's programs reject. */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  try {
    return read(der);
  } catch (cause) {
    // pkijs throws various errors for malformed structures, without useful messages.
    const detail = cause instanceof Malformed ? ` (${cause.message})` : "";
    const state = `not a DER-encoded X.509 certificate that Kubernetes components can read${detail}`;
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
 * Rejects what pkijs accepts and Go does not, and returns the parts whose exact bytes are needed: encoding a parsed value
 * may give other bytes.
 */
function checkParts(whole: AsnType, { version, serialNumber, issuer, subject, extensions, signatureValue }: X509) {
  const [tbs, outerAlgorithm] = elementsOf(whole, "certificate");
  const fields = elementsOf(tbs, "certificate");
  const numbered = explicit(fields[0], 0, "version"); // absent in version 1
  const [, algorithm, issuerNode, validity, subjectNode, publicKey] = numbered ? fields.slice(1) : fields;
  if (numbered && integerOf(numbered, "version") !== BigInt(version) || version < 0 || version > 2) {
    throw new Malformed("invalid version");
  }
  if (extensions && version !== 2) throw new Malformed("extensions require version 3");
  if (serialNumber.toBigInt() < 0n) throw new Malformed("negative serial number");
  const bytes = (node: AsnType | undefined) => node!.valueBeforeDecodeView.slice() as Uint8Array<ArrayBuffer>;
  if (!sameBytes(bytes(algorithm), bytes(outerAlgorithm))) {
    throw new Malformed("the two signature algorithms differ");
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

/** asn1js accepts a 99th month as one eight years later, and ignores trailing text: both are rejected. */
function timeOf(node: AsnType): Date {
  if (!(node instanceof UTCTime)) throw new Malformed("malformed validity");
  const date = node.toDate(); // GeneralizedTime is a subclass
  const text = String.fromCharCode(...node.valueBlock.valueHexView);
  const digits = Number.isNaN(date.getTime()) ? "" : `${date.toISOString().replace(/[-:T]|\.\d+Z$/g, "")}Z`;
  if (digits.slice(node.idBlock.tagNumber === 23 ? 2 : 0) !== text) throw new Malformed("invalid time");
  return date;
}

/** The valid texts of the string types that Go reads; it also accepts `*` and `&` in PrintableString. */
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
    // asn1js only warns of invalid UTF-8.
    if (!TEXTS[NAME]?.test(text) || value.warnings.length > 0) {
      throw new Malformed(`malformed ${what}: an attribute is not a valid string`);
    }
    return { type, text };
  });
}

/** Without a key usage, or with no bit set, every use is allowed. */
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
 * @throws {InvalidInput} when one is invalid, or there is none.
 */
export function parseCertificates(pem: string): Certificate[] {
  const blocks = decodePem(pem).filter(({ label, headers }) => label === "CERTIFICATE" && !headers);
  if (blocks.length > 0) return blocks.map(({ der }) => parseCertificate(der));
  const trouble = pemTrouble(pem, (label) => label === "CERTIFICATE");
  throw new InvalidInput(
    `Cannot read certificate: no PEM block "CERTIFICATE" found${trouble === undefined ? "" : ` (${trouble})`}`,
  );
}

/** The PEM text of a certificate, or of a bundle. */
export function certificatePem(...certificates: readonly Certificate[]): string {
  return certificates.map(({ der }) => encodePem("CERTIFICATE", der)).join("");
}

/** Whether the certificate contains the public key of this key. */
export async function fitsKey(certificate: Certificate, key: AnyKey): Promise<boolean> {
  return sameBytes(certificate.publicKeyDer, await publicKeyDer(key));
}

/** The validity at a time; both ends are valid. */
export function validityAt(certificate: Certificate, time: Date): "valid" | "expired" | "not yet valid" {
  return time < certificate.notBefore ? "not yet valid" : time > certificate.notAfter ? "expired" : "valid";
}

/** Whole days until the certificate expires, rounded down; negative when it has expired. */
export function daysLeft(certificate: Certificate, now: Date): number {
  return Math.floor((certificate.notAfter.getTime() - now.getTime()) / 86_400_000);
}
