/**
 * X.509 certificates (RFC 5280): read as Go's crypto/x509 reads them, which every component of Kubernetes does.
 * `issue.ts` makes them, `chain.ts` verifies them.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go
 * @module
 */
import type { EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput } from "../errors.ts";
import { DerReader, integerOf, Malformed, TAG } from "./der.ts";
import { type NameAttribute, readName } from "./distinguished_name.ts";
import { type Extensions, KEY_USAGE, readExtensions } from "./extensions.ts";
import { type AnyKey, type KeyPair, publicKeyDer, sameBytes } from "./keys.ts";
import type { AlternativeNames } from "./names.ts";
import { decodePem, encodePem, pemTrouble } from "./pem.ts";
import { type Algorithm, type PublicKeyKind, readAlgorithm, readPublicKey } from "./public_key.ts";

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
  readonly signed: Signed;
}

/** A certificate authority that can sign. */
export interface Authority {
  readonly certificate: Certificate;
  readonly keys: KeyPair;
}

/** What was signed, how, and the signature. */
export interface Signed {
  readonly tbs: Uint8Array<ArrayBuffer>;
  readonly algorithm: Algorithm;
  readonly signature: Uint8Array<ArrayBuffer>;
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
    if (!(cause instanceof Malformed)) throw cause;
    const state = `it is not a DER encoded X.509 certificate that Kubernetes components read (${cause.message})`;
    throw new InvalidInput(`Cannot read certificate: ${state}`, [], { cause });
  }
}

function read(der: Uint8Array<ArrayBuffer>): Certificate {
  const outer = new DerReader(der);
  const certificate = outer.within(TAG.sequence, "certificate");
  if (!outer.done) throw new Malformed("bytes follow its end");
  const tbs = certificate.element(TAG.sequence, "certificate");
  const fields = new DerReader(tbs.content);
  const version = readVersion(fields);
  const serialNumber = fields.integer("serial number");
  if (serialNumber < 0n) throw new Malformed("its serial number is negative");
  const inner = fields.element(TAG.sequence, "signature algorithm").content;
  const { content: algorithm } = certificate.element(TAG.sequence, "signature algorithm");
  if (!sameBytes(inner, algorithm)) throw new Malformed("its two signature algorithms are different");
  const signatureAlgorithm = readAlgorithm(algorithm, "signature algorithm");
  const issuerDer = fields.element(TAG.sequence, "issuer").whole.slice();
  readName(issuerDer, "issuer");
  const validity = fields.within(TAG.sequence, "validity");
  const [notBefore, notAfter] = [validity.time("start of validity"), validity.time("end of validity")];
  const subjectDer = fields.element(TAG.sequence, "subject").whole.slice();
  const subject = readName(subjectDer, "subject");
  const publicKey = fields.element(TAG.sequence, "public key").whole.slice();
  const key = readPublicKey(publicKey);
  const extensions = readExtensions(extensionsOf(fields, version));
  const signature = certificate.bits("signature");
  const keyAlgorithm = madeHere(key);
  const { dnsNames, ipAddresses, purposes, keyIdentifier } = extensions;
  return {
    der,
    ...namesOf(subject),
    subjectDer,
    issuerDer,
    publicKeyDer: publicKey,
    key,
    ...keyAlgorithm && { keyAlgorithm },
    serialNumber,
    notBefore,
    notAfter,
    isAuthority: extensions.basicConstraints?.authority === true && maySign(extensions),
    dnsNames,
    ipAddresses,
    usages: (["server", "client"] as const).filter((usage) => purposes.includes(OID[usage])),
    ...keyIdentifier && { keyIdentifier },
    extensions,
    signed: { tbs: tbs.whole.slice(), algorithm: signatureAlgorithm, signature: signature.bytes.slice() },
  };
}

/** 1 to 3: counted from 0 in the certificate, absent in version 1. */
function readVersion(fields: DerReader): number {
  const explicit = fields.optional(TAG.context(0, true), "version");
  if (!explicit) return 1;
  const reader = new DerReader(explicit);
  const version = integerOf(reader.element(TAG.integer, "version").content, "version");
  if (!reader.done || version < 0n || version > 2n) throw new Malformed("its version is invalid");
  return Number(version) + 1;
}

function extensionsOf(fields: DerReader, version: number): DerReader {
  if (version > 1) {
    fields.optional(TAG.context(1), "issuer identifier");
    fields.optional(TAG.context(2), "subject identifier");
  }
  const list = version === 3 ? fields.optional(TAG.context(3, true), "extensions") : undefined;
  return list ? new DerReader(list).within(TAG.sequence, "extensions") : new DerReader(new Uint8Array());
}

function namesOf(subject: readonly NameAttribute[]): Pick<Certificate, "commonName" | "organizations"> {
  const values = (oid: string) => subject.filter(({ type }) => type === oid).map(({ value }) => value);
  return { commonName: values(OID.commonName).at(-1) ?? "", organizations: values(OID.organization) };
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
