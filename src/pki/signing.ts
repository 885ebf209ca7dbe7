/** Signs certificates and requests, with the algorithm that Go chooses for a key. @module */
import { element, integer, nothing, objectIdentifier, sequence } from "./der_write.ts";
import { TAG } from "./der.ts";
import { type AnyKey, isCryptoKey } from "./keys.ts";

const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
/** By curve: the digest of its strength. */
const ECDSA: Readonly<Record<string, { oid: string; hash: string }>> = {
  "P-224": { oid: "1.2.840.10045.4.3.2", hash: "SHA-256" },
  "P-256": { oid: "1.2.840.10045.4.3.2", hash: "SHA-256" },
  "P-384": { oid: "1.2.840.10045.4.3.3", hash: "SHA-384" },
  "P-521": { oid: "1.2.840.10045.4.3.4", hash: "SHA-512" },
};

function ecdsaOf(key: AnyKey) {
  return ECDSA[(key.algorithm as EcKeyAlgorithm).namedCurve];
}

/** DER of the AlgorithmIdentifier of this key's signatures: with NULL for RSA (RFC 4055), with nothing for ECDSA (RFC 5758). */
export function signatureAlgorithmDer(key: AnyKey): Uint8Array<ArrayBuffer> {
  const ecdsa = ecdsaOf(key);
  return ecdsa ? sequence(objectIdentifier(ecdsa.oid)) : sequence(objectIdentifier(SHA256_WITH_RSA), nothing());
}

/** The signature of a message with a private key. */
export async function signMessage(key: AnyKey, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const ecdsa = ecdsaOf(key);
  if (!ecdsa) return new Uint8Array(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key as CryptoKey, message));
  if (isCryptoKey(key)) {
    return ecdsaDer(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: ecdsa.hash }, key, message)));
  }
  const { signOnCurve } = await import("./software_curves.ts");
  return ecdsaDer(signOnCurve(key, new Uint8Array(await crypto.subtle.digest(ecdsa.hash, message))));
}

/** ECDSA-Sig-Value (RFC 3279, 2.2.3) of two numbers, one after the other. */
function ecdsaDer(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = raw.length / 2;
  const numbers = [raw.subarray(0, half), raw.subarray(half)].map((octets) => integer(BigInt(`0x${octets.toHex()}`)));
  return element(TAG.sequence, ...numbers);
}
