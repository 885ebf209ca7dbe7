/** Keys as PEM text, in the forms that Go's tools read and write: PKCS#1, SEC1, PKCS#8, PKIX. @module */
import { InvalidInput } from "../errors.ts";
import { type CurveName, curveOf, CURVES } from "./curves.ts";
import { DerReader, Malformed, TAG } from "./der.ts";
import { bitString, concat, integer, nothing, objectIdentifier, octetString, sequence, tagged } from "./der_write.ts";
import { type AnyKey, type CurveKey, isCryptoKey, type KeyPair, keyPairOf, publicKeyDer } from "./keys.ts";
import { decodePem, encodePem, type PemBlock, pemTrouble } from "./pem.ts";
import { keyName, type PublicKeyKind, readPublicKey } from "./public_key.ts";
import { SHORTEST_RSA } from "./signature.ts";

const RSA = "1.2.840.113549.1.1.1";
const ELLIPTIC_CURVE = "1.2.840.10045.2.1";

type Bytes = Uint8Array<ArrayBuffer>;

/** PEM of the private key: `RSA PRIVATE KEY` (PKCS#1, RFC 8017) or `EC PRIVATE KEY` (SEC1, RFC 5915). A secret. */
export async function privateKeyPem({ privateKey, publicKey }: KeyPair): Promise<string> {
  const { namedCurve } = privateKey.algorithm as EcKeyAlgorithm;
  if (namedCurve === undefined) {
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey as CryptoKey));
    return encodePem("RSA PRIVATE KEY", keyWithin(pkcs8).key);
  }
  const curve = namedCurve as CurveName;
  const secret = await secretOf(privateKey);
  const point = pointWithin(await publicKeyDer(publicKey));
  // Inside PKCS#8 the curve stands beside the key; alone, the key has to name it itself, as [0] before the public key.
  const parts = [
    integer(1n),
    octetString(secret),
    tagged(0, objectIdentifier(CURVES[curve].oid)),
    tagged(1, bitString(point)),
  ];
  return encodePem("EC PRIVATE KEY", sequence(...parts));
}

/** The private number of a key of an elliptic curve. */
async function secretOf(key: AnyKey): Promise<Bytes> {
  if (!isCryptoKey(key)) return key.secret!;
  const sec1 = new DerReader(keyWithin(new Uint8Array(await crypto.subtle.exportKey("pkcs8", key))).key)
    .within(TAG.sequence, "private key");
  sec1.integer("private key");
  return sec1.element(TAG.octetString, "private key").content;
}

/** PEM of a public key, `PUBLIC KEY` (SubjectPublicKeyInfo). */
export async function publicKeyPem(key: AnyKey): Promise<string> {
  return encodePem("PUBLIC KEY", await publicKeyDer(key));
}

const isKeyLabel = (label: string) => label.endsWith("PRIVATE KEY");

/**
 * The key pair of the first private key in a PEM text: PKCS#1, SEC1 or PKCS#8, RSA or ECDSA, as kubeadm takes them.
 * @throws {InvalidInput} when there is none, or it is encrypted, or of another kind. Never shows the text.
 */
export async function parsePrivateKey(pem: string): Promise<KeyPair> {
  const block = decodePem(pem).find(({ label }) => isKeyLabel(label));
  if (!block) {
    const trouble = pemTrouble(pem, isKeyLabel);
    const why = trouble === undefined ? "" : ` (${trouble})`;
    throw new InvalidInput(`Cannot read private key: there is no PEM block PRIVATE KEY${why}`);
  }
  if (block.headers || block.label === "ENCRYPTED PRIVATE KEY") {
    throw new InvalidInput("Cannot read private key: it is encrypted, and Kubernetes components read plain keys only");
  }
  try {
    return await readPrivateKey(block);
  } catch (cause) {
    if (cause instanceof InvalidInput) throw cause;
    const detail = cause instanceof Malformed ? ` (${cause.message})` : "";
    throw new InvalidInput(`Cannot read private key: its ${block.label} block is damaged${detail}`, [], { cause });
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
      throw new InvalidInput(`Cannot read private key: "${label}" is not a supported form`);
  }
}

const unsupported = (what: string) =>
  new InvalidInput(`Cannot read key: algorithm ${what} is not supported; RSA and ECDSA are`);

/** PKCS#8 (RFC 5208) taken apart. */
function keyWithin(pkcs8: Bytes): { oid: string; curve: string | undefined; key: Bytes } {
  const fields = new DerReader(pkcs8).within(TAG.sequence, "private key");
  fields.integer("version");
  const algorithm = fields.within(TAG.sequence, "algorithm");
  const oid = algorithm.objectIdentifier("algorithm");
  const curve = algorithm.next(TAG.objectIdentifier) ? algorithm.objectIdentifier("curve") : undefined;
  return { oid, curve, key: fields.element(TAG.octetString, "private key").content };
}

