/**
 * What a host already has of keys and certificate requests for an external authority. Observes, never changes. Like
 * kubeadm, what is there is refused; only a run of ours that was interrupted is gone on with.
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
  /** As its phase is called: `etcd-server`, `admin`. */
  readonly name: string;
  readonly subject: LeafSubject;
  /** The key alone, or the kubeconfig that holds it. */
  readonly keyPath: string;
  readonly requestPath: string;
  /** Must not be there yet. */
  readonly certificatePath?: string;
  readonly kubeconfig?: KubeconfigSpec;
}

/** What of it is there. */
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
 * What is there of them.
 * @param ownPaths what this program made on this host.
 * @param warn tells the person something that does not stop the work.
 * @throws {InvalidInput} when something is there that is not the beginning of this very work.
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
    problems.push(...foreign.map((where) => ({ where, what: "is there already" })));
    if (foreign.length > 0 || there.length === 0) return { wanted: one, hasRequest: false };
    try {
      return await begun(host, one);
    } catch (error) {
      problems.push(problemAt(keyPath, error));
      return { wanted: one, hasRequest: false };
    }
  }));
  if (problems.length === 0 && existing.every(({ keys, hasRequest }) => keys && hasRequest)) {
    problems.push(...wanted.map(({ requestPath }) => ({ where: requestPath, what: "is there already, with its key" })));
  }
  if (problems.length === 0) return existing;
  throw new InvalidInput("Cannot generate keys and certificate requests over what is there:", problems, {
    hint: "Name other directories with --cert-dir and --kubeconfig-dir, or move these files away.",
  });
}

/** What an earlier run left of one. */
async function begun(host: Host, wanted: WantedCsr): Promise<InspectedCsr> {
  const { keyPath, requestPath, kubeconfig, subject } = wanted;
  const [text, request] = await Promise.all([host.readText(keyPath), host.readText(requestPath)]);
  if (text === undefined) throw new InvalidInput(`is missing, but its request ${requestPath} is there`);
  const present = kubeconfig && parseKubeconfig(text, keyPath);
  if (present?.clientCertPem !== undefined) throw new InvalidInput("is there already, with its certificate");
  const { parsePrivateKey } = await import("../../pki/key_pem.ts");
  const { isRequestFor } = await import("../../pki/csr.ts");
  const keys = await parsePrivateKey(present ? present.clientKeyPem ?? "" : text);
  if (request !== undefined && !await isRequestFor(request, subject, keys.publicKey)) {
    throw new InvalidInput(`is there already, and its request ${requestPath} asks for something else`);
  }
  return { wanted, keys, hasRequest: request !== undefined };
}
