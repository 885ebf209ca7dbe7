/** Certificate signing requests (PKCS#10, RFC 2986), for an authority whose key is kept elsewhere. @module */
import { InvalidInput } from "../errors.ts";
import { DerReader, Malformed, TAG } from "./der.ts";
import { bitString, integer, objectIdentifier, sequence, set, tagged } from "./der_write.ts";
import { alternativeNamesExtension, type LeafSubject, nameOf, usageExtensions } from "./issue.ts";
import { type AnyKey, type KeyPair, publicKeyDer, sameBytes } from "./keys.ts";
import { decodePem, encodePem } from "./pem.ts";
import { signatureAlgorithmDer, signMessage } from "./signing.ts";

const LABEL = "CERTIFICATE REQUEST";

/** The attribute that holds the wanted extensions (RFC 2985, 5.4.2). */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/**
 * PEM of a request, signed by its own key. Besides the names, which are all that kubeadm asks for, it asks for the
 * usages: an authority that copies extensions then makes the very certificate that `issueLeaf` would.
 * @throws {InvalidInput} when the common name is empty.
 */
export async function certificateRequestPem(want: LeafSubject, keys: KeyPair): Promise<string> {
  const info = await requestInfo(want, keys.publicKey);
  const signature = await signMessage(keys.privateKey, info);
  return encodePem(LABEL, sequence(info, signatureAlgorithmDer(keys.privateKey), bitString(signature)));
}

/** CertificationRequestInfo: what is signed. */
async function requestInfo(want: LeafSubject, publicKey: AnyKey): Promise<Uint8Array<ArrayBuffer>> {
  const names = alternativeNamesExtension(want);
  const extensions = sequence(...usageExtensions(want, publicKey), ...names ? [names] : []);
  return sequence(
    integer(0n),
    nameOf(want.commonName, want.organizations),
    await publicKeyDer(publicKey),
    tagged(0, sequence(objectIdentifier(EXTENSION_REQUEST), set(extensions))),
  );
}

/**
 * Whether a request is of this key and asks for exactly this.
 * @throws {InvalidInput} when the text is not a request.
 */
export async function isRequestFor(pem: string, want: LeafSubject, publicKey: AnyKey): Promise<boolean> {
  const block = decodePem(pem).find(({ label }) => label === LABEL);
  try {
    if (!block) throw new Malformed(`there is no PEM block ${LABEL}`);
    const fields = new DerReader(block.der).within(TAG.sequence, "request");
    const { whole } = fields.element(TAG.sequence, "request");
    fields.element(TAG.sequence, "signature algorithm");
    fields.bits("signature");
    return sameBytes(whole, await requestInfo(want, publicKey));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new InvalidInput(`Cannot read certificate request: ${block ? "it is damaged" : error.message}`);
  }
}
