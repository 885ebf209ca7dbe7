/** The kubeconfigs that a host already has, and the keys that `init` must create. Observes, never changes. @module */
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { InvalidInput } from "../../errors.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { sameBytes } from "../../pki/keys.ts";
import type { Host } from "../../system.ts";
import {
  certificateNamed,
  CERTIFICATES,
  isWanted,
  pkiPaths,
  SERVICE_ACCOUNT_KEY,
} from "../../cluster/pki/certificates.ts";
import { controlPlaneUrl } from "../../cluster/endpoints.ts";
import { accessTo } from "./access.ts";
import { authorityCannotSign, type ExistingPair, type InspectionResult, readIssuer } from "./pair.ts";
import {
  type Kubeconfig,
  KUBECONFIGS,
  type KubeconfigSpec,
  parseKubeconfig,
  serverOf,
} from "../../cluster/pki/kubeconfigs.ts";

/** The authority that kubeconfigs trust and that signs their client certificates. */
export const CLUSTER_AUTHORITY = certificateNamed("ca");

/** A kubeconfig on the host. */
export interface InspectedKubeconfig extends InspectionResult {
  readonly exists: boolean;
  /** The pair of the cluster's authority; undefined when it cannot be read. */
  readonly authority: ExistingPair | undefined;
}

/**
 * Whether an existing kubeconfig can be kept, or a missing one created. As with kubeadm, it is kept when it trusts the
 * cluster's authority, and another server is a warning. kubeadm does not check its client certificate; here one that is
 * missing or does not match its key is refused, because it cannot be used; other deviations are warnings.
 */
export async function inspectKubeconfig(
  host: Host,
  node: ControlPlaneNode,
  spec: KubeconfigSpec,
): Promise<InspectedKubeconfig> {
  const text = await host.readText(spec.path);
  const authority = await readIssuer(host, node, CLUSTER_AUTHORITY);
  const exists = text !== undefined;
  const access = await accessTo(host, [{ path: spec.path, holds: "kubeconfig" }]);
  if (access.problems.length > 0 || !authority) return { exists, authority, ...access };
  if (!exists) {
    const want = { usage: "client" as const, dnsNames: [], ipAddresses: [] };
    const unsigned = await authorityCannotSign(host, node, CLUSTER_AUTHORITY, authority, spec.path, want);
    const { problems } = unsigned;
    const warnings = [...access.warnings, ...authority.warnings ?? []];
    return { exists, authority, problems, warnings, missingExternal: unsigned.missingExternal ?? [] };
  }
  const { certificate: authorityPath } = pkiPaths(node.cluster, CLUSTER_AUTHORITY);
  const { certificates, keys } = authority;
  const problem = (what: string, hint: string) => ({
    exists,
    authority,
    problems: [{ where: spec.path, what, hint }],
    warnings: [],
  });
  if (!certificates) {
    return problem(
      `exists, but its authority ${authorityPath} is missing`,
      `Restore ${authorityPath} and its key, or remove ${spec.path}.`,
    );
  }
  const remove = keys ? `, or remove ${spec.path} to create it again.` : ".";
  try {
    const kubeconfig = parseKubeconfig(text, spec.path);
    const unsigned = notSignedYet(kubeconfig);
    if (unsigned.length > 0 && !keys) {
      const what = `${spec.path}: ${unsigned.join(" and ")}`;
      return {
        exists,
        authority,
        problems: [],
        warnings: [],
        missingExternal: [{ authority: CLUSTER_AUTHORITY, what }],
      };
    }
    if (unsigned.length > 0) return problem(`has no ${unsigned.join(" and no ")}`, `Add it${remove}`);
    const anchor = await firstTrusted(host, spec.path, kubeconfig);
    if (!certificates.some(({ der }) => sameBytes(der, anchor))) {
      return problem(
        `does not trust ${authorityPath}: its first authority is another certificate`,
        `Restore the authority that it was created with${remove}`,
      );
    }
    const client = await inspectClient(host, node, spec, kubeconfig, certificates);
    const warnings = [...access.warnings, ...serverWarnings(node, spec, kubeconfig), ...client.warnings];
    return client.problem
      ? problem(client.problem, `Correct its client certificate and key${remove}`)
      : { exists, authority, problems: [], warnings };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return problem(error.message, `Fix it${remove}`);
  }
}

/** The fields that a kubeconfig of `certs generate-csr` still lacks. */
function notSignedYet({ caPem, caFile, clientCertPem, clientCertFile, clientKeyPem }: Kubeconfig): string[] {
  if (clientKeyPem === undefined || clientCertPem !== undefined || clientCertFile !== undefined) return [];
  const noAuthority = caPem === undefined && caFile === undefined;
  return ["client-certificate-data", ...noAuthority ? ["certificate-authority-data"] : []];
}

