/** Keys as PEM text, in the forms that Go's tools write: PKCS#1, SEC1, PKIX. Loads asn1js (about 30 ms). @module */
import { Constructed, fromBER, Integer, Null, ObjectIdentifier, OctetString, Sequence } from "asn1js";
import { InvalidInput } from "../errors.ts";
import { type KeyPair, keyPairOf, publicKeyDer } from "./keys.ts";
import { decodePem, encodePem, type PemBlock } from "./pem.ts";

const RSA = "1.2.840.113549.1.1.1";
const ELLIPTIC_CURVE = "1.2.840.10045.2.1";

/** Object identifiers of the curves that are supported, to WebCrypto's names. */
const CURVES: Readonly<Record<string, string>> = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };

/** Makes PKCS#8 (RFC 5208) of each form of a private key. */
const PKCS8_OF: Readonly<Record<string, (der: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>>> = {
  "PRIVATE KEY": (der) => der,
  "RSA PRIVATE KEY": (der) => pkcs8(RSA, new Null(), der),
  "EC PRIVATE KEY": (der) => pkcs8(ELLIPTIC_CURVE, curveOfSec1(der), der),
};

/** PEM of the private key: `RSA PRIVATE KEY` (PKCS#1, RFC 8017) or `EC PRIVATE KEY` (SEC1, RFC 5915). A secret. */
export async function privateKeyPem({ privateKey }: KeyPair): Promise<string> {
  const [, algorithm, key] = elementsOf(new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)));
  const inner = (key as OctetString).valueBlock.valueHexView.slice();
  if (privateKey.algorithm.name !== "ECDSA") return encodePem("RSA PRIVATE KEY", inner);
  // Inside PKCS#8 the curve stands beside the key; alone, the key has to name it itself, as [0] before the public key.
  const [version, secret, ...rest] = elementsOf(inner);
  const curve = tagged(0, (algorithm as Sequence).valueBlock.value[1]!);
  const publicPart = rest.filter((element) => element.idBlock.tagNumber === 1);
  const sec1 = new Sequence({ value: [version!, secret!, curve, ...publicPart] });
  return encodePem("EC PRIVATE KEY", new Uint8Array(sec1.toBER()));
}

/** PEM of a public key, `PUBLIC KEY` (SubjectPublicKeyInfo). */
export async function publicKeyPem(key: CryptoKey): Promise<string> {
  return encodePem("PUBLIC KEY", await publicKeyDer(key));
}

/**
 * The key pair of the first private key in a PEM text: PKCS#1, SEC1 or PKCS#8, RSA or ECDSA on P-256 or P-384.
 * @throws {InvalidInput} when there is none, or it is encrypted, or of another kind. Never shows the text.
 */
export async function parsePrivateKey(pem: string): Promise<KeyPair> {
  const block = decodePem(pem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (!block) throw new InvalidInput("Cannot read private key: there is no PEM block PRIVATE KEY");
  const convert = PKCS8_OF[block.label];
  if (block.headers || block.label === "ENCRYPTED PRIVATE KEY") {
    throw new InvalidInput("Cannot read private key: it is encrypted, and Kubernetes components read plain keys only");
  }
  if (!convert) throw new InvalidInput(`Cannot read private key: "${block.label}" is not a supported form`);
  return await importPrivateKey(block, convert);
}

async function importPrivateKey(block: PemBlock, convert: (typeof PKCS8_OF)[string]): Promise<KeyPair> {
  try {
    const der = convert(block.der);
    const algorithm = algorithmOf(elementsOf(der)[1] as Sequence);
    return await keyPairOf(await crypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]));
  } catch (cause) {
    if (cause instanceof InvalidInput) throw cause;
    throw new InvalidInput(`Cannot read private key: its ${block.label} block is damaged`, [], { cause });
  }
}

/**
 * All public keys (`PUBLIC KEY`) in a PEM text, such as `sa.pub`, which may list former keys too; other blocks are skipped.
 * @throws {InvalidInput} when one cannot be read.
 */
export async function parsePublicKeys(pem: string): Promise<CryptoKey[]> {
  const blocks = decodePem(pem).filter(({ label }) => label === "PUBLIC KEY");
  return await Promise.all(blocks.map(async ({ der }) => {
    try {
      const algorithm = algorithmOf(elementsOf(der)[0] as Sequence);
      return await crypto.subtle.importKey("spki", der, algorithm, true, ["verify"]);
    } catch (cause) {
      if (cause instanceof InvalidInput) throw cause;
      throw new InvalidInput("Cannot read public key: its PUBLIC KEY block is damaged", [], { cause });
    }
  }));
}

/** How WebCrypto names the algorithm of an AlgorithmIdentifier. */
function algorithmOf(identifier: Sequence): RsaHashedImportParams | EcKeyImportParams {
  const [algorithm, parameters] = identifier.valueBlock.value.map((element) =>
    element instanceof ObjectIdentifier ? element.getValue() : ""
  );
  if (algorithm === RSA) return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const namedCurve = algorithm === ELLIPTIC_CURVE ? CURVES[parameters ?? ""] : undefined;
  if (namedCurve) return { name: "ECDSA", namedCurve };
  throw new InvalidInput(
    `Cannot read key: algorithm ${algorithm}${parameters ? ` with ${parameters}` : ""} is not supported; ` +
      "RSA and ECDSA on P-256 and P-384 are",
  );
}

function pkcs8(algorithm: string, parameters: Null | ObjectIdentifier, key: Uint8Array<ArrayBuffer>) {
  const identifier = new Sequence({ value: [new ObjectIdentifier({ value: algorithm }), parameters] });
  const value = [new Integer({ value: 0 }), identifier, new OctetString({ valueHex: key })];
  return new Uint8Array(new Sequence({ value }).toBER());
}

function curveOfSec1(der: Uint8Array<ArrayBuffer>): ObjectIdentifier {
  const parameters = elementsOf(der).find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0);
  const curve = (parameters as Constructed | undefined)?.valueBlock.value[0];
  if (curve instanceof ObjectIdentifier) return curve;
  throw new InvalidInput("Cannot read private key: it does not name its curve");
}

/** An explicit context-specific tag. */
function tagged(tagNumber: number, ...value: Constructed["valueBlock"]["value"]): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value });
}

/** The elements of a DER SEQUENCE. @throws {TypeError} when it is none. */
function elementsOf(der: Uint8Array<ArrayBuffer>): Sequence["valueBlock"]["value"] {
  const { result } = fromBER(der);
  if (!(result instanceof Sequence)) throw new TypeError("not a SEQUENCE");
  return result.valueBlock.value;
}
