/** Reading pairs of certificate and key from a host, and what is found out about them. @module */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { InvalidInput, type Problem } from "../../errors.ts";
import type { Authority, Certificate } from "../../pki/certificate.ts";
import type { Issuing } from "../../pki/chain.ts";
import type { KeyPair } from "../../pki/keys.ts";
import { pemText } from "../../pki/pem.ts";
import type { Host } from "../../system.ts";
import { type CertificateSpec, pkiPaths } from "../../cluster/pki/certificates.ts";
import { accessTo } from "./access.ts";

/** What a pair of files depends on. */
export type OfCluster = Pick<ControlPlaneNode, "cluster">;

/** What there is of a pair of files. `certificates` is the certificate and what its file holds behind it. */
export interface ExistingPair {
  readonly certificates?: readonly [Certificate, ...Certificate[]];
  readonly keys?: KeyPair;
  /** Who else may read its files, or change what leads to them. */
  readonly warnings?: readonly string[];
}

/** What was found out about material on the host. */
export interface InspectionResult {
  /** Why it cannot be used. Empty: it can, and what is missing can be made. */
  readonly problems: Problem[];
  /** What a person should know, but kubeadm goes on as well. */
  readonly warnings: string[];
  /** What only an authority can make whose key is not on this host: said once for each authority, see `existing_external.ts`. */
  readonly missingExternal?: readonly MissingExternal[];
}

/** Something that is missing and that cannot be made here. */
export interface MissingExternal {
  readonly authority: CertificateSpec;
  /** A file, and where not all of it is missing, what of it. */
  readonly what: string;
}

/** The text of a PEM file, with every byte of it; undefined when nothing is there. */
export async function readPem(host: Pick<Host, "read">, path: string): Promise<string | undefined> {
  const bytes = await host.read(path);
  return bytes && pemText(bytes);
}

/**
 * Reads a pair of files.
 * @throws {InvalidInput} with one problem a file, when one is there and cannot be read, or when anybody may write it.
 */
export async function readPair(host: Host, node: OfCluster, spec: CertificateSpec): Promise<ExistingPair> {
  const paths = pkiPaths(node.cluster, spec);
  const [certificateText, keyText] = await Promise.all([readPem(host, paths.certificate), readPem(host, paths.key)]);
  const { problems, warnings } = await accessTo(host, [
    { path: paths.certificate, holds: "certificate" },
    { path: paths.key, holds: "private key" },
  ]);
  let certificates: ExistingPair["certificates"];
  let keys: KeyPair | undefined;
  if (certificateText !== undefined) {
    const { parseCertificates } = await import("../../pki/certificate.ts");
    try {
      certificates = parseCertificates(certificateText) as [Certificate, ...Certificate[]];
    } catch (error) {
      problems.push(problemAt(paths.certificate, error));
    }
  }
  if (keyText !== undefined) {
    const { parsePrivateKey } = await import("../../pki/key_pem.ts");
    try {
      keys = await parsePrivateKey(keyText);
    } catch (error) {
      problems.push(problemAt(paths.key, error));
    }
  }
  if (problems.length > 0) throw new InvalidInput("Cannot use the existing certificates:", problems);
  return { ...certificates && { certificates }, ...keys && { keys }, warnings };
}

/**
 * The pair of an authority, as far as it concerns what the authority signs; undefined when it cannot be read: that is
 * said once, where the authority itself is inspected.
 */
export async function readIssuer(
  host: Host,
  node: OfCluster,
  spec: CertificateSpec,
): Promise<ExistingPair | undefined> {
  try {
    return await readPair(host, node, spec);
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

/**
 * An authority that can sign, with its key; `bundle` is all that its file holds, itself first.
 * @throws {InvalidInput} when it is not there, or is kept elsewhere (no key).
 */
export function signingAuthority(
  node: OfCluster,
  spec: CertificateSpec,
  { certificates, keys }: ExistingPair,
): Authority & { bundle: readonly Certificate[] } {
  if (certificates && keys) return { certificate: certificates[0], keys, bundle: certificates };
  const paths = pkiPaths(node.cluster, spec);
  throw new InvalidInput(
    `Cannot sign with authority "${spec.name}": "${certificates ? paths.key : paths.certificate}" is not there`,
    [],
    { hint: `Run the phase certs/${spec.name} first.` },
  );
}

/** Why nothing that this authority signs would be of use; undefined when it can sign. */
export async function whyCannotSign({ certificate, keys }: Authority, now: Date): Promise<string | undefined> {
  const { fitsKey } = await import("../../pki/certificate.ts");
  const { authorityTrouble } = await import("../../pki/chain.ts");
  const trouble = authorityTrouble(certificate);
  if (trouble) return trouble;
  if (!await fitsKey(certificate, keys.publicKey)) return "does not belong to the key beside it";
  if (now < certificate.notBefore) return `is not valid before ${certificate.notBefore.toISOString()}`;
  if (now <= certificate.notAfter) return undefined;
  return `expired on ${certificate.notAfter.toISOString()}: what it signs is no good`;
}

/** Why an authority cannot sign `where`. One that is not there yet is made first, and can. */
export async function authorityCannotSign(
  host: Host,
  node: OfCluster,
  spec: CertificateSpec,
  { certificates, keys }: ExistingPair,
  where: string,
  want: Issuing,
): Promise<Pick<InspectionResult, "problems" | "missingExternal">> {
  if (!certificates) return { problems: [] };
  if (!keys) return { problems: [], missingExternal: [{ authority: spec, what: where }] };
  const { issuingTrouble } = await import("../../pki/chain.ts");
  const { certificate } = pkiPaths(node.cluster, spec);
  const trouble = issuingTrouble(certificates[0], certificate, want, host.now());
  return { problems: trouble === undefined ? [] : [{ where, what: `is missing, and ${trouble}` }] };
}

/** What a problem is called that reading a file ran into; anything else is thrown on. */
export function problemAt(where: string, error: unknown): Problem {
  if (!(error instanceof InvalidInput)) throw error;
  return { where, what: error.message };
}

/** FieldErrors without repetition. */
export function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.where}: ${problem.what}`, problem])).values()];
}
