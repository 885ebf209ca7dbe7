/**
 * What a host already has of the certificates: whether it can be kept, and what is missing. Observes, never changes.
 * The rules are kubeadm's, and two more: a key must fit its certificate, and a key alone (all that a killed run can
 * leave, because keys are written first) is completed.
 * @module
 */
import { formatAddress } from "../../config/addresses.ts";
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { InvalidInput, type Problem } from "../../errors.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { uncoveredNames } from "../../pki/names.ts";
import { keyName } from "../../pki/keys.ts";
import type { Host } from "../../system.ts";
import { addressOf, alternativeNames, certificateNamed, CERTIFICATES } from "../../cluster/pki/certificates.ts";
import { type CertificateSpec, isWanted, pkiPaths } from "../../cluster/pki/certificates.ts";
import { authorityCannotSign, type ExistingPair, type InspectionResult } from "./pair.ts";
import { readIssuer, readPair } from "./pair.ts";
import { inspectServiceAccountKey } from "./service_account_key.ts";
import { shellWord } from "../../text/shell.ts";

/** One of {@linkcode CERTIFICATES} on the host. */
export interface InspectedCertificate extends InspectionResult {
  readonly pair: ExistingPair;
  /** The pair of its authority (of an authority, its own); undefined when it cannot be read. */
  readonly issuer: ExistingPair | undefined;
}

/** Keys that are weak without being refused; authorities that are not valid now, of which kubeadm warns, too. */
async function certificateWarnings(
  path: string,
  certificate: Certificate,
  { issuer }: CertificateSpec,
  now: Date,
): Promise<string[]> {
  const { validityAt } = await import("../../pki/certificate.ts");
  const { key, notBefore, notAfter } = certificate;
  const validity = validityAt(certificate, now);
  const when = validity === "expired"
    ? `expired on ${notAfter.toISOString()}`
    : `is not valid before ${notBefore.toISOString()}`;
  return [
    ...issuer !== undefined || validity === "valid" ? [] : [`${path} ${when}; it is kept as it is`],
    ...key.type === "RSA" && key.bits < SHORT_RSA || key.type === "ECDSA" && key.curve === "P-224"
      ? [
        `${path} has a weak key (${keyName(key)}): RSA of ${SHORT_RSA} bits or more, or P-256, is recommended, and ` +
        "kubewright itself does not connect to servers with such certificates",
      ]
      : [],
  ];
}

/** Keys of fewer bits are no longer taken for safe (NIST SP 800-131A). */
const SHORT_RSA = 2048;

/** Whether what there is of one certificate can be kept or completed. */
export async function inspectCertificate(
  host: Host,
  node: ControlPlaneNode,
  spec: CertificateSpec,
): Promise<InspectedCertificate> {
  let pair: ExistingPair;
  try {
    pair = await readPair(host, node, spec);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { pair: {}, issuer: undefined, problems: [...error.problems], warnings: [] };
  }
  const paths = pkiPaths(node.cluster, spec);
  const problems: Problem[] = [];
  const certificate = pair.certificates?.[0];
  if (certificate && pair.keys) {
    const { fitsKey } = await import("../../pki/certificate.ts");
    if (!await fitsKey(certificate, pair.keys.publicKey)) {
      problems.push({
        where: paths.key,
        what: `is not the private key of ${paths.certificate}`,
        hint: "Put the key back that belongs to the certificate, or remove both files to have new ones made.",
      });
    }
  }
  const warnings = [
    ...certificate ? await certificateWarnings(paths.certificate, certificate, spec, host.now()) : [],
    ...pair.warnings ?? [],
  ];
  if (spec.issuer === undefined) {
    problems.push(...await authorityProblems(host, node, spec, pair));
    return { pair, issuer: pair, problems, warnings };
  }
  const issuerSpec = certificateNamed(spec.issuer);
  const issuer = await readIssuer(host, node, issuerSpec);
  if (pair.certificates && !pair.keys && issuer?.certificates && !issuer.keys) {
    return { pair, issuer, problems, warnings, missingExternal: [{ authority: issuerSpec, what: paths.key }] };
  }
  if (pair.certificates) {
    problems.push(...await leafProblems(host, node, spec, pair, issuerSpec, issuer ?? {}));
    return { pair, issuer, problems, warnings };
  }
  warnings.push(...issuer?.warnings ?? []); // it is to sign
  const want = { usage: spec.usages[0]!, ...alternativeNames(spec, node) };
  const unsigned = await authorityCannotSign(host, node, issuerSpec, issuer ?? {}, paths.certificate, want);
  problems.push(...unsigned.problems);
  return { pair, issuer, problems, warnings, missingExternal: unsigned.missingExternal ?? [] };
}

