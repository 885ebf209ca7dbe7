/** Signs certificates and requests with the algorithm that Go chooses for a key. Loads pkijs. @module */
import { Null } from "asn1js";
import { AlgorithmIdentifier, type CryptoEngineSignWithPrivateKeyParams, getCrypto } from "pkijs";
import { type AnyKey, isCryptoKey } from "./keys.ts";

/** How a private key signs. */
export interface Signer {
  readonly algorithm: AlgorithmIdentifier;
  /** The signature of a message, as encoded in a certificate. */
  sign(message: ArrayBuffer): Promise<ArrayBuffer>;
}

/** The digest that matches the strength of a curve; SHA-256 otherwise. */
const DIGESTS: Readonly<Record<string, string>> = { "P-384": "SHA-384", "P-521": "SHA-512" };

/** The signer of a private key. */
export async function signerOf(key: AnyKey): Promise<Signer> {
  const engine = getCrypto(true);
  const digest = DIGESTS[(key.algorithm as EcKeyAlgorithm).namedCurve] ?? "SHA-256";
  if (!isCryptoKey(key)) {
    const algorithmId = engine.getOIDByAlgorithm({ name: "ECDSA", hash: { name: digest } } as Algorithm, true);
    const { signOnCurve } = await import("./software_curves.ts");
    return {
      algorithm: new AlgorithmIdentifier({ algorithmId }),
      sign: async (message) => signOnCurve(key, new Uint8Array(await crypto.subtle.digest(digest, message))),
    };
  }
  const { signatureAlgorithm: algorithm, parameters } = await engine.getSignatureParameters(key, digest);
  // pkijs omits the parameters: RFC 4055 (section 5) requires NULL for RSA, RFC 5758 requires none for ECDSA.
  if (key.algorithm.name !== "ECDSA") algorithm.algorithmParams = new Null();
  const how = parameters as CryptoEngineSignWithPrivateKeyParams;
  return { algorithm, sign: (message) => engine.signWithPrivateKey(message, key, how) };
}
