import { formatExpiration } from "../../cluster/expiration.ts";
import { manifestPath } from "../../cluster/paths.ts";
import { selectRenewables } from "../../cluster/renewal.ts";
import { type ConfigurationSource, findConfiguration } from "../../cluster/stored_config.ts";
import { renewCertificates, type Renewed } from "../../phases/renewal.ts";
import type { Host } from "../../system.ts";
import type { Desk, Outcome } from "../desk.ts";

/** What `certs renew` is asked for. */
export interface RenewRequest extends ConfigurationSource {
  /** Names of certificates, or `all`. */
  names: readonly string[];
  dryRun: boolean;
}

/** What a person is told of one certificate. */
function line({ entry, outcome, certificate }: Renewed, width: number): string {
  const told = {
    renewed: () => `renewed, good until ${formatExpiration(certificate!.notAfter)}`,
    missing: () => "not renewed: there is none on this host",
    external: () => `not renewed: its authority "${entry.issuer}" is external, its key is not on this host`,
    "not embedded": () => "not renewed: there is no certificate in it",
  };
  return `${entry.name.padEnd(width)}   ${told[outcome]()}`;
}

/** The static pods of this host that still use what was replaced. */
async function podsToRestart(host: Host, renewed: readonly Renewed[]): Promise<string[]> {
  const names = [...new Set(renewed.flatMap(({ entry, outcome }) => outcome === "renewed" ? entry.usedBy : []))].sort();
  const here = await Promise.all(names.map((name) => host.stat(manifestPath(name))));
  return names.filter((_, index) => here[index] !== undefined);
}

/** `certs renew`: new keys and certificates with the names of the old ones. */
export async function renew(desk: Desk, request: RenewRequest): Promise<Outcome> {
  const system = request.dryRun ? desk.dryRun() : desk.system;
  const { cluster, origin, reason } = await findConfiguration(system, request);
  const entries = selectRenewables(request.names, cluster);
  if (origin === "defaults") {
    desk.warn(
      `The cluster's configuration cannot be read: ${reason}. Certificates get keys of the kind that they have, and ` +
        `${cluster.certificateValidityPeriod}; --config names a file that says otherwise.`,
    );
  }
  const { host } = system;
  const context = { host, cluster, keepAlgorithm: origin === "defaults", startedAt: host.now() };
  const renewed = await renewCertificates(context, entries);
  const width = Math.max(...entries.map(({ name }) => name.length));
  const restart = await podsToRestart(host, renewed);
  const text = [
    ...renewed.map((one) => line(one, width)),
    ...request.dryRun ? ["", "Nothing was changed: this was a dry run."] : restartAdvice(restart),
  ].join("\n");
  return {
    text,
    result: {
      certificates: renewed.map(({ entry, outcome, certificate }) => ({
        name: entry.name,
        outcome,
        ...certificate ? { expirationDate: certificate.notAfter.toISOString() } : {},
      })),
      restart,
      dryRun: request.dryRun,
    },
  };
}

function restartAdvice(pods: readonly string[]): string[] {
  if (pods.length === 0) return [];
  return [
    "",
    `Restart ${pods.join(", ")} on this host, so that the new certificates are used. One way, one after another: move`,
    `the manifest out of /etc/kubernetes/manifests, wait until the container is gone, and move it back.`,
  ];
}
