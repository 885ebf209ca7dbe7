/**
 * Reads public keys (SubjectPublicKeyInfo, RFC 5280, 4.1.2.7) with pkijs, and rejects what Go's crypto/x509 rejects.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go
 * @module
 */
import { type AsnType, Null, ObjectIdentifier } from "asn1js";
import { PublicKeyInfo } from "pkijs";
import { bitsOf, elementsOf, integerOf, Malformed, parseDer } from "./asn1.ts";
import { curveOf, isPoint } from "./curves.ts";
import type { PublicKeyKind } from "./keys.ts";

export const RSA = "1.2.840.113549.1.1.1";
export const ELLIPTIC_CURVE = "1.2.840.10045.2.1";

/** By object identifier; their keys have 32 octets. */
const EDWARDS: Readonly<Record<string, "Ed25519" | "X25519">> = { "1.3.101.112": "Ed25519", "1.3.101.110": "X25519" };
const DSA = "1.2.840.10040.4.1";

/** Reads a SubjectPublicKeyInfo. @throws {Malformed} when Go would reject a certificate with it. */
export function readPublicKey(spki: AsnType): PublicKeyKind {
  const { algorithm, subjectPublicKey } = new PublicKeyInfo({ schema: spki });
  const { algorithmId: oid, algorithmParams: parameters } = algorithm;
  const data = bitsOf(subjectPublicKey, "public key");
  if (oid === RSA) {
    if (!(parameters instanceof Null)) throw new Malformed("RSA public key without NULL parameters");
    return readRsa(data);
  }
  if (oid === ELLIPTIC_CURVE) {
    const curve = parameters instanceof ObjectIdentifier ? curveOf(parameters.getValue()) : undefined;
    if (!curve) throw new Malformed("unsupported elliptic curve");
    if (!isPoint(curve, data)) throw new Malformed("invalid ECDSA public key");
    return { type: "ECDSA", curve };
  }
  const type = EDWARDS[oid];
  if (type && (parameters || data.length !== 32)) throw new Malformed(`invalid ${type} public key`);
  if (oid === DSA) {
    const numbers = [parseDer(data, "DSA public key"), ...elementsOf(parameters, "DSA parameters").slice(0, 3)];
    if (numbers.length < 4 || numbers.some((number) => integerOf(number, "DSA public key") <= 0n)) {
      throw new Malformed("invalid DSA public key");
    }
    return { type: "DSA" };
  }
  return type ? { type } : { type: "unknown", oid };
}

function readRsa(data: Uint8Array): PublicKeyKind {
  const [first, second] = elementsOf(parseDer(data, "RSA public key"), "RSA public key");
  const [modulus, exponent] = [integerOf(first, "RSA modulus"), integerOf(second, "RSA public exponent")];
  if (modulus <= 0n) throw new Malformed("RSA modulus is not positive");
  if (exponent <= 0n || exponent >= 1n << 63n) throw new Malformed("RSA public exponent is out of range");
  return { type: "RSA", bits: modulus.toString(2).length, exponent, odd: (modulus & 1n) === 1n };
}
