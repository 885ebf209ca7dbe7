/**
 * Renews certificates: whom they are for stays as it is, key and time are new. A pair is two files, which cannot change
 * at once: both are ready before the first is written, and a run that is killed in between is mended by the next one,
 * because only the certificate is read, never the key that is replaced.
 * @module
 */
import { pkiPaths } from "../cluster/certificates.ts";
import { certificateNamed, validityOf } from "../cluster/certificates.ts";
import { findRenewable, type Found, pathOf } from "../cluster/existing_renewables.ts";
import { type ExistingPair, problemAt, readPair, signingAuthority, whyCannotSign } from "../cluster/existing_pair.ts";
import { kubeconfigWithClient } from "../cluster/kubeconfig_client.ts";
import { parseKubeconfig } from "../cluster/kubeconfigs.ts";
import type { Renewable } from "../cluster/renewal.ts";
import type { ClusterConfiguration, EncryptionAlgorithm } from "../config/types.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import type { Authority, Certificate } from "../pki/certificate.ts";
import type { LeafRequest } from "../pki/issue.ts";
import { type KeyMill, startKeys } from "../pki/key_mill.ts";
import type { Host } from "../system.ts";

/** What the work needs. */
export interface RenewalContext {
  host: Host;
  cluster: ClusterConfiguration;
  /** Keys of the kind that a certificate has, instead of the configured kind: for when the configuration is only a guess. */
  keepAlgorithm: boolean;
  /** When the program was started; validity counts from it. */
  startedAt: Date;
}

/** What became of one certificate. */
export interface Renewed {
  readonly entry: Renewable;
  readonly outcome: "renewed" | "missing" | "external" | "not embedded";
  /** The new one. */
  readonly certificate?: Certificate;
}

/** A certificate to renew, and who signs it. */
interface Planned {
  readonly entry: Renewable;
  readonly found: Found;
  readonly authority: (Authority & { bundle: readonly Certificate[] }) | undefined;
}

/**
 * Renews those that are there and whose authority's key is on this host.
 * @throws {InvalidInput} before the first write, with everything that stands in the way.
 */
export async function renewCertificates(context: RenewalContext, entries: readonly Renewable[]): Promise<Renewed[]> {
  const { host, cluster } = context;
  const authorities = await readAuthorities(host, cluster, entries);
  const found = await Promise.all(entries.map((entry) => findRenewable(host, cluster, entry)));
  const planned = entries.map((entry, i): Planned => ({
    entry,
    found: found[i]!,
    authority: authorities.get(entry.issuer),
  }));
  refuseUnreadable(planned, cluster);
  const due = planned.filter(({ found, authority }) => found.state === "present" && authority !== undefined);
  const mills = startMills(context, due);
  const renewed: Renewed[] = [];
  for (const { entry, found, authority } of planned) {
    if (found.state !== "present" || authority === undefined) {
      renewed.push({ entry, outcome: found.state === "present" ? "external" : outcomeOf(found) });
      continue;
    }
    const { certificatePem } = await import("../pki/certificate.ts");
    const { issueLeaf } = await import("../pki/issue.ts");
    const { privateKeyPem } = await import("../pki/key_pem.ts");
    const keys = await mills(entry.name).take(entry.name);
    const certificate = await issueLeaf(requestOf(context, entry, found.certificate), keys.publicKey, authority);
    const pem = { clientCertPem: certificatePem(certificate), clientKeyPem: await privateKeyPem(keys) };
    if (entry.kind === "pair") {
      const paths = pkiPaths(cluster, entry.spec);
      await replace(host, paths.key, pem.clientKeyPem, 0o600);
      await replace(host, paths.certificate, pem.clientCertPem, 0o644);
    } else {
      const trust = await newTrust(found.text, entry.spec.path, authority);
      await replace(
        host,
        entry.spec.path,
        kubeconfigWithClient(found.text, entry.spec.path, { ...pem, ...trust }),
        0o600,
      );
    }
    renewed.push({ entry, outcome: "renewed", certificate });
  }
  return renewed;
}

/**
 * Puts new content at a path whose owner and group stay: a component that does not run as root has to read its key. The
 * group keeps the rights that it has, everybody else has none that `mode` does not give.
 */
async function replace(host: Host, path: string, content: string, mode: number): Promise<void> {
  const { code, stdout } = await host.query({ argv: ["stat", "--format=%u:%g", path] });
  const owner = code === 0 ? stdout.trim() : "0:0";
  const before = await host.stat(path);
  await host.write(path, content, mode | ((before?.mode ?? 0) & 0o070));
  if (owner !== "0:0") await host.run({ argv: ["chown", owner, path] });
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

/** The authorities that can sign, by name; one whose key is kept elsewhere is not among them. */
async function readAuthorities(host: Host, cluster: ClusterConfiguration, entries: readonly Renewable[]) {
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
    if (pair.certificates && !pair.keys) continue;
    if (!pair.certificates) {
      problems.push({ where: paths.certificate, what: `is missing: nothing can be signed by "${name}"` });
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

/** Keys in the background, each of the kind that its certificate is to have. */
function startMills({ host, cluster, keepAlgorithm }: RenewalContext, due: readonly Planned[]) {
  const names = new Map<EncryptionAlgorithm, string[]>();
  const kinds = new Map<string, EncryptionAlgorithm>();
  for (const { entry, found } of due) {
    const own = keepAlgorithm && found.state === "present" ? found.certificate.keyAlgorithm : undefined;
    const kind = own ?? cluster.encryptionAlgorithm;
    kinds.set(entry.name, kind);
    names.set(kind, [...names.get(kind) ?? [], entry.name]);
  }
  const mills = new Map<EncryptionAlgorithm, KeyMill>();
  for (const [kind, of] of names) mills.set(kind, startKeys(of, kind, host.cpus()));
  return (name: string) => mills.get(kinds.get(name)!)!;
}

/** What the new certificate is to say: as the old one; one without purposes gets those that it is made with. */
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

/** A kubeconfig that does not trust the authority has been left behind by its replacement, and gets the new one. */
async function newTrust(
  text: string,
  path: string,
  { certificate, bundle }: { certificate: Certificate; bundle: readonly Certificate[] },
) {
  const { certificatePem, parseCertificates } = await import("../pki/certificate.ts");
  const { sameBytes } = await import("../pki/keys.ts");
  const { caPem, caFile } = parseKubeconfig(text, path);
  if (caPem === undefined && caFile !== undefined) return {};
  const trusted = caPem === undefined ? [] : parseCertificates(caPem);
  return trusted.some(({ der }) => sameBytes(der, certificate.der)) ? {} : { caPem: certificatePem(...bundle) };
}
