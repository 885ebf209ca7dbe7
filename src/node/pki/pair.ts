/** Reads pairs of certificate and key from a host, and inspects them. @module */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { InvalidInput, type Problem } from "../../errors.ts";
import type { Authority, Certificate } from "../../pki/certificate.ts";
import type { Issuing } from "../../pki/chain.ts";
import type { KeyPair } from "../../pki/keys.ts";
import { pemText } from "../../pki/pem.ts";
import type { Host } from "../../system.ts";
import { type CertificateSpec, pkiPaths } from "../../cluster/pki/certificates.ts";
import { accessTo } from "./access.ts";

/** The part of a node that the paths of a pair depend on. */
export type OfCluster = Pick<ControlPlaneNode, "cluster">;

/** The existing parts of a pair. `certificates` is the certificate, followed by the others in its file. */
export interface ExistingPair {
  readonly certificates?: readonly [Certificate, ...Certificate[]];
  readonly keys?: KeyPair;
  /** Other users who may read its files, or change the way to them. */
  readonly warnings?: readonly string[];
}

/** The findings about a file or pair on the host. */
export interface InspectionResult {
  /** Why it cannot be used. Empty: it can, and missing parts can be created. */
  readonly problems: Problem[];
  /** Findings with which kubeadm, too, continues. */
  readonly warnings: string[];
  /** What only an authority without its key on this host can sign: reported once for each authority, see `external.ts`. */
  readonly missingExternal?: readonly MissingExternal[];
}

/** Something that is missing and that this host cannot create. */
export interface MissingExternal {
  readonly authority: CertificateSpec;
  /** A file, and the missing part when it is not the whole file. */
  readonly what: string;
}

/** The text of a PEM file, with every byte of it; undefined when it does not exist. */
export async function readPem(host: Pick<Host, "read">, path: string): Promise<string | undefined> {
  const bytes = await host.read(path);
  return bytes && pemText(bytes);
}

/**
 * Reads a pair of files.
 * @throws {InvalidInput} with one problem for each file that exists and cannot be read, or that any user may write.
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
 * The pair of an authority, for the certificates that it signs; undefined when it cannot be read: that is reported once,
 * where the authority itself is inspected.
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
 * An authority that can sign, with its key; `bundle` has all certificates of its file, itself first.
 * @throws {InvalidInput} when it is missing, or external (no key).
 */
export function signingAuthority(
  node: OfCluster,
  spec: CertificateSpec,
  { certificates, keys }: ExistingPair,
): Authority & { bundle: readonly Certificate[] } {
  if (certificates && keys) return { certificate: certificates[0], keys, bundle: certificates };
  const paths = pkiPaths(node.cluster, spec);
  throw new InvalidInput(
    `Cannot sign with authority "${spec.name}": "${certificates ? paths.key : paths.certificate}" not found`,
    [],
    { hint: `Run the phase certs/${spec.name} first.` },
  );
}

/** Why certificates that this authority signs would be rejected; undefined when it can sign. */
export async function whyCannotSign({ certificate, keys }: Authority, now: Date): Promise<string | undefined> {
  const { fitsKey } = await import("../../pki/certificate.ts");
  const { authorityTrouble } = await import("../../pki/chain.ts");
  const trouble = authorityTrouble(certificate);
  if (trouble) return trouble;
  if (!await fitsKey(certificate, keys.publicKey)) return "does not match the key next to it";
  if (now < certificate.notBefore) return `is not valid before ${certificate.notBefore.toISOString()}`;
  if (now <= certificate.notAfter) return undefined;
  return `expired on ${certificate.notAfter.toISOString()}: certificates it signs are rejected`;
}

/** Why an authority cannot sign `where`. A missing authority is created first, and can. */
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

/** The problem for an error of reading a file; other errors are rethrown. */
export function problemAt(where: string, error: unknown): Problem {
  if (!(error instanceof InvalidInput)) throw error;
  return { where, what: error.message };
}

/** Problems without repetition. */
export function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.where}: ${problem.what}`, problem])).values()];
}