/** The problem or warnings of the client certificate and key in a kubeconfig. */
async function inspectClient(
  host: Host,
  node: ControlPlaneNode,
  spec: KubeconfigSpec,
  { clientCertPem, clientKeyPem }: Kubeconfig,
  authorities: readonly Certificate[],
): Promise<{ problem?: string; warnings: string[] }> {
  if (clientCertPem === undefined || clientKeyPem === undefined) return { warnings: [] };
  const { fitsKey, parseCertificates } = await import("../../pki/certificate.ts");
  const { chainTrouble } = await import("../../pki/chain.ts");
  const { parsePrivateKey } = await import("../../pki/key_pem.ts");
  const [certificate, ...intermediates] = parseCertificates(clientCertPem);
  if (!await fitsKey(certificate!, (await parsePrivateKey(clientKeyPem)).publicKey)) {
    return { problem: "has a client key that does not match its certificate", warnings: [] };
  }
  const warnings: string[] = [];
  const { certificate: path } = pkiPaths(node.cluster, CLUSTER_AUTHORITY);
  const options = { now: host.now(), usage: "client" as const };
  const troubles = await Promise.all(
    authorities.map((authority) => chainTrouble(certificate!, intermediates, authority, path, options)),
  );
  if (!troubles.includes(undefined)) {
    warnings.push(`the client certificate in ${spec.path} ${troubles[0]}; it is kept unchanged`);
  }
  if (certificate!.commonName !== spec.user(node)) {
    warnings.push(
      `the client certificate in ${spec.path} belongs to "${certificate!.commonName}", expected "${
        spec.user(node)
      }"; ` +
        "it is kept unchanged",
    );
  }
  return { warnings };
}

/** DER of the first certificate that a kubeconfig trusts, embedded or in a file (relative to the kubeconfig). */
async function firstTrusted(host: Host, path: string, { caPem, caFile }: Kubeconfig): Promise<Uint8Array> {
  const { parseCertificates } = await import("../../pki/certificate.ts");
  const pem = caPem ?? (caFile === undefined ? undefined : await host.readText(caFile));
  if (pem === undefined) {
    throw new InvalidInput(
      `Cannot read kubeconfig "${path}": it has no authority${caFile ? ` ("${caFile}" not found)` : ""}`,
    );
  }
  return parseCertificates(pem)[0]!.der;
}

/** The kubelet may use either endpoint: kubeadm has done both. */
function serverWarnings(node: ControlPlaneNode, spec: KubeconfigSpec, { server }: Kubeconfig): string[] {
  const wanted = serverOf(spec, node);
  const common = controlPlaneUrl(node.cluster, node.endpoint);
  if (server === wanted || spec.name === "kubelet" && server === common) return [];
  return [`${spec.path} has the server ${server}, expected ${wanted}; it is kept unchanged`];
}

/** Inspects all kubeconfigs. */
export async function inspectKubeconfigs(
  host: Host,
  node: ControlPlaneNode,
  kubeconfigs: readonly KubeconfigSpec[] = KUBECONFIGS,
): Promise<InspectionResult[]> {
  return await Promise.all(kubeconfigs.map((spec) => inspectKubeconfig(host, node, spec)));
}

/**
 * Names of the keys that `init` must create: names of {@linkcode CERTIFICATES}, `sa`, names of {@linkcode KUBECONFIGS}.
 * Empty when everything exists. Checks only which files exist.
 * @param order all these names in the order in which they are needed.
 */
export async function missingKeys(
  host: Host,
  node: ControlPlaneNode,
  order: readonly string[],
  kubeconfigs: readonly KubeconfigSpec[] = KUBECONFIGS,
): Promise<string[]> {
  const wanted: { name: string; files: string[] }[] = [
    ...CERTIFICATES.filter((spec) => isWanted(spec, node)).map((spec) => {
      const { certificate, key } = pkiPaths(node.cluster, spec);
      return { name: spec.name, files: [certificate, key] };
    }),
    { name: SERVICE_ACCOUNT_KEY.name, files: [pkiPaths(node.cluster, SERVICE_ACCOUNT_KEY).key] },
    ...kubeconfigs.map(({ name, path }) => ({ name, files: [path] })),
  ].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const present = await Promise.all(
    wanted.map(async ({ files }) => {
      const contents = await Promise.all(files.map((file) => host.read(file)));
      return contents.some((content) => content !== undefined);
    }),
  );
  return wanted.filter((_, index) => !present[index]).map(({ name }) => name);
}
