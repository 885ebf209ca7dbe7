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
import type { UnitFile } from "../node/kubelet/unit.ts";
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
import type { Host } from "../system.ts";
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

/** When the kubelet was started; undefined when it does not run. */
async function runsSince(host: Host): Promise<Date | undefined> {
  if (!await host.services.booted()) return undefined;
  const unit = await host.services.state(KUBELET_SERVICE);
  return unit.active === "active" ? await activeSince(host, unit) : undefined;
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

/** Whether the running kubelet has not seen the newest of its files. */
async function isStale(context: KubeletStartContext, paths: readonly string[]): Promise<boolean> {
  const { host } = context;
  const since = await runsSince(host);
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
 */
async function restart(host: Host): Promise<void> {
  try {
    await host.services.restart(KUBELET_SERVICE);
  } catch (error) {
    const state = await host.services.state(KUBELET_SERVICE).catch((unseen) => {
      if (unseen instanceof UserError) throw error; // that it did not start is the news
      throw unseen;
    });
    if (state.sub !== "auto-restart" || state.exitStatus === EXIT_EXEC) throw error;
  }
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
    const unit = kubeletUnitFiles(facts.kubeletPath ?? DEFAULT_KUBELET_PROGRAM).map((file) => file.path);
    if (await isStale(context, [...READ_AT_START, ...identityFiles(context), ...unit])) {
      await restart(host);
    }
  },
};
