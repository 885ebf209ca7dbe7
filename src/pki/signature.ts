/**
 * Signatures of certificates: made and verified with the algorithms that Go's crypto/x509 has.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/x509.go
 * @module
 */
import { type CurveName, CURVES } from "./curves.ts";
import { DerReader, latin1, Malformed, TAG } from "./der.ts";
import type { Algorithm, PublicKeyKind } from "./public_key.ts";

/** What came of looking at a signature. `weak`: by MD5, SHA-1 or a short key; `unsupported`: Go cannot verify it, either. */
export type Verdict = "good" | "bad" | "weak" | "unsupported";

type Hash = "SHA-256" | "SHA-384" | "SHA-512";
type Scheme = { key: "RSA" | "PSS" | "ECDSA"; hash: Hash } | { key: "Ed25519" } | "weak";

const SCHEMES: Readonly<Record<string, Scheme>> = {
  "1.2.840.113549.1.1.4": "weak", // MD5 with RSA
  "1.2.840.113549.1.1.5": "weak", // SHA-1 with RSA
  "1.3.14.3.2.29": "weak", // SHA-1 with RSA, ISO's name
  "1.2.840.10040.4.3": "weak", // SHA-1 with DSA
  "1.2.840.10045.4.1": "weak", // SHA-1 with ECDSA
  "1.2.840.113549.1.1.11": { key: "RSA", hash: "SHA-256" },
  "1.2.840.113549.1.1.12": { key: "RSA", hash: "SHA-384" },
  "1.2.840.113549.1.1.13": { key: "RSA", hash: "SHA-512" },
  "1.2.840.10045.4.3.2": { key: "ECDSA", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { key: "ECDSA", hash: "SHA-384" },
  "1.2.840.10045.4.3.4": { key: "ECDSA", hash: "SHA-512" },
  "1.3.101.112": { key: "Ed25519" },
};
const PSS = "1.2.840.113549.1.1.10";

/** Octets of a digest, which are the octets of the salt that Go wants. */
const DIGESTS: Readonly<Record<string, { hash: Hash; octets: number }>> = {
  "2.16.840.1.101.3.4.2.1": { hash: "SHA-256", octets: 32 },
  "2.16.840.1.101.3.4.2.2": { hash: "SHA-384", octets: 48 },
  "2.16.840.1.101.3.4.2.3": { hash: "SHA-512", octets: 64 },
};

/** Shorter RSA keys are refused by Go, https://go.dev/issue/68762. */
export const SHORTEST_RSA = 1024;

/**
 * Verifies a signature over a message.
 * @param spki DER of the signer's SubjectPublicKeyInfo, which `key` was read from.
 */
export async function verifySignature(
  algorithm: Algorithm,
  key: PublicKeyKind,
  spki: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<Verdict> {
  const scheme = algorithm.oid === PSS ? pssScheme(algorithm.parameters) : schemeOf(algorithm);
  if (scheme === undefined || scheme === "weak") return scheme ?? "unsupported";
  if (key.type !== (scheme.key === "PSS" ? "RSA" : scheme.key)) return key.type === "unknown" ? "unsupported" : "bad";
  if (key.type === "RSA") {
    if (key.bits < SHORTEST_RSA) return "weak";
    if (!key.odd || key.exponent < 2n || key.exponent % 2n === 0n || key.exponent >= 1n << 31n) return "bad";
  }
  const good = key.type === "ECDSA"
    ? await verifyEcdsa(key.curve, (scheme as { hash: Hash }).hash, spki, message, signature)
    : await verifyOther(scheme, spki, message, signature);
  return good ? "good" : "bad";
}

function schemeOf({ oid, parameters }: Algorithm): Scheme | undefined {
  return oid === "1.3.101.112" && parameters.length > 0 ? undefined : SCHEMES[oid];
}

async function verifyOther(
  scheme: Exclude<Scheme, "weak">,
  spki: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const name = scheme.key === "Ed25519" ? "Ed25519" : scheme.key === "PSS" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5";
  const hash = "hash" in scheme ? scheme.hash : "SHA-512";
  const saltLength = Object.values(DIGESTS).find((digest) => digest.hash === hash)!.octets;
  try {
    const key = await crypto.subtle.importKey("spki", spki, { name, hash }, false, ["verify"]);
    return await crypto.subtle.verify({ name, saltLength }, key, signature, message);
  } catch (error) {
    if (error instanceof DOMException || error instanceof Error) return false; // a key that nothing can be verified with
    throw error;
  }
}

/** RSASSA-PSS is what Go knows only with one digest for both uses, a salt of its length and the usual trailer. */
function pssScheme(parameters: Uint8Array<ArrayBuffer>): Scheme | undefined {
  try {
    const fields = new DerReader(parameters).within(TAG.sequence, "PSS parameters");
    const explicit = (n: number) => new DerReader(fields.element(TAG.context(n, true), "PSS parameters").content);
    const digest = digestOf(explicit(0).within(TAG.sequence, "digest"));
    const generator = explicit(1).within(TAG.sequence, "mask generation");
    const isMgf1 = generator.objectIdentifier("mask generation") === "1.2.840.113549.1.1.8";
    const mask = digestOf(generator.within(TAG.sequence, "digest"));
    const salt = explicit(2).integer("salt length");
    const trailer = fields.done ? 1n : explicit(3).integer("trailer");
    if (!digest || !isMgf1 || digest !== mask || salt !== BigInt(digest.octets) || trailer !== 1n) return undefined;
    return { key: "PSS", hash: digest.hash };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function digestOf(algorithm: DerReader) {
  const digest = DIGESTS[algorithm.objectIdentifier("digest")];
  return algorithm.done || latin1(algorithm.any("digest").whole) === "\x05\0" ? digest : undefined;
}

async function verifyEcdsa(
  curve: CurveName,
  hash: Hash,
  spki: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const raw = rawSignature(signature, CURVES[curve].octets);
  if (!raw) return false;
  if (curve === "P-256" || curve === "P-384") {
    const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: curve }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash }, key, raw, message);
  }
  const { verifyOnCurve } = await import("./software_curves.ts");
  return verifyOnCurve(curve, spki, new Uint8Array(await crypto.subtle.digest(hash, message)), raw);
}

/** The two numbers of an ECDSA signature (RFC 3279, 2.2.3), each in so many octets; undefined when there are not two. */
export function rawSignature(der: Uint8Array<ArrayBuffer>, octets: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    const outer = new DerReader(der);
    const numbers = outer.within(TAG.sequence, "signature");
    const pair = [numbers.integer("signature"), numbers.integer("signature")];
    if (!outer.done || !numbers.done || pair.some((n) => n <= 0n || n >> BigInt(8 * octets))) return undefined;
    return Uint8Array.fromHex(pair.map((n) => n.toString(16).padStart(2 * octets, "0")).join(""));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
