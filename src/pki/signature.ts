/**
 * Verifies signatures of certificates with pkijs and WebCrypto, using only the algorithms of Go's crypto/x509.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/x509.go
 * @module
 */
import { Null } from "asn1js";
import { AlgorithmIdentifier, getCrypto, RSASSAPSSParams } from "pkijs";
import { type Bytes, elementsOf, integerOf, parseDer } from "./asn1.ts";
import type { Certificate } from "./certificate.ts";

/** The result of a verification. `weak`: MD5, SHA-1 or a short key; `unsupported`: Go cannot verify it either. */
export type Verdict = "good" | "bad" | "weak" | "unsupported";

/** The kind of key of an algorithm. */
type Scheme = "RSA" | "ECDSA" | "Ed25519" | "weak";

const ED25519 = "1.3.101.112";
const PSS = "1.2.840.113549.1.1.10";

const SCHEMES: Readonly<Record<string, Scheme>> = {
  "1.2.840.113549.1.1.4": "weak", // MD5 with RSA
  "1.2.840.113549.1.1.5": "weak", // SHA-1 with RSA
  "1.3.14.3.2.29": "weak", // SHA-1 with RSA, ISO's name
  "1.2.840.10040.4.3": "weak", // SHA-1 with DSA
  "1.2.840.10045.4.1": "weak", // SHA-1 with ECDSA
  "1.2.840.113549.1.1.11": "RSA",
  "1.2.840.113549.1.1.12": "RSA",
  "1.2.840.113549.1.1.13": "RSA",
  "1.2.840.10045.4.3.2": "ECDSA",
  "1.2.840.10045.4.3.3": "ECDSA",
  "1.2.840.10045.4.3.4": "ECDSA",
  [ED25519]: "Ed25519",
};

/** Octets of a digest; Go requires as many octets of salt. */
const DIGESTS: Readonly<Record<string, number>> = {
  "2.16.840.1.101.3.4.2.1": 32,
  "2.16.840.1.101.3.4.2.2": 48,
  "2.16.840.1.101.3.4.2.3": 64,
};

/** Go rejects shorter RSA keys, https://go.dev/issue/68762. */
export const SHORTEST_RSA = 1024;

/** Whether the signature of a certificate was made with this signer's key. */
export async function verifySignature({ x509 }: Certificate, signer: Certificate): Promise<Verdict> {
  const { key } = signer;
  const scheme = schemeOf(x509.signatureAlgorithm);
  if (scheme === undefined || scheme === "weak") return scheme ?? "unsupported";
  if (key.type !== scheme) return key.type === "unknown" ? "unsupported" : "bad";
  if (key.type === "RSA") {
    if (key.bits < SHORTEST_RSA) return "weak";
    if (!key.odd || key.exponent < 2n || key.exponent % 2n === 0n || key.exponent >= 1n << 31n) return "bad";
  }
  try {
    return await isGood(x509, signer) ? "good" : "bad";
  } catch {
    return "bad"; // numbers too large, or an unusable key
  }
}

function schemeOf({ algorithmId, algorithmParams }: AlgorithmIdentifier): Scheme | undefined {
  if (algorithmId === PSS) return isPss(algorithmParams) ? "RSA" : undefined;
  return algorithmId === ED25519 && algorithmParams ? undefined : SCHEMES[algorithmId];
}

async function isGood({ tbsView, signatureAlgorithm, signatureValue }: Certificate["x509"], signer: Certificate) {
  const engine = getCrypto(true);
  const { key, x509: { subjectPublicKeyInfo } } = signer;
  const signature = signatureValue.valueBlock.valueHexView.slice();
  const message = tbsView.slice() as Bytes;
  if (key.type === "Ed25519") {
    const publicKey = await crypto.subtle.importKey("spki", signer.publicKeyDer, ED25519_KEY, false, ["verify"]);
    return await crypto.subtle.verify(ED25519_KEY, publicKey, signature, message);
  }
  if (key.type === "ECDSA") {
    // pkijs accepts BER, and reads negative numbers as positive.
    const numbers = elementsOf(parseDer(signature, "signature"), "signature").map((n) => integerOf(n, "signature"));
    if (numbers.length !== 2 || numbers.some((number) => number <= 0n)) return false;
    if (key.curve === "P-224" || key.curve === "P-521") {
      const { verifyOnCurve } = await import("./software_curves.ts");
      const digest = await crypto.subtle.digest(engine.getHashAlgorithm(signatureAlgorithm), message);
      const point = subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
      return verifyOnCurve(key.curve, point, new Uint8Array(digest), signature);
    }
  }
  return await engine.verifyWithPublicKey(message, signatureValue, subjectPublicKeyInfo, signatureAlgorithm);
}

const ED25519_KEY = { name: "Ed25519" };

/** Go supports RSASSA-PSS only with one digest for both uses, a salt of its length and the usual trailer. */
function isPss(schema: AlgorithmIdentifier["algorithmParams"]): boolean {
  try {
    const { hashAlgorithm, maskGenAlgorithm, saltLength, trailerField } = new RSASSAPSSParams({ schema });
    const { algorithmId: mask, algorithmParams } = maskGenAlgorithm;
    const digests = [hashAlgorithm, new AlgorithmIdentifier({ schema: algorithmParams })];
    return mask === "1.2.840.113549.1.1.8" && saltLength === DIGESTS[hashAlgorithm.algorithmId] && trailerField === 1 &&
      digests.every(({ algorithmId, algorithmParams }) =>
        algorithmId === hashAlgorithm.algorithmId && (!algorithmParams || algorithmParams instanceof Null)
      );
  } catch {
    return false; // not these parameters
  }
}
