/** The certificates of a host that can be renewed, and their authorities. Observes, never changes. @module */
import type { ClusterConfiguration } from "../../config/types.ts";
import { InvalidInput } from "../../errors.ts";
import type { Certificate } from "../../pki/certificate.ts";
import type { Host } from "../../system.ts";
import { type CertificateSpec, pkiPaths } from "../../cluster/pki/certificates.ts";
import { readPem } from "./pair.ts";
import { parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";
import { KUBECONFIG_FILES, KUBELET_FILES } from "../../cluster/paths.ts";
import type { Renewable } from "../../cluster/pki/renewables.ts";

/** One certificate on the host, or why there is none. */
export type Found =
  | { readonly state: "present"; readonly certificate: Certificate; readonly text: string }
  | { readonly state: "missing" }
  /** A kubeconfig whose user has a token, a program or files instead of an embedded certificate. */
  | { readonly state: "not embedded" }
  | { readonly state: "unreadable"; readonly reason: string };

/** An authority on the host. */
export interface FoundAuthority {
  readonly found: Found;
  /** Its certificate is on this host and its key is not: it signs elsewhere. */
  readonly externallyManaged: boolean;
}

/** The path of the file that a certificate is in. */
export function pathOf(entry: Renewable, cluster: ClusterConfiguration): string {
  return entry.kind === "pair" ? pkiPaths(cluster, entry.spec).certificate : entry.spec.path;
}

/** Finds the certificate on the host. */
export async function findRenewable(host: Host, cluster: ClusterConfiguration, entry: Renewable): Promise<Found> {
  const path = pathOf(entry, cluster);
  return entry.kind === "pair" ? await findCertificate(host, path) : await findClient(host, path);
}

/** Finds the authority on the host. */
export async function findAuthority(
  host: Host,
  cluster: ClusterConfiguration,
  spec: CertificateSpec,
): Promise<FoundAuthority> {
  const paths = pkiPaths(cluster, spec);
  const found = await findCertificate(host, paths.certificate);
  return { found, externallyManaged: found.state !== "missing" && await host.stat(paths.key) === undefined };
}

/** The kubelet's client certificate, which it rotates itself; without rotation, the one in its kubeconfig. */
export async function findKubeletClient(host: Host): Promise<Found> {
  const rotated = await findCertificate(host, KUBELET_FILES.clientCertificate);
  return rotated.state === "missing" ? await findClient(host, KUBECONFIG_FILES.kubelet) : rotated;
}

async function findCertificate(host: Host, path: string): Promise<Found> {
  const text = await readPem(host, path);
  return text === undefined ? { state: "missing" } : await present(text, text);
}

async function findClient(host: Host, path: string): Promise<Found> {
  const text = await host.readText(path);
  if (text === undefined) return { state: "missing" };
  try {
    const { clientCertPem } = parseKubeconfig(text, path);
    return clientCertPem === undefined ? { state: "not embedded" } : await present(text, clientCertPem);
  } catch (error) {
    return unreadable(error);
  }
}

async function present(text: string, pem: string): Promise<Found> {
  const { parseCertificates } = await import("../../pki/certificate.ts");
  try {
    return { state: "present", certificate: parseCertificates(pem)[0]!, text };
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): Found {
  if (error instanceof InvalidInput) return { state: "unreadable", reason: error.message };
  throw error;
}
