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

/** A command line of `certs renew`. */
export interface RenewRequest extends ConfigurationSource {
  /** Names of certificates, or `all`. */
  names: readonly string[];
  /** Restart the static pods that use the renewed certificates. */
  restart: boolean;
  /** Socket of the container runtime; absent: the one that is found. */
  criSocket: string | undefined;
  dryRun: boolean;
}

/** The line of one certificate. */
function line({ entry, outcome, certificate }: Renewed, width: number, dryRun: boolean): string {
  const outcomes = {
    renewed: () => `${dryRun ? "would be renewed" : "renewed"}, valid until ${formatExpiration(certificate!.notAfter)}`,
    missing: () => "not renewed: not found on this host",
    external: () => `not renewed: the CA "${entry.issuer}" is external, its key is not on this host`,
    "not embedded": () => "not renewed: it contains no certificate",
  };
  return `${entry.name.padEnd(width)}   ${outcomes[outcome]()}`;
}

/** The static pods of this host that still use the old certificates. */
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
      `Cannot read the cluster's configuration: ${reason}. Renewed certificates keep their key algorithm and are valid for ` +
        `${formatDuration(cluster.certificateValidityPeriod)}. For other values, pass the configuration with --config.`,
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
    ...request.dryRun ? [] : restartText(restart, restarted),
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

/** The socket of the container runtime for restarts: the given one, else the kubelet's, else the only one that answers. */
async function socketOf({ host, runtime }: System, given: string | undefined): Promise<string> {
  if (given !== undefined) return given.startsWith("/") ? `unix://${given}` : given;
  const { runtimeEndpoint } = await readKubeletSettings(host);
  if (runtimeEndpoint !== undefined) return runtimeEndpoint;
  const { criSockets: [only, ...more] } = await gatherFacts(host, runtime);
  if (only !== undefined && more.length === 0) return only;
  const what = only === undefined
    ? "no container runtime was found"
    : `several container runtimes answer on this host: ${[only, ...more].join(", ")}`;
  throw new InvalidInput("Cannot restart static pods:", [{ where: "--cri-socket", what: `is required: ${what}` }]);
}

/** The pods that were restarted, and how to restart the others. */
function restartText(pods: readonly string[], restarted: readonly string[]): string[] {
  if (pods.length === 0) return [];
  const done = restarted.length > 0 ? ["", `Restarted: ${restarted.join(", ")}.`] : [];
  const left = pods.filter((pod) => !restarted.includes(pod));
  if (left.length === 0) return done;
  return [
    ...done,
    "",
    `Restart ${left.join(", ")} on this host to use the new certificates: rerun the command with --restart, or`,
    "move one manifest at a time out of /etc/kubernetes/manifests, wait until its container is gone, and move it back.",
  ];
}
