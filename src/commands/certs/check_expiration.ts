import { findAuthority, findKubeletClient, findRenewable, type Found, pathOf } from "../../node/pki/renewables.ts";
import {
  type ExpirationEntry,
  expirationEntry,
  type ExpirationInfo,
  expirationTables,
  formatExpiration,
  formatSpan,
} from "../../node/pki/expiration.ts";
import { authoritiesOf, renewablesOf } from "../../cluster/pki/renewables.ts";
import { type ConfigurationSource, findConfiguration } from "../../node/stored_config.ts";
import { pkiPaths } from "../../cluster/pki/certificates.ts";
import type { Host } from "../../system.ts";
import { type CommandContext, type Outcome, warnOfDefaults } from "../command_context.ts";

/** A certificate with less time left is warned about. */
const SOON_SECONDS = 30 * 86_400;

/** `certs check-expiration`: when certificates expire. Requires no API server. */
export async function checkExpiration(command: CommandContext, source: ConfigurationSource): Promise<Outcome> {
  const { host } = command.system;
  const configuration = await findConfiguration(command.system, source);
  const { cluster } = configuration;
  warnOfDefaults(command, configuration);
  const now = host.now();
  const unreadable: string[] = [];
  const readable = (path: string, found: Found) => {
    if (found.state === "unreadable") unreadable.push(`${path}: ${found.reason}`);
    if (found.state === "not embedded") unreadable.push(`${path} contains no client certificate`);
    return found;
  };
  const authorities = await Promise.all(
    authoritiesOf(cluster).map(async (spec) => ({ spec, ...await findAuthority(host, cluster, spec) })),
  );
  const info: ExpirationInfo = {
    apiVersion: "output.kubeadm.k8s.io/v1alpha3",
    kind: "CertificateExpirationInfo",
    certificates: await Promise.all(
      renewablesOf(cluster).map(async (entry) => {
        const found = readable(pathOf(entry, cluster), await findRenewable(host, cluster, entry));
        const authority = authorities.find(({ spec }) => spec.name === entry.issuer);
        return expirationEntry(entry.name, found, authority?.externallyManaged ?? false, now, entry.issuer);
      }),
    ),
    certificateAuthorities: authorities.map(({ spec, found, externallyManaged }) => {
      return expirationEntry(
        spec.name,
        readable(pkiPaths(cluster, spec).certificate, found),
        externallyManaged,
        now,
      );
    }),
  };
  unreadable.forEach((message) => command.warn(message));
  warnOfTheEnd(command, info);
  const kubelet = await kubeletLine(host, now);
  return { text: [expirationTables(info), ...kubelet].join("\n\n"), result: { ...info } };
}

/** Warns about certificates that have expired or expire soon. */
function warnOfTheEnd(command: CommandContext, { certificates, certificateAuthorities }: ExpirationInfo): void {
  const names = (of: ExpirationEntry[]) => of.map(({ name }) => name).join(", ");
  const present = (of: ExpirationEntry[]) => of.filter(({ missing }) => !missing);
  const expired = present(certificates).filter(({ residualTime }) => residualTime < 0);
  const soon = present(certificates).filter(({ residualTime }) => residualTime >= 0 && residualTime < SOON_SECONDS);
  const renew = "to renew them, run kubewright certs renew all on a host with the key of the CA";
  if (expired.length > 0) command.warn(`Expired: ${names(expired)}; ${renew}`);
  if (soon.length > 0) command.warn(`Expire within 30 days: ${names(soon)}; ${renew}`);
  const authorities = present(certificateAuthorities).filter(({ residualTime }) => residualTime < SOON_SECONDS);
  if (authorities.length > 0) {
    command.warn(`CAs that have expired or expire within 30 days: ${names(authorities)}; replace them manually`);
  }
}

/** The certificate that the kubelet renews itself. */
async function kubeletLine(host: Host, now: Date): Promise<string[]> {
  const found = await findKubeletClient(host);
  if (found.state !== "present") return [];
  const { notAfter } = found.certificate;
  const left = formatSpan(Math.trunc((notAfter.getTime() - now.getTime()) / 1000));
  return [`The kubelet renews its own client certificate, which expires ${formatExpiration(notAfter)} (${left}).`];
}
