/**
 * Files of public keys, such as `sa.pub`, as the API server reads them. Loads pkijs.
 * @see https://github.com/kubernetes/client-go/blob/v0.37.2/util/keyutil/key.go (ParsePublicKeysPEM)
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { type Bytes, parseDer } from "./asn1.ts";
import { parseCertificate } from "./certificate.ts";
import { keyPairIn } from "./key_pem.ts";
import { publicKeyDer } from "./keys.ts";
import { decodePem, pemTrouble } from "./pem.ts";
import { readPublicKey } from "./public_key.ts";

/**
 * All RSA and ECDSA keys in a PEM text, as DER of their SubjectPublicKeyInfo. Labels of blocks are ignored: public keys,
 * certificates and private keys each contain one; other blocks are skipped.
 * @throws {InvalidInput} when there is none.
 */
export async function parsePublicKeys(pem: string): Promise<Bytes[]> {
  const blocks = decodePem(pem);
  const keys = (await Promise.all(blocks.map(({ der }) => publicKeyIn(der)))).filter((key) => key !== undefined);
  if (keys.length > 0) return keys;
  const why = pemTrouble(pem, () => true) ?? (blocks.length === 0 ? "no PEM block found" : undefined);
  throw new InvalidInput(
    `Cannot read public keys: no RSA or ECDSA key found${why === undefined ? "" : ` (${why})`}`,
  );
}

async function publicKeyIn(der: Bytes): Promise<Bytes | undefined> {
  const forms = [
    () => supported(der),
    () => supported(parseCertificate(der).publicKeyDer),
    async () => await publicKeyDer((await keyPairIn(der)).publicKey),
  ];
  for (const read of forms) {
    try {
      return await read();
    } catch {
      continue; // another format
    }
  }
  return undefined;
}

/** The same bytes, if they are a key that the API server supports. */
function supported(spki: Bytes): Bytes {
  const { type } = readPublicKey(parseDer(spki, "public key"));
  if (type === "RSA" || type === "ECDSA") return spki;
  throw new InvalidInput(`Cannot verify tokens: unsupported key type ${type}`);
}
