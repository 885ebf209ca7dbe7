/**
 * A certificate authority of the lab's own, for servers that are not part of a cluster.
 *
 * @module
 */

import { type Authority, certificatePem } from "../../src/pki/certificate.ts";
import { issueAuthority, issueLeaf, type LeafRequest } from "../../src/pki/issue.ts";
import { privateKeyPem } from "../../src/pki/key_pem.ts";
import { generateKeyPair } from "../../src/pki/keys.ts";

const DAY = 86_400_000;

/** A certificate with its key, PEM texts. */
export interface Pair {
  cert: string;
  key: string;
}

/** Days from now. */
export function days(count: number): Date {
  return new Date(Date.now() + count * DAY);
}

/** Makes an authority that has been valid for ten days. */
export async function makeAuthority(name: string): Promise<Authority & { pem: string }> {
  const keys = await generateKeyPair("ECDSA-P256");
  const certificate = await issueAuthority(name, { notBefore: days(-10), notAfter: days(10) }, keys);
  return { certificate, keys, pem: certificatePem(certificate) };
}

/** Makes a certificate that it signs: by default a server's, valid for a day. */
export async function makePair(authority: Authority, want: Partial<LeafRequest>): Promise<Pair> {
  const keys = await generateKeyPair("ECDSA-P256");
  const request: LeafRequest = {
    commonName: "lab",
    organizations: [],
    usages: ["server"],
    dnsNames: [],
    ipAddresses: [],
    notBefore: days(-1),
    notAfter: days(1),
    ...want,
  };
  const certificate = await issueLeaf(request, keys.publicKey, authority);
  return { cert: certificatePem(certificate), key: await privateKeyPem(keys) };
}
