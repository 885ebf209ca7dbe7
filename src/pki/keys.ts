/** Key pairs, generated and compared with WebCrypto alone: without ASN.1 this module loads fast. @module */
import type { EncryptionAlgorithm } from "../config/types.ts";
import type { CurveName } from "./curves.ts";

/** The kind of a public key, and the parameters that determine its strength. */
export type PublicKeyKind =
  | { readonly type: "RSA"; readonly bits: number; readonly exponent: bigint; readonly odd: boolean }
  | { readonly type: "ECDSA"; readonly curve: CurveName }
  | { readonly type: "Ed25519" | "X25519" | "DSA" }
  /** An algorithm that Go does not support: Go reads the certificate, but cannot verify with its key. */
  | { readonly type: "unknown"; readonly oid: string };

/** The name of the key in messages: `RSA-2048`, `ECDSA P-521`, `Ed25519`. */
export function keyName(key: PublicKeyKind): string {
  if (key.type === "RSA") return `RSA-${key.bits}`;
  return key.type === "ECDSA" ? `ECDSA ${key.curve}` : key.type === "unknown" ? key.oid : key.type;
}

/** A key of a curve that WebCrypto does not have on every Deno, see `software_curves.ts`. */
export interface CurveKey {
  readonly algorithm: { readonly name: "ECDSA"; readonly namedCurve: "P-224" | "P-521" };
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Uint8Array<ArrayBuffer>;
  /** The private number, in as many octets as a coordinate has; absent in a public key. */
  readonly secret?: Uint8Array<ArrayBuffer>;
}

/** A private or a public key. */
export type AnyKey = CryptoKey | CurveKey;

/** A private key with its public key; both can be exported. */
export interface KeyPair {
  readonly privateKey: AnyKey;
  readonly publicKey: AnyKey;
}

const RSA = { name: "RSASSA-PKCS1-v1_5", publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };

/** WebCrypto parameters by `encryptionAlgorithm` of kubeadm.k8s.io/v1beta4. */
const ALGORITHMS: Readonly<Record<EncryptionAlgorithm, RsaHashedKeyGenParams | EcKeyGenParams>> = {
  "RSA-2048": { ...RSA, modulusLength: 2048 },
  "RSA-3072": { ...RSA, modulusLength: 3072 },
  "RSA-4096": { ...RSA, modulusLength: 4096 },
  "ECDSA-P256": { name: "ECDSA", namedCurve: "P-256" },
  "ECDSA-P384": { name: "ECDSA", namedCurve: "P-384" },
};

/** A new key pair. RSA takes 0.1 to 1 s of one CPU (more for longer keys), on a thread of its own; ECDSA well under 1 ms. */
export async function generateKeyPair(algorithm: EncryptionAlgorithm): Promise<KeyPair> {
  return await crypto.subtle.generateKey(ALGORITHMS[algorithm], true, ["sign", "verify"]) as CryptoKeyPair;
}

/** Whether the key is one of WebCrypto's. */
export function isCryptoKey(key: AnyKey): key is CryptoKey {
  return !("spki" in key);
}

/** The key pair of a private key: WebCrypto exports its public key only as JWK. */
export async function keyPairOf(privateKey: CryptoKey): Promise<KeyPair> {
  const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey("jwk", privateKey);
  const half: JsonWebKey = kty === "RSA" ? { kty, n: n!, e: e! } : { kty: kty!, crv: crv!, x: x!, y: y! };
  const publicKey = await crypto.subtle.importKey("jwk", half, privateKey.algorithm as Algorithm, true, ["verify"]);
  return { privateKey, publicKey };
}

/** DER of the SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). */
export async function publicKeyDer(key: AnyKey): Promise<Uint8Array<ArrayBuffer>> {
  return isCryptoKey(key) ? new Uint8Array(await crypto.subtle.exportKey("spki", key)) : key.spki;
}

/** Whether two byte strings are equal. Not constant in time: for public data only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether two public keys are the same key. */
export async function samePublicKey(a: AnyKey, b: AnyKey): Promise<boolean> {
  return sameBytes(await publicKeyDer(a), await publicKeyDer(b));
}
