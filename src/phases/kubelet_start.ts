import { stringify } from "../config/yaml.ts";
import {
  kubeletFlagsFile,
  kubeletInstanceConfiguration,
  nodeKubeletConfiguration,
  rotatedCertificate,
} from "../cluster/kubelet/configuration.ts";
import { rotatesCertificate } from "../node/kubelet/identity.ts";
import { activeSince } from "../node/services.ts";
import type { Patcher } from "../cluster/patches/apply.ts";
import { CONDITION_HINT, conditionText } from "../node/kubelet/conditions.ts";
import { kubeletConditions, type UnitFile } from "../node/kubelet/unit.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "../cluster/kubelet/unit.ts";
import {
  DEFAULT_KUBELET_PROGRAM,
  KUBELET_DIRECTORY,
  KUBELET_FILES,
  KUBERNETES_DIRECTORY,
  MANIFESTS_DIRECTORY,
} from "../cluster/paths.ts";
import type { ComponentConfiguration, Facts, NodeRegistration } from "../config/types.ts";
import { UserError } from "../errors.ts";
import type { Host, UnitState } from "../system.ts";
import type { Cell } from "./cell.ts";
import type { Phase } from "./phase.ts";

/** What starting the kubelet needs. */
export interface KubeletStartContext {
  host: Host;
  facts: Facts;
  nodeRegistration: NodeRegistration;
  /** Control plane nodes are tainted by their administrator, workers taint themselves. */
  registerTaints: boolean;
  /** The cluster's KubeletConfiguration. */
  kubeletConfiguration(): Promise<ComponentConfiguration>;
  /** The user's patches. */
  patch: Patcher;
  /** When the kubelet was started, as `performance.now()`. */
  kubeletStartedAt: Cell<number>;
}

/** Files besides units that a running kubelet has read at its start. */
const READ_AT_START = [KUBELET_FILES.configuration, KUBELET_FILES.flags, KUBELET_FILES.instanceConfiguration];

async function resolvedIsActive(host: Host): Promise<boolean> {
  return await host.services.booted() && (await host.services.state("systemd-resolved.service")).active === "active";
}

async function configurationFiles(context: KubeletStartContext): Promise<UnitFile[]> {
  const { host, nodeRegistration, registerTaints } = context;
  const { criSocket } = nodeRegistration;
  const configuration = nodeKubeletConfiguration(await context.kubeletConfiguration(), {
    criSocket,
    systemdResolved: await resolvedIsActive(host),
    patch: (document) => context.patch("kubeletconfiguration", document),
  });
  const flags = kubeletFlagsFile(nodeRegistration, { hostname: host.hostname(), registerTaints });
  return [
    {
      path: KUBELET_FILES.instanceConfiguration,
      content: stringify(kubeletInstanceConfiguration(criSocket)),
      mode: 0o644,
    },
    { path: KUBELET_FILES.flags, content: flags, mode: 0o644 },
    { path: KUBELET_FILES.configuration, content: stringify(configuration), mode: 0o644 },
  ];
}

/** The kubelet's unit; undefined where systemd does not run. */
async function unitOf(host: Host): Promise<UnitState | undefined> {
  return await host.services.booted() ? await host.services.state(KUBELET_SERVICE) : undefined;
}

/**
 * Files that only a kubelet with an identity of its own has read: its kubeconfig, which on a host that joins the kubelet
 * itself writes.
 */
function identityFiles({ registerTaints }: KubeletStartContext): string[] {
  return registerTaints ? [] : [KUBELET_FILES.kubeconfig];
}

/** Whether the kubelet has an identity that was taken from the disk since: it goes on with the one in its memory. */
async function isForgotten({ host, nodeRegistration, registerTaints }: KubeletStartContext): Promise<boolean> {
  const { kubeletExtraArgs } = nodeRegistration;
  if (registerTaints || await host.stat(KUBELET_FILES.kubeconfig) === undefined) return false;
  return await rotatesCertificate(host, kubeletExtraArgs) &&
    await host.stat(rotatedCertificate(kubeletExtraArgs)) === undefined;
}

/** Whether the kubelet does not run, or has not seen the newest of its files. */
async function isStale(
  context: KubeletStartContext,
  unit: UnitState | undefined,
  paths: readonly string[],
): Promise<boolean> {
  const { host } = context;
  const since = unit?.active === "active" ? await activeSince(host, unit) : undefined;
  if (since === undefined) return true;
  const stats = await Promise.all(paths.map((path) => host.stat(path)));
  return stats.some((stat) => stat !== undefined && stat.modified > since) ||
    await isForgotten(context);
}

/** Exit status by which systemd tells that a program could not be run at all (systemd.exec(5), EXIT_EXEC). */
const EXIT_EXEC = 203;

/**
 * Restarts the kubelet. One that ends so early that systemd calls the start failed is no error yet: systemd goes on
 * trying, and who waits for it is told what it said.
 * @param before the unit until now: where systemd was not to start it since (a dry run), nothing is said of its conditions.
 */
async function restart(host: Host, before: UnitState | undefined): Promise<void> {
  try {
    await host.services.restart(KUBELET_SERVICE);
    if (before) await checkConditions(host, before);
  } catch (error) {
    if (error instanceof ConditionFailed) throw error;
    if (before) await checkConditions(host, before);
    const state = await host.services.state(KUBELET_SERVICE).catch((unseen) => {
      if (unseen instanceof UserError) throw error; // that it did not start is the news
      throw unseen;
    });
    if (state.sub !== "auto-restart" || state.exitStatus === EXIT_EXEC) throw error;
  }
}

/** systemd passes over a unit whose condition does not hold, and calls that a success. */
class ConditionFailed extends UserError {}

/** @throws {ConditionFailed} when systemd was to start the kubelet and did not, because of a condition. */
async function checkConditions(host: Host, before: UnitState): Promise<void> {
  const unit = await host.services.state(KUBELET_SERVICE).catch((unseen) => {
    if (unseen instanceof UserError) return before; // other checks say so
    throw unseen;
  });
  if (!unit.conditionFailed || unit.triedSinceBoot === before.triedSinceBoot) return;
  const why = conditionText(await kubeletConditions(host), unit);
  throw new ConditionFailed(`Cannot start the kubelet: systemd passes over "${KUBELET_SERVICE}", because ${why}`, {
    hint: [CONDITION_HINT, "Then run the same command again."],
  });
}

/**
 * Writes the configuration, then lets systemd run the kubelet. A kubelet that already runs with these very files is left
 * alone; one that was started before the newest of them (this program was killed in between) is restarted.
 */
export const kubeletStart: Phase<KubeletStartContext> = {
  name: "kubelet-start",
  summary: "write the kubelet's configuration, and start it",
  needs: ["kubelet-unit"],
  async run(context) {
    const { host, facts } = context;
    await host.makeDirectory(KUBELET_DIRECTORY, 0o700);
    await host.makeDirectory(KUBERNETES_DIRECTORY, 0o755);
    // A kubelet that does not find the folder at its start sees manifests 20 s late; else it is told by inotify.
    await host.makeDirectory(MANIFESTS_DIRECTORY, 0o700);
    for (const file of await configurationFiles(context)) await host.put(file);
    context.kubeletStartedAt.set(performance.now());
    const files = kubeletUnitFiles(facts.kubeletPath ?? DEFAULT_KUBELET_PROGRAM).map((file) => file.path);
    const unit = await unitOf(host);
    if (await isStale(context, unit, [...READ_AT_START, ...identityFiles(context), ...files])) {
      await restart(host, unit);
    }
  },
};
