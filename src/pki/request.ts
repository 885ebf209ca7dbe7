/**
 * Certificate signing requests (PKCS#10, RFC 2986), for an authority whose key is kept elsewhere. Loads pkijs, as
 * `certificate.ts` does.
 * @module
 */
import { BitString, Constructed, fromBER, Integer, Null, Sequence } from "asn1js";
import { Attribute, type CryptoEngineSignWithPrivateKeyParams, Extensions, getCrypto } from "pkijs";
import { InvalidInput } from "../errors.ts";
import { alternativeNamesExtension, hashFor, type LeafSubject, nameOf, usageExtensions } from "./issue.ts";
import { type KeyPair, publicKeyDer, sameBytes } from "./keys.ts";
import { decodePem, encodePem } from "./pem.ts";

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
  const engine = getCrypto(true);
  const { signatureAlgorithm, parameters } = await engine.getSignatureParameters(keys.privateKey, hashFor(keys));
  // As in certificates: RFC 4055 (section 5) wants NULL for RSA, RFC 5758 nothing for ECDSA.
  if (keys.privateKey.algorithm.name !== "ECDSA") signatureAlgorithm.algorithmParams = new Null();
  const signature = await engine.signWithPrivateKey(
    info.toBER(),
    keys.privateKey,
    parameters as CryptoEngineSignWithPrivateKeyParams,
  );
  const value = [info, signatureAlgorithm.toSchema(), new BitString({ valueHex: signature })];
  return encodePem(LABEL, new Uint8Array(new Sequence({ value }).toBER()));
}

/** CertificationRequestInfo: what is signed. */
async function requestInfo(want: LeafSubject, publicKey: CryptoKey): Promise<Sequence> {
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
      fromBER(await publicKeyDer(publicKey)).result,
      new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [attribute.toSchema()] }),
    ],
  });
}

/**
 * Whether a request is of this key and asks for exactly this.
 * @throws {InvalidInput} when the text is not a request.
 */
export async function isRequestFor(pem: string, want: LeafSubject, publicKey: CryptoKey): Promise<boolean> {
  const block = decodePem(pem).find(({ label }) => label === LABEL);
  const { result } = block ? fromBER(block.der) : {};
  if (!(result instanceof Sequence) || result.valueBlock.value.length !== 3) {
    throw new InvalidInput(
      `Cannot read certificate request: ${block ? "it is damaged" : `there is no PEM block ${LABEL}`}`,
    );
  }
  const wanted = new Uint8Array((await requestInfo(want, publicKey)).toBER());
  return sameBytes(result.valueBlock.value[0]!.valueBeforeDecodeView, wanted);
}
