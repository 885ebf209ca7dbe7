import { inspectKubeletUnit } from "../node/kubelet/unit.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "../cluster/kubelet/unit.ts";
import { DEFAULT_KUBELET_PROGRAM } from "../cluster/paths.ts";
import type { Facts } from "../config/types.ts";
import { UserError } from "../errors.ts";
import type { Host } from "../system.ts";
import type { Cell } from "./cell.ts";
import { type FormerFilesContext, undoFiles, writeKeeping } from "./former_files.ts";
import type { Phase } from "./phase.ts";

/** What installing the unit of the kubelet needs. */
export interface KubeletUnitContext extends FormerFilesContext {
  facts: Facts;
  /** Paths that an earlier run created on this host. */
  ownPaths: ReadonlySet<string>;
  /** Set when this run enabled the unit. */
  kubeletEnabled: Cell<true>;
}

/** Whether systemd has not loaded the newest files of the unit. */
async function needsReload(host: Host): Promise<boolean> {
  return await host.services.booted() && (await host.services.state(KUBELET_SERVICE)).needsReload;
}

/**
 * Installs and enables the unit of the kubelet, unless the host has a unit that uses the files of kubewright. Without a
 * configuration file a condition keeps the unit from starting, so the phase can run while keys are generated.
 * @throws {UserError} for a unit that does not use these files, because kubewright does not replace it.
 */
export const kubeletUnit: Phase<KubeletUnitContext> = {
  name: "kubelet-unit",
  summary: "install and enable the systemd unit of the kubelet",
  async run(context) {
    const { host, facts, ownPaths } = context;
    const { files, problem } = await inspectKubeletUnit(host, facts.kubeletPath ?? DEFAULT_KUBELET_PROGRAM, ownPaths);
    if (problem) {
      throw new UserError(
        `Cannot start the kubelet with the unit "${problem.where}": it ${problem.what}`,
        problem.hint === undefined ? {} : { hint: problem.hint },
      );
    }
    const before = await Promise.all(files.map((file) => host.readText(file.path)));
    for (const file of files) await writeKeeping(context, file.path, file.content, file.mode);
    const changed = files.some((file, i) => file.content !== before[i]);
    if (!await host.services.isEnabled(KUBELET_SERVICE)) {
      context.kubeletEnabled.set(true);
      await host.services.enable(KUBELET_SERVICE); // reloads, too
    } else if (changed || await needsReload(host)) {
      await host.services.daemonReload();
    }
  },
  async undo(context) {
    const { host, facts } = context;
    if (context.kubeletEnabled.or(false)) await host.services.disable(KUBELET_SERVICE, { now: true });
    const paths = kubeletUnitFiles(facts.kubeletPath ?? DEFAULT_KUBELET_PROGRAM).map(({ path }) => path);
    if (await undoFiles(context, paths)) await host.services.daemonReload();
  },
};
