/**
 * Keys as PEM text in the formats of Go's tools: PKCS#1, SEC1, PKCS#8, PKIX. Uses asn1js, because the private key classes of
 * pkijs support fewer curves and change numbers. Loads pkijs.
 * @module
 */
import { type AsnType, BitString, Constructed, Integer, Null, ObjectIdentifier, OctetString, Sequence } from "asn1js";
import { AlgorithmIdentifier, PublicKeyInfo } from "pkijs";
import { InvalidInput } from "../errors.ts";
import { type CurveName, curveOf, CURVES } from "./curves.ts";
import { type Bytes, elementsOf, explicit, integerOf, Malformed, octetsOf, parseDer } from "./asn1.ts";
import { type AnyKey, type CurveKey, isCryptoKey, type KeyPair, keyPairOf, publicKeyDer } from "./keys.ts";
import { decodePem, encodePem, type PemBlock, pemTrouble } from "./pem.ts";
import { ELLIPTIC_CURVE, RSA } from "./public_key.ts";
import { SHORTEST_RSA } from "./signature.ts";

/** PEM of the private key: `RSA PRIVATE KEY` (PKCS#1, RFC 8017) or `EC PRIVATE KEY` (SEC1, RFC 5915). A secret. */
export async function privateKeyPem({ privateKey, publicKey }: KeyPair): Promise<string> {
  const { namedCurve } = privateKey.algorithm as EcKeyAlgorithm;
  if (namedCurve === undefined) {
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey as CryptoKey));
    return encodePem("RSA PRIVATE KEY", keyWithin(pkcs8).key);
  }
  const { oid } = CURVES[namedCurve as CurveName];
  const { subjectPublicKey } = new PublicKeyInfo({ schema: parseDer(await publicKeyDer(publicKey), "public key") });
  // In PKCS#8 the curve is next to the key; SEC1 alone must contain it, as [0] before the public key.
  const value = [
    new Integer({ value: 1 }),
    new OctetString({ valueHex: await secretOf(privateKey) }),
    tagged(0, new ObjectIdentifier({ value: oid })),
    tagged(1, subjectPublicKey),
  ];
  return encodePem("EC PRIVATE KEY", new Uint8Array(new Sequence({ value }).toBER()));
}

/** The private number of a key of an elliptic curve. */
async function secretOf(key: AnyKey): Promise<Bytes> {
  if (!isCryptoKey(key)) return key.secret!;
  const { key: sec1 } = keyWithin(new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
  return octetsOf(elementsOf(parseDer(sec1, "private key"), "private key")[1], "private key");
}

/** An explicit context-specific tag. */
function tagged(tagNumber: number, inner: AsnType): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [inner] });
}

/** PEM of a public key, `PUBLIC KEY` (SubjectPublicKeyInfo). */
export async function publicKeyPem(key: AnyKey): Promise<string> {
  return encodePem("PUBLIC KEY", await publicKeyDer(key));
}

const isKeyLabel = (label: string) => label.endsWith("PRIVATE KEY");

/**
 * The key pair of the first private key in a PEM text: PKCS#1, SEC1 or PKCS#8, RSA or ECDSA, as in kubeadm.
 * @throws {InvalidInput} when there is none, or it is encrypted, damaged or of another kind. Never shows the text.
 */
export async function parsePrivateKey(pem: string): Promise<KeyPair> {
  const block = decodePem(pem).find(({ label }) => isKeyLabel(label));
  if (!block) {
    const trouble = pemTrouble(pem, isKeyLabel);
    const why = trouble === undefined ? "" : ` (${trouble})`;
    throw new InvalidInput(`Cannot read private key: no PEM block "PRIVATE KEY" found${why}`);
  }
  if (block.headers || block.label === "ENCRYPTED PRIVATE KEY") {
    throw new InvalidInput(
      "Cannot read private key: the key is encrypted, and Kubernetes components require unencrypted keys",
    );
  }
  try {
    return await readPrivateKey(block);
  } catch (cause) {
    if (cause instanceof InvalidInput) throw cause;
    const detail = cause instanceof Malformed ? ` (${cause.message})` : "";
    throw new InvalidInput(`Cannot read private key: the PEM block "${block.label}" is damaged${detail}`, [], {
      cause,
    });
  }
}

async function readPrivateKey({ label, der }: PemBlock): Promise<KeyPair> {
  switch (label) {
    case "RSA PRIVATE KEY":
      return await rsaPair(der);
    case "EC PRIVATE KEY":
      return await curvePair(der);
    case "PRIVATE KEY": {
      const { oid, curve, key } = keyWithin(der);
      if (oid === RSA) return await rsaPair(key);
      if (oid === ELLIPTIC_CURVE) return await curvePair(key, curve);
      throw unsupported(oid);
    }
    default:
      throw new InvalidInput(`Cannot read private key: unsupported PEM block "${label}"`);
  }
}

const unsupported = (what: string | undefined) =>
  new InvalidInput(`Cannot read key: unsupported algorithm ${what}; kubewright supports RSA and ECDSA`);

/** The parts of a PKCS#8 key (RFC 5208). */
function keyWithin(pkcs8: Bytes): { oid: string | undefined; curve: string | undefined; key: Bytes } {
  const [version, algorithm, key] = elementsOf(parseDer(pkcs8, "private key", "more may follow"), "private key");
  integerOf(version, "version");
  const [oid, curve] = elementsOf(algorithm, "algorithm").map((element) =>
    element instanceof ObjectIdentifier ? element.getValue() : undefined
  );
  return { oid, curve, key: octetsOf(key, "private key") };
}

