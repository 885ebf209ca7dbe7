/**
 * Renews certificates: names and usages are kept, key and validity are new. All certificates are read and signed, and their
 * files verified, before the first write; a write that fails restores the files written before. The next run completes one
 * that was killed between a key and its certificate, because only the certificate is read.
 * @module
 */
import { pkiPaths } from "../cluster/pki/certificates.ts";
import { certificateNamed, validityOf } from "../cluster/pki/certificates.ts";
import { findRenewable, type Found, pathOf } from "../node/pki/renewables.ts";
import { accessTo } from "../node/pki/access.ts";
import { type ExistingPair, problemAt, readPair, signingAuthority, whyCannotSign } from "../node/pki/pair.ts";
import { kubeconfigWithClient } from "../cluster/pki/kubeconfig_client.ts";
import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import type { Renewable } from "../cluster/pki/renewables.ts";
import type { ClusterConfiguration, EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput, type Problem, UserError } from "../errors.ts";
import type { Authority, Certificate, TlsUsage } from "../pki/certificate.ts";
import type { LeafRequest } from "../pki/issue.ts";
import { type KeyPool, startKeys } from "../pki/key_pool.ts";
import type { Host } from "../system.ts";
import { type NewFile, replaceAll, replacementProblems } from "./renewal/replace_files.ts";

/** What the renewal needs. */
export interface RenewalContext {
  host: Host;
  cluster: ClusterConfiguration;
  /** Keep the key algorithm of each certificate, because the configuration is unknown. */
  keepAlgorithm: boolean;
  /** When the program was started: the start of the validity. */
  startedAt: Date;
  /** Reports something that does not stop the command. */
  warn(message: string): void;
}

/** The outcome for one certificate. */
export interface Renewed {
  readonly entry: Renewable;
  readonly outcome: "renewed" | "missing" | "external" | "not embedded";
  /** The new certificate. */
  readonly certificate?: Certificate;
}

/** A certificate to renew, and the authority that signs it. */
interface Planned {
  readonly entry: Renewable;
  readonly found: Found;
  readonly authority: (Authority & { bundle: readonly Certificate[] }) | undefined;
}

/**
 * Renews the certificates that exist and whose authority has its key on this host.
 * @throws {InvalidInput} before the first write, with all problems.
 */
export async function renewCertificates(context: RenewalContext, entries: readonly Renewable[]): Promise<Renewed[]> {
  const { host, cluster } = context;
  const authorities = await readAuthorities(context, entries);
  await checkAccess(context, entries);
  const found = await Promise.all(entries.map((entry) => findRenewable(host, cluster, entry)));
  const planned = entries.map((entry, i): Planned => ({
    entry,
    found: found[i]!,
    authority: authorities.get(entry.issuer),
  }));
  refuseUnreadable(planned, cluster);
  const due = planned.filter(({ found, authority }) => found.state === "present" && authority !== undefined);
  const mills = startMills(context, due);
  const prepared = await prepareAll(context, due, mills);
  await replaceAll(host, prepared.flatMap(({ files }) => files));
  const made = new Map(prepared.map(({ entry, certificate }) => [entry.name, certificate]));
  return planned.map(({ entry, found }): Renewed => {
    const certificate = made.get(entry.name);
    if (certificate) return { entry, outcome: "renewed", certificate };
    return { entry, outcome: found.state === "present" ? "external" : outcomeOf(found) };
  });
}

/** A signed certificate that can be written. */
interface Prepared {
  readonly entry: Renewable;
  readonly certificate: Certificate;
  /** In the order in which they are written: the key first. */
  readonly files: readonly NewFile[];
}

/**
 * Signs all certificates, and verifies that every file can be replaced.
 * @throws {InvalidInput} with every problem, each with its file.
 */
async function prepareAll(
  context: RenewalContext,
  due: readonly Planned[],
  mills: ReturnType<typeof startMills>,
): Promise<Prepared[]> {
  const problems: Problem[] = [];
  const prepared: Prepared[] = [];
  for (const planned of due) {
    try {
      prepared.push(await prepare(context, planned, mills));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push({ where: pathOf(planned.entry, context.cluster), what: error.message });
    }
  }
  problems.push(...await replacementProblems(context.host, prepared.flatMap(({ files }) => files)));
  if (problems.length > 0) throw new InvalidInput("Cannot renew certificates:", problems);
  return prepared;
}

async function prepare(
  context: RenewalContext,
  { entry, found, authority }: Planned,
  mills: ReturnType<typeof startMills>,
): Promise<Prepared> {
  if (found.state !== "present" || !authority) throw new RangeError(`"${entry.name}" is not to be renewed`);
  const { certificatePem } = await import("../pki/certificate.ts");
  const { issueLeaf } = await import("../pki/issue.ts");
  const { privateKeyPem } = await import("../pki/key_pem.ts");
  const keys = await mills(entry.name).take(entry.name);
  const want = requestOf(context, entry, found.certificate);
  const certificate = await issueLeaf(want, keys.publicKey, authority);
  await checkSigned(context, entry, certificate, authority.certificate, want.usages[0]!);
  const pem = { clientCertPem: certificatePem(certificate), clientKeyPem: await privateKeyPem(keys) };
  if (entry.kind === "pair") {
    const paths = pkiPaths(context.cluster, entry.spec);
    const files = [
      { path: paths.key, content: pem.clientKeyPem, mode: 0o600, secret: true },
      { path: paths.certificate, content: pem.clientCertPem, mode: 0o644, secret: false },
    ];
    return { entry, certificate, files };
  }
  const { path } = entry.spec;
  const trust = await newTrust(found.text, path, authority);
  const content = kubeconfigWithClient(found.text, path, { ...pem, ...trust });
  return { entry, certificate, files: [{ path, content, mode: 0o600, secret: true }] };
}

