/**
 * What a host already has of the certificates: whether it can be kept, and what is missing. Observes, never changes.
 * The rules are kubeadm's, and two more: a key must fit its certificate, and a key alone (all that a killed run can
 * leave, because keys are written first) is completed.
 * @module
 */
import { formatAddress } from "../config/addresses.ts";
import type { InitConfiguration } from "../config/types.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import type { Certificate } from "../pki/certificate.ts";
import { uncoveredNames } from "../pki/names.ts";
import type { Host } from "../system.ts";
import { addressOf, alternativeNames, certificateNamed, CERTIFICATES } from "./certificates.ts";
import { type CertificateSpec, isWanted, pkiPaths } from "./certificates.ts";
import { authorityCannotSign, type ExistingPair, type Findings } from "./existing_pair.ts";
import { readIssuer, readPair } from "./existing_pair.ts";
import { inspectServiceAccountKey } from "./existing_service_account_key.ts";

/** One of {@linkcode CERTIFICATES} on the host. */
export interface InspectedCertificate extends Findings {
  readonly pair: ExistingPair;
  /** The pair of its authority (of an authority, its own); undefined when it cannot be read. */
  readonly issuer: ExistingPair | undefined;
}

/** Warnings about when a certificate is valid. `name`: that under which it can be renewed, if it can. */
async function validityWarnings(path: string, certificate: Certificate, now: Date, name?: string): Promise<string[]> {
  const { validityAt } = await import("../pki/certificate.ts");
  const validity = validityAt(certificate, now);
  if (validity === "valid") return [];
  const [verb, date] = validity === "expired"
    ? ["expired on", certificate.notAfter]
    : ["is not valid before", certificate.notBefore];
  const mend = validity === "expired" && name !== undefined ? `; kubewright certs renew ${name} makes a new one` : "";
  return [`${path} ${verb} ${date.toISOString()}; it is kept as it is${mend}`];
}

/** Whether what there is of one certificate can be kept or completed. */
export async function inspectCertificate(
  host: Host,
  config: InitConfiguration,
  spec: CertificateSpec,
): Promise<InspectedCertificate> {
  let pair: ExistingPair;
  try {
    pair = await readPair(host, config, spec);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { pair: {}, issuer: undefined, problems: [...error.problems], warnings: [] };
  }
  const paths = pkiPaths(config.cluster, spec);
  const problems: Problem[] = [];
  const certificate = pair.certificates?.[0];
  if (certificate && pair.keys) {
    const { fitsKey } = await import("../pki/certificate.ts");
    if (!await fitsKey(certificate, pair.keys.publicKey)) {
      problems.push({
        where: paths.key,
        what: `is not the private key of ${paths.certificate}`,
        hint: "Put the key back that belongs to the certificate, or remove both files to have new ones made.",
      });
    }
  }
  const warnings = certificate
    ? await validityWarnings(paths.certificate, certificate, host.now(), spec.issuer && spec.name)
    : [];
  if (spec.issuer === undefined) {
    problems.push(...await authorityProblems(host, config, spec, pair));
    return { pair, issuer: pair, problems, warnings };
  }
  const issuerSpec = certificateNamed(spec.issuer);
  const issuer = await readIssuer(host, config, issuerSpec);
  if (pair.certificates && !pair.keys && issuer?.certificates && !issuer.keys) {
    return { pair, issuer, problems, warnings, lacking: [{ authority: issuerSpec, what: paths.key }] };
  }
  if (pair.certificates) {
    problems.push(...await leafProblems(config, spec, pair, issuerSpec, issuer ?? {}));
    return { pair, issuer, problems, warnings };
  }
  const unsigned = authorityCannotSign(host, config, issuerSpec, issuer ?? {}, paths.certificate);
  problems.push(...unsigned.problems);
  return { pair, issuer, problems, warnings, lacking: unsigned.lacking ?? [] };
}

async function authorityProblems(
  host: Host,
  config: InitConfiguration,
  spec: CertificateSpec,
  pair: ExistingPair,
): Promise<Problem[]> {
  const { certificate: where } = pkiPaths(config.cluster, spec);
  if (pair.certificates) {
    return pair.certificates[0].isAuthority ? [] : [{
      where,
      what: "is not the certificate of an authority (CA:TRUE, and keyCertSign where there is a key usage)",
    }];
  }
  // An authority made anew could not have signed what is there. A run of ours leaves no leaf without its authority.
  const orphans: string[] = [];
  for (const leaf of CERTIFICATES.filter(({ issuer }) => issuer === spec.name)) {
    const { certificate } = pkiPaths(config.cluster, leaf);
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
  config: InitConfiguration,
  spec: CertificateSpec,
  pair: ExistingPair,
  issuerSpec: CertificateSpec,
  issuer: ExistingPair,
): Promise<Problem[]> {
  const paths = pkiPaths(config.cluster, spec);
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
    const { chainsTo } = await import("../pki/certificate.ts");
    if (!await chainsTo(certificate, intermediates, issuer.certificates[0])) {
      problems.push({
        where: paths.certificate,
        what: `is not signed by ${pkiPaths(config.cluster, issuerSpec).certificate}`,
        hint: "Put the authority back that signed it, or remove this certificate and its key to have both made anew.",
      });
    }
  }
  const uncovered = uncoveredNames(certificate, alternativeNames(spec, config));
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
export async function inspectPki(host: Host, config: InitConfiguration): Promise<Findings[]> {
  return await Promise.all([
    ...CERTIFICATES.filter((spec) => isWanted(spec, config)).map((spec) => inspectCertificate(host, config, spec)),
    inspectServiceAccountKey(host, config),
  ]);
}
