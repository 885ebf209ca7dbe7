/** The elliptic curves that Go's crypto/x509 reads (SEC 2, FIPS 186-5): y² = x³ - 3x + b over a prime field. @module */

/** As WebCrypto names them. */
export type CurveName = "P-224" | "P-256" | "P-384" | "P-521";

/** A curve: its field, its constant, and the number of octets of a coordinate. */
export interface Curve {
  readonly oid: string;
  readonly p: bigint;
  readonly b: bigint;
  readonly octets: number;
}

export const CURVES: Readonly<Record<CurveName, Curve>> = {
  "P-224": {
    oid: "1.3.132.0.33",
    p: 2n ** 224n - 2n ** 96n + 1n,
    b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
    octets: 28,
  },
  "P-256": {
    oid: "1.2.840.10045.3.1.7",
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    octets: 32,
  },
  "P-384": {
    oid: "1.3.132.0.34",
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    octets: 48,
  },
  "P-521": {
    oid: "1.3.132.0.35",
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    octets: 66,
  },
};

/** The curve of an object identifier; undefined when Go does not support it. */
export function curveOf(oid: string | undefined): CurveName | undefined {
  return (Object.keys(CURVES) as CurveName[]).find((name) => CURVES[name].oid === oid);
}

/** Whether the octets are an uncompressed point of the curve; WebCrypto and pkijs check that only on use. */
export function isPoint(name: CurveName, octets: Uint8Array): boolean {
  const { p, b, octets: size } = CURVES[name];
  if (octets[0] !== 4 || octets.length !== 1 + 2 * size) return false;
  const [x, y] = [octets.subarray(1, 1 + size), octets.subarray(1 + size)].map((n) => BigInt(`0x${n.toHex()}`));
  return x! < p && y! < p && (y! ** 2n - x! ** 3n + 3n * x! - b) % p === 0n;
}
