/** PEM texts, certificates and keys with changes, drawn from a seed, and what this program reads in each. @module */
import { InvalidInput } from "../../../src/errors.ts";
import { parseCertificate } from "../../../src/pki/certificate.ts";
import { parsePrivateKey } from "../../../src/pki/key_pem.ts";
import { keyName, publicKeyDer } from "../../../src/pki/keys.ts";
import { decodePem, encodePem, pemText } from "../../../src/pki/pem.ts";
import { mutateBytes, mutateText, Source } from "../mutate.ts";

/** PEM texts that are changed. */
export interface Bases {
  certificates: readonly string[];
  keys: readonly string[];
}

/** One input. */
export interface Mutation {
  kind: "pem" | "cert" | "key";
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * What Go reads and is refused here: keys and certificates that no tool writes, by what is wrong with them. Go reads a
 * structure only as far as its own fields go; asn1js and pkijs read it whole. Nothing may be read here that Go refuses.
 */
export const STRICTER: Readonly<Record<string, readonly number[]>> = {
  "something that is not DER behind the private number of an EC key": [
    ...[25, 125, 149, 373, 861, 921, 1461, 1733, 2049, 2825, 3201, 3649],
  ],
  "a text in the place of the public key of an EC key": [1569],
  "something else in the place of a number of an RSA key, which Go computes anew": [217, 2569],
  "an element in policy constraints that is neither of the two": [870],
};

/** Found in longer runs: what pkijs and asn1js alone read, and Go refuses. */
const FOUND = [
  4153,
  5889,
  7527,
  7926,
  8494,
  9611,
  9997,
  10531,
  12531,
  13365,
  17873,
  19025,
  19377,
  20585,
  21546,
  23773,
  56355,
];

/** The numbers that are recorded: so many, and those that once were found. */
export function numbers(count: number): number[] {
  return [...Array(count).keys(), ...FOUND];
}

const MARKS = [
  ...["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "-----BEGIN ", "-----END ", "-----"],
  ...["\n", "\r\n", "\r", "\n\n", " ", "\t", "=", "==", ":", "A", "\ufeff", "Proc-Type: 4,ENCRYPTED\n"],
];

/** The input of a number: every fourth a PEM text, every fourth a key, the others certificates. */
export function mutation({ certificates, keys }: Bases, number: number): Mutation {
  const source = new Source(number * 2_654_435_761);
  if (number % 4 === 0) return { kind: "pem", bytes: encode(pemMutation(source, [...certificates, ...keys])) };
  if (number % 4 === 1) {
    const [block] = decodePem(source.one(keys));
    const der = source.below(10) === 0 ? block!.der : mutateBytes(source, block!.der);
    const labels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ANY PRIVATE KEY"];
    return { kind: "key", bytes: encode(encodePem(source.below(20) === 0 ? source.one(labels) : block!.label, der)) };
  }
  let { der } = decodePem(source.one(certificates))[0]!;
  for (let times = source.below(3); times >= 0; times--) der = mutateBytes(source, der).slice(0, 4096);
  return { kind: "cert", bytes: der };
}

function pemMutation(source: Source, texts: readonly string[]): string {
  const parts = Array.from({ length: 1 + source.below(3) }, () => source.one(texts));
  let text = parts.join(source.one(["", "\n", "some text\n", " "]));
  for (let times = source.below(4); times > 0; times--) {
    if (source.below(4) === 0) text = mutateText(source, text);
    const marks = [...text.matchAll(/-----(BEGIN|END)[^\n]*-----|\n|=/g)];
    const at = marks.length === 0 ? 0 : source.one(marks).index + source.below(3);
    const behind = at + (source.below(2) === 0 ? 0 : source.below(4));
    text = `${text.slice(0, at)}${source.below(4) === 0 ? "" : source.one(MARKS)}${text.slice(behind)}`;
  }
  return text;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** What is read, in the words of `verdict.go`. */
export async function reading({ kind, bytes }: Mutation): Promise<string> {
  try {
    if (kind === "pem") {
      return decodePem(pemText(bytes)).map(({ label, headers, der }) => `${label}:${headers}:${der.toHex()}`).join();
    }
    if (kind === "key") return (await publicKeyDer((await parsePrivateKey(pemText(bytes))).publicKey)).toHex();
    return certificateText(bytes);
  } catch (error) {
    if (error instanceof InvalidInput) return "refused";
    throw error;
  }
}

function certificateText(der: Uint8Array<ArrayBuffer>): string {
  const { extensions, key, ...certificate } = parseCertificate(der);
  const seconds = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;
  return [
    certificate.commonName,
    certificate.organizations.join(),
    certificate.dnsNames.join(),
    certificate.ipAddresses.map((address) => address.toHex()).join(),
    seconds(certificate.notBefore),
    seconds(certificate.notAfter),
    certificate.isAuthority,
    certificate.serialNumber.toString(16),
    key.type === "unknown" ? "unknown" : keyName(key),
    certificate.keyIdentifier?.toHex() ?? "",
    extensions.unhandledCritical.length,
    extensions.emailAddresses.length,
    extensions.uris.length,
  ].join("|");
}

/** The first eight digits of the SHA-256 of a text or bytes. */
export async function digest(of: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof of === "string" ? encode(of) : of;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 8);
}