/** An authority may be constrained to other names or usages: nothing is replaced unless the new certificate is valid. */
async function checkSigned(
  { cluster, startedAt: now }: RenewalContext,
  { issuer }: Renewable,
  certificate: Certificate,
  authority: Certificate,
  usage: TlsUsage,
): Promise<void> {
  const { chainTrouble } = await import("../pki/chain.ts");
  const { certificate: path } = pkiPaths(cluster, certificateNamed(issuer));
  const trouble = await chainTrouble(certificate, [], authority, path, { now, usage });
  if (trouble) throw new UserError(`the new certificate would not be valid: it ${trouble}`);
}

function outcomeOf(found: Found): Renewed["outcome"] {
  return found.state === "not embedded" ? "not embedded" : "missing";
}

function refuseUnreadable(planned: readonly Planned[], cluster: ClusterConfiguration): void {
  const problems = planned.flatMap(({ entry, found }): Problem[] =>
    found.state === "unreadable" ? [{ where: pathOf(entry, cluster), what: found.reason }] : []
  );
  if (problems.length > 0) throw new InvalidInput("Cannot renew certificates that cannot be read:", problems);
}

/** New certificates get the names of the old ones, so other users must not be able to write these. */
async function checkAccess({ host, cluster, warn }: RenewalContext, entries: readonly Renewable[]): Promise<void> {
  const files = entries.map((entry) => ({
    path: pathOf(entry, cluster),
    holds: entry.kind === "pair" ? "certificate" as const : "kubeconfig" as const,
  }));
  const { problems, warnings } = await accessTo(host, files);
  if (problems.length > 0) throw new InvalidInput("Cannot renew certificates:", problems);
  warnings.forEach(warn);
}

/** The authorities that can sign, by name; those without a key on this host are left out. */
async function readAuthorities({ host, cluster, warn }: RenewalContext, entries: readonly Renewable[]) {
  const authorities = new Map<string, Authority & { bundle: readonly Certificate[] }>();
  const problems: Problem[] = [];
  for (const name of new Set(entries.map(({ issuer }) => issuer))) {
    const spec = certificateNamed(name);
    const paths = pkiPaths(cluster, spec);
    let pair: ExistingPair;
    try {
      pair = await readPair(host, { cluster }, spec);
    } catch (error) {
      problems.push(...error instanceof InvalidInput ? error.problems : [problemAt(paths.certificate, error)]);
      continue;
    }
    pair.warnings?.forEach(warn);
    if (pair.certificates && !pair.keys) continue;
    if (!pair.certificates) {
      problems.push({ where: paths.certificate, what: `missing: the authority "${name}" cannot sign` });
      continue;
    }
    const authority = signingAuthority({ cluster }, spec, pair);
    const why = await whyCannotSign(authority, host.now());
    if (why) problems.push({ where: paths.certificate, what: why });
    else authorities.set(name, authority);
  }
  if (problems.length > 0) throw new InvalidInput("Cannot renew certificates:", problems);
  return authorities;
}

/** Generates the keys in the background, each with the algorithm of its certificate. */
function startMills({ host, cluster, keepAlgorithm }: RenewalContext, due: readonly Planned[]) {
  const names = new Map<EncryptionAlgorithm, string[]>();
  const kinds = new Map<string, EncryptionAlgorithm>();
  for (const { entry, found } of due) {
    const own = keepAlgorithm && found.state === "present" ? found.certificate.keyAlgorithm : undefined;
    const kind = own ?? cluster.encryptionAlgorithm;
    kinds.set(entry.name, kind);
    names.set(kind, [...names.get(kind) ?? [], entry.name]);
  }
  const mills = new Map<EncryptionAlgorithm, KeyPool>();
  for (const [kind, of] of names) mills.set(kind, startKeys(of, kind, host.cpus()));
  return (name: string) => mills.get(kinds.get(name)!)!;
}

/** The contents of the new certificate: those of the old one; without usages, the default usages. */
function requestOf({ cluster, startedAt }: RenewalContext, entry: Renewable, old: Certificate): LeafRequest {
  const { commonName, organizations, dnsNames, ipAddresses } = old;
  const made = entry.kind === "pair" ? entry.spec.usages : ["client"] as const;
  return {
    ...validityOf("leaf", cluster, startedAt),
    commonName,
    organizations,
    dnsNames,
    ipAddresses,
    usages: old.usages.length > 0 ? old.usages : made,
  };
}

/** The CA for a kubeconfig that does not trust the authority, because the authority was replaced. */
async function newTrust(
  text: string,
  path: string,
  { certificate, bundle }: { certificate: Certificate; bundle: readonly Certificate[] },
) {
  const { certificatePem, parseCertificates } = await import("../pki/certificate.ts");
  const { sameBytes } = await import("../pki/keys.ts");
  const { caPem, caFile } = parseKubeconfig(text, path);
  if (caPem === undefined && caFile !== undefined) return {};
  let trusted: Certificate[] = [];
  try {
    trusted = caPem === undefined ? [] : parseCertificates(caPem);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error; // an unreadable CA is treated as missing
  }
  return trusted.some(({ der }) => sameBytes(der, certificate.der)) ? {} : { caPem: certificatePem(...bundle) };
}
