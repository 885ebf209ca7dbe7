/**
 * The certificates that a host already has: whether they can be kept, and what is missing. Observes, never changes. The
 * rules are kubeadm's and two more: a key must match its certificate, and a key without a certificate (the most that a
 * killed run leaves, because keys are written first) is completed.
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

/** Weak keys that are still accepted; authorities that are not valid now, for which kubeadm, too, only warns. */
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
    ...issuer !== undefined || validity === "valid" ? [] : [`${path} ${when}; it is kept unchanged`],
    ...key.type === "RSA" && key.bits < SHORT_RSA || key.type === "ECDSA" && key.curve === "P-224"
      ? [
        `${path} has a weak key (${keyName(key)}): RSA with at least ${SHORT_RSA} bits or P-256 is recommended, and ` +
        "kubewright does not connect to servers with such certificates",
      ]
      : [],
  ];
}

/** Keys with fewer bits are no longer considered secure (NIST SP 800-131A). */
const SHORT_RSA = 2048;

/** Whether one certificate and its key can be kept or completed. */
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
        hint: "Restore the key of the certificate, or remove both files to create new ones.",
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
  warnings.push(...issuer?.warnings ?? []); // it will sign
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
  // A new authority could not have signed the existing certificates. A run of ours leaves no leaf without its authority.
  const orphans: string[] = [];
  for (const leaf of CERTIFICATES.filter(({ issuer }) => issuer === spec.name)) {
    const { certificate } = pkiPaths(node.cluster, leaf);
    if (await host.read(certificate) !== undefined) orphans.push(certificate);
  }
  if (orphans.length === 0) return [];
  return [{
    where,
    what: `is missing, but certificates that it should have signed exist: ${orphans.join(", ")}`,
    hint: "Restore the certificate and key of the authority, or remove those certificates and their keys.",
  }];
}

/** Why an existing certificate cannot be kept. */
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
      what: `is missing, but ${paths.certificate} exists`,
      hint: "Restore the key, or remove the certificate to create both again.",
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
      ? `Have a certificate for ${shellWord(paths.key)} signed by the holder of ${shellWord(key)}.`
      : !signs
      ? `Replace ${
        shellWord(path)
      } and its key with an authority that can sign, and remove the certificates it has signed.`
      : certificateTrouble(certificate, now) !== undefined
      ? `Renew it: kubewright certs renew ${spec.name}`
      : await signedAny(authority, [certificate, ...intermediates])
      ? "Remove this certificate and its key to create both again."
      : "Restore the authority that signed it, or remove this certificate and its key to create both again.";
    if (what !== undefined) problems.push({ where: paths.certificate, what, hint });
  }
  const uncovered = uncoveredNames(certificate, alternativeNames(spec, node));
  const names = [...uncovered.dnsNames, ...uncovered.ipAddresses.map((octets) => formatAddress(addressOf(octets)))];
  if (names.length > 0) {
    problems.push({
      where: paths.certificate,
      what: `is not valid for ${names.join(", ")}`,
      hint: "Remove this certificate and its key to create both again, or configure the names that it has.",
    });
  }
  return problems;
}

/** Inspects all certificates and keys. */
export async function inspectPki(host: Host, node: ControlPlaneNode): Promise<InspectionResult[]> {
  return await Promise.all([
    ...CERTIFICATES.filter((spec) => isWanted(spec, node)).map((spec) => inspectCertificate(host, node, spec)),
    inspectServiceAccountKey(host, node),
  ]);
}
