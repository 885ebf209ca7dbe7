/**
 * Public keys (SubjectPublicKeyInfo, RFC 5280, 4.1.2.7) as Go's crypto/x509 reads them.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go
 * @module
 */
import { checkPoint, type CurveName, curveOf } from "./curves.ts";
import { DerReader, latin1, Malformed, TAG } from "./der.ts";

/** What kind of key it is, and what of it says how strong it is. */
export type PublicKeyKind =
  | { readonly type: "RSA"; readonly bits: number; readonly exponent: bigint; readonly odd: boolean }
  | { readonly type: "ECDSA"; readonly curve: CurveName }
  | { readonly type: "Ed25519" | "X25519" | "DSA" }
  /** An algorithm that Go does not know: the certificate can be read, but not used to verify anything. */
  | { readonly type: "unknown"; readonly oid: string };

/** An AlgorithmIdentifier. `parameters` is the whole element; empty when there is none. */
export interface Algorithm {
  readonly oid: string;
  readonly parameters: Uint8Array<ArrayBuffer>;
}

const NO_PARAMETERS = new Uint8Array();

/** Reads the content of an AlgorithmIdentifier. @throws {Malformed} */
export function readAlgorithm(der: Uint8Array<ArrayBuffer>, what: string): Algorithm {
  const reader = new DerReader(der);
  const oid = reader.objectIdentifier(what);
  return { oid, parameters: reader.done ? NO_PARAMETERS : reader.any(what).whole };
}

/** Reads a SubjectPublicKeyInfo. @throws {Malformed} when Go would not read the certificate that it is in. */
export function readPublicKey(spki: Uint8Array<ArrayBuffer>): PublicKeyKind {
  const reader = new DerReader(spki).within(TAG.sequence, "public key");
  const algorithm = readAlgorithm(reader.element(TAG.sequence, "public key algorithm").content, "public key algorithm");
  const { bytes, length } = reader.bits("public key");
  const data = length % 8 === 0 ? bytes : rightAligned(bytes, length);
  const { oid, parameters } = algorithm;
  switch (oid) {
    case "1.2.840.113549.1.1.1":
      return readRsa(data, parameters);
    case "1.2.840.10045.2.1": {
      const curve = curveOf(new DerReader(parameters).objectIdentifier("elliptic curve"));
      if (!curve) throw new Malformed("its elliptic curve is unsupported");
      checkPoint(curve, data);
      return { type: "ECDSA", curve };
    }
    case "1.3.101.112":
    case "1.3.101.110": {
      const type = oid === "1.3.101.112" ? "Ed25519" : "X25519";
      if (parameters.length > 0 || data.length !== 32) throw new Malformed(`invalid ${type} public key`);
      return { type };
    }
    case "1.2.840.10040.4.1": {
      const numbers = new DerReader(parameters).within(TAG.sequence, "DSA parameters");
      const values = [new DerReader(data).integer("DSA public key"), ...["p", "q", "g"].map((n) => numbers.integer(n))];
      if (values.some((value) => value <= 0n)) throw new Malformed("invalid DSA public key");
      return { type: "DSA" };
    }
    default:
      return { type: "unknown", oid };
  }
}

function readRsa(data: Uint8Array<ArrayBuffer>, parameters: Uint8Array): PublicKeyKind {
  if (latin1(parameters) !== "\x05\0") throw new Malformed("RSA public key without NULL parameters");
  const numbers = new DerReader(data).within(TAG.sequence, "RSA public key");
  const [modulus, exponent] = [numbers.integer("RSA modulus"), numbers.integer("RSA public exponent")];
  if (modulus <= 0n) throw new Malformed("RSA modulus is not positive");
  if (exponent <= 0n || exponent >= 1n << 63n) throw new Malformed("RSA public exponent is out of range");
  return { type: "RSA", bits: modulus.toString(2).length, exponent, odd: (modulus & 1n) === 1n };
}

/** The bits moved so that the last one ends an octet, as Go's `BitString.RightAlign` does. */
function rightAligned(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const shift = 8 - length % 8;
  return new Uint8Array(bytes.map((byte, i) => byte >> shift | (bytes[i - 1] ?? 0) << (8 - shift) & 0xff));
}

/** How a person calls the key: `RSA-2048`, `ECDSA P-521`, `Ed25519`. */
export function keyName(key: PublicKeyKind): string {
  if (key.type === "RSA") return `RSA-${key.bits}`;
  return key.type === "ECDSA" ? `ECDSA ${key.curve}` : key.type === "unknown" ? key.oid : key.type;
}
