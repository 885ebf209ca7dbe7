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
 * All RSA and ECDSA keys in a PEM text, as DER of their SubjectPublicKeyInfo. What a block is called does not count: a
 * public key, a certificate and a private key each hold one; blocks that hold none are skipped.
 * @throws {InvalidInput} when there is none.
 */
export async function parsePublicKeys(pem: string): Promise<Bytes[]> {
  const blocks = decodePem(pem);
  const keys = (await Promise.all(blocks.map(({ der }) => publicKeyIn(der)))).filter((key) => key !== undefined);
  if (keys.length > 0) return keys;
  const why = pemTrouble(pem, () => true) ?? (blocks.length === 0 ? "there is no PEM block" : undefined);
  throw new InvalidInput(
    `Cannot read public keys: there is no RSA or ECDSA key${why === undefined ? "" : ` (${why})`}`,
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
      continue; // it is of another form, or none
    }
  }
  return undefined;
}

/** The same bytes, when they are a key that the API server verifies with. */
function supported(spki: Bytes): Bytes {
  const { type } = readPublicKey(parseDer(spki, "public key"));
  if (type === "RSA" || type === "ECDSA") return spki;
  throw new InvalidInput(`Cannot verify tokens with a key of the kind ${type}`);
}
