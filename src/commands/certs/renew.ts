import { formatExpiration } from "../../node/pki/expiration.ts";
import { readKubeletSettings } from "../../node/kubelet/settings.ts";
import { manifestPath } from "../../cluster/paths.ts";
import { selectRenewables } from "../../cluster/pki/renewables.ts";
import { type ConfigurationSource, findConfiguration } from "../../node/stored_config.ts";
import { renewCertificates, type Renewed } from "../../phases/renewal.ts";
import { restartPods } from "../../phases/restart_pods.ts";
import { formatDuration } from "../../config/duration.ts";
import { InvalidInput } from "../../errors.ts";
import type { Host, System } from "../../system.ts";
import { gatherFacts } from "../../node/facts.ts";
import type { CommandContext, Outcome } from "../command_context.ts";

/** What `certs renew` is asked for. */
export interface RenewRequest extends ConfigurationSource {
  /** Names of certificates, or `all`. */
  names: readonly string[];
  /** Restart the static pods that use what is new. */
  restart: boolean;
  /** Of the container runtime; absent: the one that is found. */
  criSocket: string | undefined;
  dryRun: boolean;
}

/** What a person is told of one certificate. */
function line({ entry, outcome, certificate }: Renewed, width: number, dryRun: boolean): string {
  const told = {
    renewed: () =>
      `${dryRun ? "would be renewed, valid" : "renewed, good"} until ${formatExpiration(certificate!.notAfter)}`,
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
export async function renew(command: CommandContext, request: RenewRequest): Promise<Outcome> {
  const system = request.dryRun ? command.dryRun() : command.changing();
  const { cluster, origin, reason } = await findConfiguration(system, request);
  const entries = selectRenewables(request.names, cluster);
  const runtime = request.restart ? system.runtime(await socketOf(system, request.criSocket)) : undefined;
  await runtime?.version(); // before anything is renewed that could not be restarted
  if (origin === "defaults") {
    command.warn(
      `The cluster's configuration cannot be read: ${reason}. Certificates get keys of the kind that they have, and ` +
        `${formatDuration(cluster.certificateValidityPeriod)}; --config names a file that says otherwise.`,
    );
  }
  const { host } = system;
  const context = { host, cluster, keepAlgorithm: origin === "defaults", startedAt: host.now(), warn: command.warn };
  const renewed = await renewCertificates(context, entries);
  const width = Math.max(...entries.map(({ name }) => name.length));
  const restart = await podsToRestart(host, renewed);
  const { unverified } = system;
  const restarted = runtime === undefined
    ? []
    : await restartPods({ host, unverified, runtime, note: command.note }, restart);
  const text = [
    ...renewed.map((one) => line(one, width, request.dryRun)),
    ...request.dryRun ? [] : told(restart, restarted),
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
      restarted,
      dryRun: request.dryRun,
    },
  };
}

/** The container runtime that restarts happen with: the one that was named, else the kubelet's, else the one that answers. */
async function socketOf({ host, runtime }: System, given: string | undefined): Promise<string> {
  if (given !== undefined) return given.startsWith("/") ? `unix://${given}` : given;
  const { runtimeEndpoint } = await readKubeletSettings(host);
  if (runtimeEndpoint !== undefined) return runtimeEndpoint;
  const { criSockets: [only, ...more] } = await gatherFacts(host, runtime);
  if (only !== undefined && more.length === 0) return only;
  const what = only === undefined
    ? "no container runtime was found"
    : `several container runtimes answer on this host: ${[only, ...more].join(", ")}`;
  throw new InvalidInput("Cannot restart static pods:", [{ where: "--cri-socket", what: `${what}; name one` }]);
}

function told(pods: readonly string[], restarted: readonly string[]): string[] {
  if (pods.length === 0) return [];
  const done = restarted.length > 0 ? ["", `Restarted: ${restarted.join(", ")}.`] : [];
  const left = pods.filter((pod) => !restarted.includes(pod));
  if (left.length === 0) return done;
  return [
    ...done,
    "",
    `Restart ${left.join(", ")} on this host, so that the new certificates are used: run this again with --restart,`,
    "or, one after another, move each manifest out of /etc/kubernetes/manifests until its container is gone, and back.",
  ];
}