/** @throws {InvalidInput} for a key that Go refuses as too short. @throws {Malformed} when its numbers do not belong together. */
async function rsaPair(pkcs1: Bytes): Promise<KeyPair> {
  const outer = new DerReader(pkcs1);
  const fields = outer.within(TAG.sequence, "private key");
  const version = fields.integer("version");
  const names = [
    "modulus",
    "public exponent",
    "private exponent",
    "prime",
    "prime",
    "exponent",
    "exponent",
    "coefficient",
  ];
  const numbers = names.map((name) => fields.integer(name));
  const bits = numbers[0]!.toString(2).length;
  if (!outer.done) throw new Malformed("bytes follow its end");
  if (version !== 0n || !belongTogether(numbers)) throw new Malformed("its numbers do not belong together");
  if (bits < SHORTEST_RSA) {
    throw new InvalidInput(
      `Cannot read private key: an RSA key of ${bits} bits, which Kubernetes components refuse; ${SHORTEST_RSA} is the least`,
    );
  }
  const pkcs8 = sequence(integer(0n), sequence(objectIdentifier(RSA), nothing()), octetString(pkcs1));
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return await keyPairOf(await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]));
}

/** What Go checks of an RSA key (RFC 8017, 3.2). Private numbers are computed with: not constant in time, but only here. */
function belongTogether(numbers: readonly bigint[]): boolean {
  const [n, e, d, p, q, dp, dq, qinv] = numbers as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  if (numbers.some((number) => number <= 0n) || p <= 1n || q <= 1n || n !== p * q) return false;
  if (e < 2n || e % 2n === 0n || e >= 1n << 31n) return false;
  return [p, q].every((prime) => d * e % (prime - 1n) === 1n) &&
    dp === d % (p - 1n) && dq === d % (q - 1n) && qinv < p && qinv * q % p === 1n;
}

/** SEC1 (RFC 5915). `outside`: the curve that PKCS#8 names, which counts before the key's own. */
async function curvePair(sec1: Bytes, outside?: string): Promise<KeyPair> {
  const fields = new DerReader(sec1).within(TAG.sequence, "private key");
  if (fields.integer("version") !== 1n) throw new Malformed("its version is unknown");
  const { content } = fields.element(TAG.octetString, "private key");
  const [named, point] = [0, 1].map((n) => {
    if (!fields.done) fields.peek("private key"); // which Go reads before it sees that it is another
    return fields.optional(TAG.context(n, true), "private key");
  });
  if (point) new DerReader(point).bits("public key");
  if (outside === undefined && named === undefined) {
    throw new InvalidInput("Cannot read private key: it does not name its curve");
  }
  const oid = outside ?? new DerReader(named!).objectIdentifier("curve");
  const curve = curveOf(oid);
  if (!curve) throw unsupported(`${ELLIPTIC_CURVE} with ${oid}`);
  const secret = sized(content, CURVES[curve].octets);
  if (curve === "P-224" || curve === "P-521") return await softwarePair(curve, secret);
  const inner = sequence(integer(1n), octetString(secret));
  const algorithm = sequence(objectIdentifier(ELLIPTIC_CURVE), objectIdentifier(oid));
  const pkcs8 = sequence(integer(0n), algorithm, octetString(inner));
  return await keyPairOf(
    await crypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: curve }, true, ["sign"]),
  );
}

/** So many octets: older tools leave leading zeros away, or add some, and Go takes both. */
function sized(secret: Bytes, octets: number): Bytes {
  const extra = Math.max(0, secret.length - octets);
  if (secret.subarray(0, extra).some((octet) => octet !== 0)) throw new Malformed("its private number is too long");
  return concat(new Uint8Array(Math.max(0, octets - secret.length)), secret.subarray(extra));
}

async function softwarePair(namedCurve: CurveKey["algorithm"]["namedCurve"], secret: Bytes): Promise<KeyPair> {
  const { pointOf } = await import("./software_curves.ts");
  const identifier = sequence(objectIdentifier(ELLIPTIC_CURVE), objectIdentifier(CURVES[namedCurve].oid));
  const spki = sequence(identifier, bitString(pointOf(namedCurve, secret)));
  const algorithm = { name: "ECDSA", namedCurve } as const;
  return { privateKey: { algorithm, spki, secret }, publicKey: { algorithm, spki } };
}

/**
 * All public keys (`PUBLIC KEY`) in a PEM text, such as `sa.pub`, which may list former keys too; other blocks are skipped.
 * @throws {InvalidInput} when one cannot be read.
 */
export async function parsePublicKeys(pem: string): Promise<AnyKey[]> {
  const blocks = decodePem(pem).filter(({ label }) => label === "PUBLIC KEY");
  return await Promise.all(blocks.map(async ({ der }) => {
    let kind: PublicKeyKind;
    try {
      kind = readPublicKey(der);
      if (kind.type === "RSA" || kind.type === "ECDSA") return await importPublicKey(kind, der);
    } catch (cause) {
      throw new InvalidInput("Cannot read public key: its PUBLIC KEY block is damaged", [], { cause });
    }
    throw unsupported(keyName(kind));
  }));
}

async function importPublicKey(kind: PublicKeyKind & { type: "RSA" | "ECDSA" }, spki: Bytes): Promise<AnyKey> {
  if (kind.type === "RSA") {
    return await crypto.subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, [
      "verify",
    ]);
  }
  const { curve } = kind;
  if (curve === "P-224" || curve === "P-521") return { algorithm: { name: "ECDSA", namedCurve: curve }, spki };
  return await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: curve }, true, ["verify"]);
}

/** The point of an elliptic curve's SubjectPublicKeyInfo. */
function pointWithin(spki: Bytes): Bytes {
  const fields = new DerReader(spki).within(TAG.sequence, "public key");
  fields.any("public key");
  return fields.bits("public key").bytes;
}
