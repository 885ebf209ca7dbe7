/**
 * The keys and certificate signing requests for an external authority that a host already has. Observes, never changes.
 * Existing files are refused, as with kubeadm; only an interrupted run of this program is continued.
 * @module
 */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { InvalidInput } from "../../errors.ts";
import type { LeafSubject } from "../../pki/issue.ts";
import type { KeyPair } from "../../pki/keys.ts";
import type { Host } from "../../system.ts";
import { CERTIFICATES, isWanted, leafRequest, pkiPaths } from "../../cluster/pki/certificates.ts";
import { accessTo } from "./access.ts";
import { problemAt } from "./pair.ts";
import { clientRequest, KUBECONFIGS, type KubeconfigSpec, parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";

/** One key with its request. */
export interface WantedCsr {
  /** The name of its phase: `etcd-server`, `admin`. */
  readonly name: string;
  readonly subject: LeafSubject;
  /** The key file, or the kubeconfig that holds the key. */
  readonly keyPath: string;
  readonly requestPath: string;
  /** Must not exist yet. */
  readonly certificatePath?: string;
  readonly kubeconfig?: KubeconfigSpec;
}

/** The parts of it that exist. */
export interface InspectedCsr {
  readonly wanted: WantedCsr;
  readonly keys?: KeyPair;
  readonly hasRequest: boolean;
}

/** All keys and requests of a control plane node. */
export function wantedCsrs(node: ControlPlaneNode, kubeconfigDirectory: string): WantedCsr[] {
  const epoch = new Date(0);
  return [
    ...CERTIFICATES.filter((spec) => spec.issuer !== undefined && isWanted(spec, node)).map((spec) => {
      const { key, certificate } = pkiPaths(node.cluster, spec);
      const requestPath = certificate.replace(/\.crt$/, ".csr");
      const subject = leafRequest(spec, node, epoch);
      return { name: spec.name, subject, keyPath: key, requestPath, certificatePath: certificate };
    }),
    ...KUBECONFIGS.map((spec) => {
      const keyPath = `${kubeconfigDirectory}/${spec.path.slice(spec.path.lastIndexOf("/") + 1)}`;
      const subject = clientRequest(spec, node, epoch);
      return { name: spec.name, subject, keyPath, requestPath: `${keyPath}.csr`, kubeconfig: spec };
    }),
  ];
}

/**
 * Inspects the existing parts.
 * @param ownPaths paths that this program created on this host.
 * @param warn receives warnings.
 * @throws {InvalidInput} when a file exists that is not from an interrupted run of the same work.
 */
export async function inspectCsrs(
  host: Host,
  wanted: readonly WantedCsr[],
  ownPaths: ReadonlySet<string>,
  warn: (message: string) => void,
): Promise<InspectedCsr[]> {
  const keys = wanted.map(({ keyPath, kubeconfig }) => ({
    path: keyPath,
    holds: kubeconfig ? "kubeconfig" as const : "private key" as const,
  }));
  const { problems, warnings } = await accessTo(host, keys);
  warnings.forEach(warn);
  const existing = await Promise.all(wanted.map(async (one) => {
    const { keyPath, requestPath, certificatePath } = one;
    const paths = [keyPath, requestPath, ...certificatePath ? [certificatePath] : []];
    const there = (await Promise.all(paths.map(async (path) => await host.stat(path) ? [path] : []))).flat();
    const foreign = there.filter((path) => path === certificatePath || !ownPaths.has(path));
    problems.push(...foreign.map((where) => ({ where, what: "already exists" })));
    if (foreign.length > 0 || there.length === 0) return { wanted: one, hasRequest: false };
    try {
      return await begun(host, one);
    } catch (error) {
      problems.push(problemAt(keyPath, error));
      return { wanted: one, hasRequest: false };
    }
  }));
  if (problems.length === 0 && existing.every(({ keys, hasRequest }) => keys && hasRequest)) {
    problems.push(...wanted.map(({ requestPath }) => ({ where: requestPath, what: "already exists, with its key" })));
  }
  if (problems.length === 0) return existing;
  throw new InvalidInput("Cannot generate keys and certificate signing requests over existing files:", problems, {
    hint: "Set other directories with --cert-dir and --kubeconfig-dir, or move these files away.",
  });
}

/** The parts that an earlier run left. */
async function begun(host: Host, wanted: WantedCsr): Promise<InspectedCsr> {
  const { keyPath, requestPath, kubeconfig, subject } = wanted;
  const [text, request] = await Promise.all([host.readText(keyPath), host.readText(requestPath)]);
  if (text === undefined) throw new InvalidInput(`is missing, but its request ${requestPath} exists`);
  const present = kubeconfig && parseKubeconfig(text, keyPath);
  if (present?.clientCertPem !== undefined) throw new InvalidInput("already exists, with its certificate");
  const { parsePrivateKey } = await import("../../pki/key_pem.ts");
  const { isRequestFor } = await import("../../pki/csr.ts");
  const keys = await parsePrivateKey(present ? present.clientKeyPem ?? "" : text);
  if (request !== undefined && !await isRequestFor(request, subject, keys.publicKey)) {
    throw new InvalidInput(`already exists, and its request ${requestPath} is for another certificate`);
  }
  return { wanted, keys, hasRequest: request !== undefined };
}
