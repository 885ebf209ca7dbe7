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
  /** Whether the kubelet registers its taints: workers do, control plane nodes are tainted by phase mark-control-plane. */
  registerTaints: boolean;
  /** The KubeletConfiguration of the cluster. */
  kubeletConfiguration(): Promise<ComponentConfiguration>;
  /** The patches of the user. */
  patch: Patcher;
  /** When the kubelet was started, as `performance.now()`. */
  kubeletStartedAt: Cell<number>;
}

/** Files, in addition to units, that the kubelet reads at its start. */
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

/** The unit of the kubelet; undefined when the host is not booted with systemd. */
async function unitOf(host: Host): Promise<UnitState | undefined> {
  return await host.services.booted() ? await host.services.state(KUBELET_SERVICE) : undefined;
}

/**
 * Files that only a kubelet with an identity reads: its kubeconfig, which the kubelet itself writes on a host that joins.
 */
function identityFiles({ registerTaints }: KubeletStartContext): string[] {
  return registerTaints ? [] : [KUBELET_FILES.kubeconfig];
}

/** Whether the stored identity of the kubelet was removed, in which case it keeps using the one in memory. */
async function isForgotten({ host, nodeRegistration, registerTaints }: KubeletStartContext): Promise<boolean> {
  const { kubeletExtraArgs } = nodeRegistration;
  if (registerTaints || await host.stat(KUBELET_FILES.kubeconfig) === undefined) return false;
  return await rotatesCertificate(host, kubeletExtraArgs) &&
    await host.stat(rotatedCertificate(kubeletExtraArgs)) === undefined;
}

/** Whether the kubelet is not running, or was started before the newest of its files. */
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

/** Exit status with which systemd reports a program that cannot be executed (systemd.exec(5), EXIT_EXEC). */
const EXIT_EXEC = 203;

/**
 * Restarts the kubelet. One that exits so early that systemd reports a failed start is not an error yet: systemd retries,
 * and the wait for the kubelet reports its last log lines.
 * @param before the unit before the restart: its conditions are ignored if systemd has not tried to start it since.
 */
async function restart(host: Host, before: UnitState | undefined): Promise<void> {
  try {
    await host.services.restart(KUBELET_SERVICE);
    if (before) await checkConditions(host, before);
  } catch (error) {
    if (error instanceof ConditionFailed) throw error;
    if (before) await checkConditions(host, before);
    const state = await host.services.state(KUBELET_SERVICE).catch((unseen) => {
      if (unseen instanceof UserError) throw error; // the failed start is the error to report
      throw unseen;
    });
    if (state.sub !== "auto-restart" || state.exitStatus === EXIT_EXEC) throw error;
  }
}

/** systemd skips a unit whose condition is not met, and reports success. */
class ConditionFailed extends UserError {}

/** @throws {ConditionFailed} when systemd did not start the kubelet because a condition is not met. */
async function checkConditions(host: Host, before: UnitState): Promise<void> {
  const unit = await host.services.state(KUBELET_SERVICE).catch((unseen) => {
    if (unseen instanceof UserError) return before; // other checks report it
    throw unseen;
  });
  if (!unit.conditionFailed || unit.triedSinceBoot === before.triedSinceBoot) return;
  const why = conditionText(await kubeletConditions(host), unit);
  throw new ConditionFailed(`Cannot start the kubelet: systemd skips "${KUBELET_SERVICE}", because ${why}`, {
    hint: [CONDITION_HINT, "Then rerun the command."],
  });
}

/**
 * Writes the configuration, then starts the kubelet with systemd. A kubelet that already runs with these files is not
 * restarted, unless it was started before the newest of them.
 */
export const kubeletStart: Phase<KubeletStartContext> = {
  name: "kubelet-start",
  summary: "write the configuration of the kubelet and start it",
  needs: ["kubelet-unit"],
  async run(context) {
    const { host, facts } = context;
    await host.makeDirectory(KUBELET_DIRECTORY, 0o700);
    await host.makeDirectory(KUBERNETES_DIRECTORY, 0o755);
    // A kubelet that starts without this directory detects manifests up to 20 s late; with it, inotify reports them.
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
