/**
 * ECDSA on the curves that WebCrypto lacks: P-224 in every Deno, P-521 in 2.6. kubewright does not generate such keys, but a
 * user's own authority may have one. Loads @noble/curves: import this where such a key is used.
 * @module
 */
import { type ECDSA, ecdsa, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { p521 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CURVES } from "./curves.ts";
import type { CurveKey } from "./keys.ts";

/** Parameters from SP 800-186, 3.2.1.2. */
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

/** The uncompressed point of a private number. @throws {Error} when the number is invalid on the curve. */
export function pointOf(name: Name, secret: Uint8Array): Uint8Array {
  return curveNamed(name).getPublicKey(secret, false);
}

/** Whether the key with this uncompressed point created the DER signature of a digest. */
export function verifyOnCurve(name: Name, point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  return curveNamed(name).verify(signature, digest, point, { prehash: false, lowS: false, format: "der" });
}

/** Signs a digest, in DER. */
export function signOnCurve({ algorithm: { namedCurve }, secret }: CurveKey, digest: Uint8Array): ArrayBuffer {
  if (!secret) throw new RangeError("a public key cannot sign");
  return curveNamed(namedCurve).sign(digest, secret, { prehash: false, lowS: false, format: "der" }).slice().buffer;
}