/** PKCS#8 of a key, for WebCrypto. */
function pkcs8Of(algorithm: string, parameters: AsnType, key: Bytes): ArrayBuffer {
  const identifier = new Sequence({ value: [new ObjectIdentifier({ value: algorithm }), parameters] });
  return new Sequence({ value: [new Integer({ value: 0 }), identifier, new OctetString({ valueHex: key })] }).toBER();
}

/** @throws {InvalidInput} for a key that Go rejects as too short. @throws {Malformed} when its numbers do not match. */
async function rsaPair(pkcs1: Bytes): Promise<KeyPair> {
  const elements = elementsOf(parseDer(pkcs1, "private key"), "private key").slice(0, 9);
  if (elements.length < 9) throw new Malformed("malformed private key");
  const [version, ...numbers] = elements.map((element) => integerOf(element, "private key"));
  const bits = numbers[0]!.toString(2).length;
  if (version !== 0n || !numbersMatch(numbers)) throw new Malformed("its numbers do not match");
  if (bits < SHORTEST_RSA) {
    throw new InvalidInput(
      `Cannot read private key: RSA key of ${bits} bits; Kubernetes components require ${SHORTEST_RSA} or more`,
    );
  }
  const pkcs8 = pkcs8Of(RSA, new Null(), pkcs1);
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return await keyPairOf(await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]));
}

/** Checks an RSA key like Go (RFC 8017, 3.2). The computation with private numbers is not constant in time. */
function numbersMatch(numbers: readonly bigint[]): boolean {
  const [n, e, d, p, q, dp, dq, qinv] = numbers as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  if (numbers.some((number) => number <= 0n) || p <= 1n || q <= 1n || n !== p * q) return false;
  if (e < 2n || e % 2n === 0n || e >= 1n << 31n) return false;
  return [p, q].every((prime) => d * e % (prime - 1n) === 1n) &&
    dp === d % (p - 1n) && dq === d % (q - 1n) && qinv < p && qinv * q % p === 1n;
}

/** Reads SEC1 (RFC 5915). `outside`: the curve in PKCS#8, which takes precedence over the one in the key. */
async function curvePair(sec1: Bytes, outside?: string): Promise<KeyPair> {
  const [version, key, ...tags] = elementsOf(parseDer(sec1, "private key", "more may follow"), "private key");
  if (integerOf(version, "version") !== 1n) throw new Malformed("unknown version");
  const secretOctets = octetsOf(key, "private key");
  const named = explicit(tags[0], 0, "curve");
  const point = explicit(tags[named ? 1 : 0], 1, "public key");
  if (point && !(point instanceof BitString)) throw new Malformed("malformed public key");
  const oid = outside ?? (named instanceof ObjectIdentifier ? named.getValue() : undefined);
  if (oid === undefined) throw new InvalidInput("Cannot read private key: missing elliptic curve");
  const curve = curveOf(oid);
  if (!curve) throw unsupported(`${ELLIPTIC_CURVE} with ${oid}`);
  const secret = sized(secretOctets, CURVES[curve].octets);
  if (curve === "P-224" || curve === "P-521") return await softwarePair(curve, secret);
  const inner = new Sequence({ value: [new Integer({ value: 1 }), new OctetString({ valueHex: secret })] });
  const pkcs8 = pkcs8Of(ELLIPTIC_CURVE, new ObjectIdentifier({ value: oid }), new Uint8Array(inner.toBER()));
  return await keyPairOf(
    await crypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: curve }, true, ["sign"]),
  );
}

/** The number in exactly this many octets: older tools drop or add leading zeros, and Go accepts both. */
function sized(secret: Bytes, octets: number): Bytes {
  const extra = Math.max(0, secret.length - octets);
  if (secret.subarray(0, extra).some((octet) => octet !== 0)) throw new Malformed("private number too long");
  const exact = new Uint8Array(octets);
  exact.set(secret.subarray(extra), Math.max(0, octets - secret.length));
  return exact;
}

async function softwarePair(namedCurve: CurveKey["algorithm"]["namedCurve"], secret: Bytes): Promise<KeyPair> {
  const { pointOf } = await import("./software_curves.ts");
  const algorithmParams = new ObjectIdentifier({ value: CURVES[namedCurve].oid });
  const info = new PublicKeyInfo({
    algorithm: new AlgorithmIdentifier({ algorithmId: ELLIPTIC_CURVE, algorithmParams }),
    subjectPublicKey: new BitString({ valueHex: pointOf(namedCurve, secret) }),
  });
  const spki = new Uint8Array(info.toSchema().toBER());
  const algorithm = { name: "ECDSA", namedCurve } as const;
  return { privateKey: { algorithm, spki, secret }, publicKey: { algorithm, spki } };
}

/**
 * The key pair of a private key in DER, without regard to the label of its PEM block, in the formats that client-go tries
 * for a file of public keys: PKCS#1, PKCS#8 of RSA, SEC1.
 * @throws when the bytes are not such a key.
 */
export async function keyPairIn(der: Bytes): Promise<KeyPair> {
  const forms = [
    () => rsaPair(der),
    () => {
      const { oid, key } = keyWithin(der);
      if (oid !== RSA) throw unsupported(oid);
      return rsaPair(key);
    },
    () => curvePair(der),
  ];
  return await Promise.any(forms.map(async (read) => await read()));
}
