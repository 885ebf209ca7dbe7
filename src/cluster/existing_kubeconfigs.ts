/** What a host already has of the kubeconfigs, and which keys `init` has to make. Observes, never changes. @module */
import { dirname, isAbsolute, join } from "@std/path/posix";
import type { InitConfiguration } from "../config/types.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import { sameBytes } from "../pki/keys.ts";
import type { Host } from "../system.ts";
import { certificateNamed, CERTIFICATES, isWanted, pkiPaths, SERVICE_ACCOUNT_KEY } from "./certificates.ts";
import { controlPlaneUrl } from "./endpoints.ts";
import {
  authorityCannotSign,
  commonNameProblems,
  type ExistingPair,
  type Findings,
  readIssuer,
  unique,
} from "./existing_pair.ts";
import { type Kubeconfig, KUBECONFIGS, type KubeconfigSpec, parseKubeconfig, serverOf } from "./kubeconfigs.ts";

/** The authority that signs the client certificates of kubeconfigs, and that they trust. */
export const CLUSTER_AUTHORITY = certificateNamed("ca");

/**
 * Whether an existing kubeconfig can be kept, or a missing one be made. As with kubeadm, it is kept when it trusts the
 * cluster's authority: another server is a warning, and its client certificate is not looked at. `authority` is undefined
 * when it cannot be read.
 */
export async function inspectKubeconfig(
  host: Host,
  config: InitConfiguration,
  spec: KubeconfigSpec,
): Promise<Findings & { exists: boolean; authority: ExistingPair | undefined }> {
  const text = await host.readText(spec.path);
  const authority = await readIssuer(host, config, CLUSTER_AUTHORITY);
  if (!authority) return { exists: text !== undefined, authority, problems: [], warnings: [] };
  if (text === undefined) {
    const problems = [
      ...commonNameProblems(spec.user(config)),
      ...authorityCannotSign(host, config, CLUSTER_AUTHORITY, authority, spec.path),
    ];
    return { exists: false, authority, problems, warnings: [] };
  }
  const { certificate: authorityPath } = pkiPaths(config.cluster, CLUSTER_AUTHORITY);
  if (!authority.certificates) {
    const hint = `Put ${authorityPath} and its key back, or remove ${spec.path}.`;
    return {
      exists: true,
      authority,
      problems: [{ where: spec.path, what: `is there, but its authority ${authorityPath} is not`, hint }],
      warnings: [],
    };
  }
  try {
    const kubeconfig = parseKubeconfig(text, spec.path);
    const anchor = await firstTrusted(host, spec.path, kubeconfig);
    const trusts = authority.certificates.some(({ der }) => sameBytes(der, anchor));
    const what = `does not trust ${authorityPath}: its first authority is another certificate`;
    const hint = `Put the authority back that it was made with, or remove ${spec.path} to have it made anew.`;
    return {
      exists: true,
      authority,
      problems: trusts ? [] : [{ where: spec.path, what, hint }],
      warnings: serverWarnings(config, spec, kubeconfig),
    };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const hint = `Remove ${spec.path} to have it made anew.`;
    return { exists: true, authority, problems: [{ where: spec.path, what: error.message, hint }], warnings: [] };
  }
}

/** DER of the first certificate that a kubeconfig trusts, embedded or in a file (named relative to the kubeconfig). */
async function firstTrusted(host: Host, path: string, { caPem, caFile }: Kubeconfig): Promise<Uint8Array> {
  const { parseCertificates } = await import("../pki/certificate.ts");
  const file = caFile === undefined || isAbsolute(caFile) ? caFile : join(dirname(path), caFile);
  const pem = caPem ?? (file === undefined ? undefined : await host.readText(file));
  if (pem === undefined) {
    throw new InvalidInput(
      `Cannot read kubeconfig "${path}": it has no authority${file ? ` ("${file}" is not there)` : ""}`,
    );
  }
  return parseCertificates(pem)[0]!.der;
}

/** The kubelet may be at home at either endpoint: kubeadm has had it both ways. */
function serverWarnings(config: InitConfiguration, spec: KubeconfigSpec, { server }: Kubeconfig): string[] {
  const wanted = serverOf(spec, config);
  const common = controlPlaneUrl(config.cluster, config.localAPIEndpoint);
  if (server === wanted || spec.name === "kubelet" && server === common) return [];
  return [`${spec.path} leads to ${server} instead of ${wanted}; it is kept as it is`];
}

/** Everything about the existing kubeconfigs that stands in the way of `init`. Nothing is written. */
export async function checkExistingKubeconfigs(host: Host, config: InitConfiguration): Promise<Problem[]> {
  const findings = await Promise.all(KUBECONFIGS.map((spec) => inspectKubeconfig(host, config, spec)));
  return unique(findings.flatMap(({ problems }) => problems));
}

/**
 * Names of the keys that `init` has to make: names of {@linkcode CERTIFICATES}, `sa`, names of {@linkcode KUBECONFIGS}.
 * Empty when everything is there. Looks only at which files exist.
 * @param order all these names in the order in which they are needed.
 */
export async function missingKeys(
  host: Host,
  config: InitConfiguration,
  order: readonly string[],
): Promise<string[]> {
  const wanted: { name: string; files: string[] }[] = [
    ...CERTIFICATES.filter((spec) => isWanted(spec, config)).map((spec) => {
      const { certificate, key } = pkiPaths(config.cluster, spec);
      return { name: spec.name, files: [certificate, key] };
    }),
    { name: SERVICE_ACCOUNT_KEY.name, files: [pkiPaths(config.cluster, SERVICE_ACCOUNT_KEY).key] },
    ...KUBECONFIGS.map(({ name, path }) => ({ name, files: [path] })),
  ].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const present = await Promise.all(
    wanted.map(async ({ files }) => {
      const contents = await Promise.all(files.map((file) => host.read(file)));
      return contents.some((content) => content !== undefined);
    }),
  );
  return wanted.filter((_, index) => !present[index]).map(({ name }) => name);
}
