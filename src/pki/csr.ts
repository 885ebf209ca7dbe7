/**
 * Certificate signing requests (PKCS#10, RFC 2986), for an authority whose key is not on this host. Loads pkijs, like
 * `certificate.ts`.
 * @module
 */
import { BitString, Constructed, Integer, Sequence } from "asn1js";
import { Attribute, Extensions } from "pkijs";
import { InvalidInput } from "../errors.ts";
import { elementsOf, Malformed, parseDer } from "./asn1.ts";
import { alternativeNamesExtension, type LeafSubject, nameOf, usageExtensions } from "./issue.ts";
import { type AnyKey, type KeyPair, publicKeyDer, sameBytes } from "./keys.ts";
import { decodePem, encodePem } from "./pem.ts";
import { signerOf } from "./signing.ts";

const LABEL = "CERTIFICATE REQUEST";

/** The attribute with the requested extensions (RFC 2985, 5.4.2). */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/**
 * PEM of a request, signed by its own key. In addition to the names, which kubeadm requests, it requests the usages: an
 * authority that copies extensions then issues the same certificate as `issueLeaf`.
 * @throws {InvalidInput} when the common name is empty.
 */
export async function certificateRequestPem(want: LeafSubject, keys: KeyPair): Promise<string> {
  const info = await requestInfo(want, keys.publicKey);
  const { algorithm, sign } = await signerOf(keys.privateKey);
  const value = [info, algorithm.toSchema(), new BitString({ valueHex: await sign(info.toBER()) })];
  return encodePem(LABEL, new Uint8Array(new Sequence({ value }).toBER()));
}

/** CertificationRequestInfo: the signed part. */
async function requestInfo(want: LeafSubject, publicKey: AnyKey): Promise<Sequence> {
  const names = alternativeNamesExtension(want);
  const extensions = [...usageExtensions(want, publicKey), ...names ? [names] : []];
  const attribute = new Attribute({
    type: EXTENSION_REQUEST,
    values: [new Extensions({ extensions }).toSchema()],
  });
  return new Sequence({
    value: [
      new Integer({ value: 0 }),
      nameOf(want.commonName, want.organizations).toSchema(),
      parseDer(await publicKeyDer(publicKey), "public key"),
      new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [attribute.toSchema()] }),
    ],
  });
}

/**
 * Whether a request is for this key and exactly these names and usages.
 * @throws {InvalidInput} when the text is not a request.
 */
export async function isRequestFor(pem: string, want: LeafSubject, publicKey: AnyKey): Promise<boolean> {
  const block = decodePem(pem).find(({ label }) => label === LABEL);
  try {
    if (!block) throw new Malformed(`no PEM block "${LABEL}" found`);
    const [info, , signature] = elementsOf(parseDer(block.der, "request"), "request");
    if (!(signature instanceof BitString)) throw new Malformed("malformed request");
    return sameBytes(info!.valueBeforeDecodeView, new Uint8Array((await requestInfo(want, publicKey)).toBER()));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new InvalidInput(`Cannot read certificate request: ${block ? "the request is damaged" : error.message}`);
  }
}
