/**
 * ECDSA on the curves that WebCrypto does not have on every Deno: P-224 on none, P-521 not on 2.6. Keys of these are
 * not made here, but authorities of a person's own may have them. Loads @noble/curves: import it where such a key is at hand.
 * @module
 */
import { type ECDSA, ecdsa, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { p521 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CURVES } from "./curves.ts";
import type { CurveKey } from "./keys.ts";

/** FIPS 186-5 has no more about it than its parameters (SP 800-186, 3.2.1.2). */
const P224 = {
  p: CURVES["P-224"].p,
  b: CURVES["P-224"].b,
  a: CURVES["P-224"].p - 3n,
  n: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
  h: 1n,
  Gx: 0xb70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21n,
  Gy: 0xbd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34n,
};

/** As {@linkcode CurveKey} names them. */
type Name = CurveKey["algorithm"]["namedCurve"];

let p224: ECDSA | undefined;

function curveNamed(name: Name): ECDSA {
  return name === "P-521" ? p521 : p224 ??= ecdsa(weierstrass(P224), sha256);
}

/** The uncompressed point of a private number. @throws {Error} when it is not one of the curve's. */
export function pointOf(name: Name, secret: Uint8Array): Uint8Array {
  return curveNamed(name).getPublicKey(secret, false);
}

/** Whether the signature of a digest, in DER, was made with the key whose uncompressed point this is. */
export function verifyOnCurve(name: Name, point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  return curveNamed(name).verify(signature, digest, point, { prehash: false, lowS: false, format: "der" });
}

/** Signs a digest, in DER. */
export function signOnCurve({ algorithm: { namedCurve }, secret }: CurveKey, digest: Uint8Array): ArrayBuffer {
  if (!secret) throw new RangeError("a public key cannot sign");
  return curveNamed(namedCurve).sign(digest, secret, { prehash: false, lowS: false, format: "der" }).slice().buffer;
}