async function authorityProblems(
  host: Host,
  node: ControlPlaneNode,
  spec: CertificateSpec,
  pair: ExistingPair,
): Promise<Problem[]> {
  const { certificate: where } = pkiPaths(node.cluster, spec);
  if (pair.certificates) {
    const { authorityTrouble } = await import("../../pki/chain.ts");
    const what = authorityTrouble(pair.certificates[0]);
    return what === undefined ? [] : [{ where, what }];
  }
  // An authority made anew could not have signed what is there. A run of ours leaves no leaf without its authority.
  const orphans: string[] = [];
  for (const leaf of CERTIFICATES.filter(({ issuer }) => issuer === spec.name)) {
    const { certificate } = pkiPaths(node.cluster, leaf);
    if (await host.read(certificate) !== undefined) orphans.push(certificate);
  }
  if (orphans.length === 0) return [];
  return [{
    where,
    what: `is missing, but certificates that it should have signed are there: ${orphans.join(", ")}`,
    hint: "Put the authority's certificate and key back, or remove those certificates and their keys.",
  }];
}

/** Why a certificate that is there cannot be kept. */
async function leafProblems(
  host: Host,
  node: ControlPlaneNode,
  spec: CertificateSpec,
  pair: ExistingPair,
  issuerSpec: CertificateSpec,
  issuer: ExistingPair,
): Promise<Problem[]> {
  const paths = pkiPaths(node.cluster, spec);
  if (!pair.keys) {
    return [{
      where: paths.key,
      what: `is missing, but ${paths.certificate} is there`,
      hint: "Put the key back, or remove the certificate to have both made anew.",
    }];
  }
  const problems: Problem[] = [];
  const [certificate, ...intermediates] = pair.certificates!;
  if (issuer.certificates) {
    const { certificateTrouble, chainTrouble, issuingTrouble, signedAny } = await import("../../pki/chain.ts");
    const { certificate: path, key } = pkiPaths(node.cluster, issuerSpec);
    const [authority, now, usage] = [issuer.certificates[0], host.now(), spec.usages[0]!] as const;
    const what = await chainTrouble(certificate, intermediates, authority, path, { now, usage });
    const signs = issuingTrouble(authority, path, { usage, ...alternativeNames(spec, node) }, now) === undefined;
    const hint = issuer.keys === undefined
      ? `Have a certificate signed for ${shellWord(paths.key)} by whoever keeps ${shellWord(key)}.`
      : !signs
      ? `Put an authority in place of ${shellWord(path)} that can sign, with its key, and remove what it has signed.`
      : certificateTrouble(certificate, now) !== undefined
      ? `Renew it: kubewright certs renew ${spec.name}`
      : await signedAny(authority, [certificate, ...intermediates])
      ? "Remove this certificate and its key to have both made anew."
      : "Put the authority back that signed it, or remove this certificate and its key to have both made anew.";
    if (what !== undefined) problems.push({ where: paths.certificate, what, hint });
  }
  const uncovered = uncoveredNames(certificate, alternativeNames(spec, node));
  const names = [...uncovered.dnsNames, ...uncovered.ipAddresses.map((octets) => formatAddress(addressOf(octets)))];
  if (names.length > 0) {
    problems.push({
      where: paths.certificate,
      what: `is not valid for ${names.join(", ")}`,
      hint: "Remove this certificate and its key to have both made anew, or configure the names that it has.",
    });
  }
  return problems;
}

/** What there is of all certificates and keys. */
export async function inspectPki(host: Host, node: ControlPlaneNode): Promise<InspectionResult[]> {
  return await Promise.all([
    ...CERTIFICATES.filter((spec) => isWanted(spec, node)).map((spec) => inspectCertificate(host, node, spec)),
    inspectServiceAccountKey(host, node),
  ]);
}
