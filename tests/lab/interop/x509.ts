/**
 * Certificates and keys as fields, read by openssl and node:crypto: not by the library that kubewright makes them with.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { Buffer } from "node:buffer";
import { run } from "../process.ts";

/** What is to be known of one certificate. */
export interface Certificate {
  version: string;
  /** Hex, without colons; with a minus sign when negative. */
  serial: string;
  signature: string;
  issuer: string;
  subject: string;
  notBefore: Date;
  notAfter: Date;
  /** `rsaEncryption 2048`, `id-ecPublicKey 256`. */
  key: string;
  /** By openssl's name: whether it is critical, and its value as openssl writes it. */
  extensions: ReadonlyMap<string, { critical: boolean; value: string }>;
}

/** The PEM blocks of a text whose label is CERTIFICATE. */
export function certificateBlocks(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** Reads certificates, in one run of openssl; throws when openssl does not take each of them. */
export async function readCertificates(blocks: readonly string[]): Promise<Certificate[]> {
  if (blocks.length === 0) return [];
  const argv = ["openssl", "storeutl", "-noout", "-text", "-certs", "/dev/stdin"];
  const { stdout } = await run(argv, { stdin: `${blocks.join("\n")}\n` });
  const read = parseCertificates(stdout);
  if (read.length !== blocks.length) {
    throw new Error(`Cannot read certificates: openssl read ${read.length} of ${blocks.length}`);
  }
  return read;
}

/** What `openssl x509 -text` printed, for one certificate after another. */
export function parseCertificates(text: string): Certificate[] {
  return text.split(/^Certificate:$/m).slice(1).map(parseCertificate);
}

function parseCertificate(text: string): Certificate {
  const one = (pattern: RegExp) => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`Cannot read a certificate: no ${pattern} in\n${text}`);
    return found.trim();
  };
  return {
    version: one(/^ +Version: (\d+)/m),
    serial: serialOf(text),
    signature: one(/^ +Signature Algorithm: (.*)$/m),
    issuer: one(/^ +Issuer:(.*)$/m),
    subject: one(/^ +Subject:(.*)$/m),
    notBefore: new Date(one(/^ +Not Before: (.*)$/m)),
    notAfter: new Date(one(/^ +Not After : (.*)$/m)),
    key: `${one(/^ +Public Key Algorithm: (.*)$/m)} ${one(/^ +Public-Key: \((\d+) bit\)/m)}`,
    extensions: extensionsOf(text),
  };
}

/** On one line in decimal and hex when short, else on the next in hex with colons. */
function serialOf(text: string): string {
  const short = /^ +Serial Number: (-?)\d+ \(-?0x([0-9a-f]+)\)$/m.exec(text);
  if (short) return short[1]! + short[2]!;
  const long = /^ +Serial Number:\n +(\(Negative\))?([0-9a-f:]+)$/m.exec(text);
  if (!long) throw new Error(`Cannot read a certificate's serial number:\n${text}`);
  return (long[1] ? "-" : "") + long[2]!.replaceAll(":", "");
}

function extensionsOf(text: string): Certificate["extensions"] {
  const extensions = new Map<string, { critical: boolean; value: string }>();
  const section = /^ {8}X509v3 extensions:\n((?: {12}.*\n?)*)/m.exec(text)?.[1] ?? "";
  let last: { critical: boolean; value: string } | undefined;
  for (const line of section.split("\n").filter(Boolean)) {
    const header = /^ {12}(\S.*?): ?(critical)?$/.exec(line);
    if (header) {
      last = { critical: header[2] !== undefined, value: "" };
      extensions.set(header[1]!, last);
    } else if (last) last.value = [last.value, line.trim()].filter(Boolean).join("\n");
  }
  return extensions;
}

/** Who is who among certificates, and when they were made. */
export interface CertificateSetting {
  /** Name of a CA by its subject key identifier. */
  authorities: ReadonlyMap<string, string>;
  /** When the program was started. */
  started: Date;
}

const IDENTIFIERS = new Set(["X509v3 Subject Key Identifier", "X509v3 Authority Key Identifier"]);

/** A certificate's subject key identifier, without colons. */
export function subjectKeyIdentifier({ extensions }: Certificate): string | undefined {
  return extensions.get("X509v3 Subject Key Identifier")?.value.replaceAll(":", "");
}

/**
 * A certificate as fields: what is generated is told by its rule. Dates are minutes from the start of the program, but
 * for those that were there long before it.
 */
export function certificateFields(certificate: Certificate, setting: CertificateSetting): Record<string, unknown> {
  // Whole minutes: a busy machine may take most of one between the start and a certificate. Dates have no milliseconds.
  const minutes = (date: Date) =>
    `start ${Math.floor((date.getTime() - setting.started.getTime() + 2_000) / 60_000)} min`;
  const { notBefore, notAfter, issuer, subject } = certificate;
  const isOld = setting.started.getTime() - notBefore.getTime() > 86_400_000;
  const extensions: Record<string, unknown> = {};
  for (const [name, { critical, value }] of certificate.extensions) {
    const parts = value.split(", ");
    const shown = IDENTIFIERS.has(name)
      ? identity(value, setting)
      : name.endsWith("Usage")
      ? Object.fromEntries(parts.map((usage) => [usage, true])) // their order means nothing
      : parts;
    extensions[name.replace("X509v3 ", "")] = { critical, value: shown };
  }
  const { serial } = certificate;
  return {
    version: certificate.version,
    serial: {
      positive: !serial.startsWith("-") && !/^0*$/.test(serial),
      atMost8Octets: serial.replace(/^-?0*/, "").length <= 16,
    },
    signature: certificate.signature,
    issuer,
    subject,
    notBefore: isOld ? notBefore.toISOString() : minutes(notBefore),
    notAfter: isOld && subject === issuer ? notAfter.toISOString() : minutes(notAfter),
    publicKey: certificate.key,
    extensions,
  };
}

function identity(value: string, { authorities }: CertificateSetting): string {
  return authorities.get(value.replace(/^keyid:/, "").replaceAll(":", "")) ?? "a key of its own";
}

/** A key's PEM text as fields, and whether it belongs to a certificate's or another key's public half. */
export function keyFields(pem: string, partner?: string): Record<string, unknown> {
  const labels = [...pem.matchAll(/^-----BEGIN (.*)-----$/mg)].map((match) => match[1]);
  const isPrivate = pem.includes("PRIVATE KEY");
  const key = isPrivate ? createPrivateKey(pem) : createPublicKey(pem);
  return {
    labels,
    type: key.asymmetricKeyType,
    size: sizeOf(key),
    ...(partner === undefined ? {} : { belongsToPartner: publicHalf(pem) === publicHalf(partner) }),
  };
}

function sizeOf(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return String(modulusLength ?? namedCurve);
}

/** The public key in a certificate, a private or a public key, as base64 of its SubjectPublicKeyInfo. */
function publicHalf(pem: string): string {
  const key = createPublicKey(certificateBlocks(pem)[0] ?? pem);
  return Buffer.from(key.export({ type: "spki", format: "der" })).toString("base64");
}
