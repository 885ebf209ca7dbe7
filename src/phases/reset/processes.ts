import { VOLUME_DIRECTORIES } from "../../cluster/kubelet_directory.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "../../cluster/kubelet_unit.ts";
import { mountsBelow } from "../../cluster/mounts.ts";
import { DEFAULT_KUBELET_PROGRAM } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import type { RuntimeSandbox } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";
import { shellWord } from "../../text/shell.ts";

/** How often a sandbox is tried to be stopped or removed, as in kubeadm. */
const ATTEMPTS = 5;

/** Whether this program made the kubelet's unit. */
function unitIsOurs({ made }: ResetContext): boolean {
  const [unit] = kubeletUnitFiles(DEFAULT_KUBELET_PROGRAM);
  return made.some(({ kind, path }) => kind === "file" && path === unit!.path);
}

/** Stops the kubelet. A unit of ours does not start it any more; a package's stays as it is, as with kubeadm. */
export const stopKubelet: Phase<ResetContext> = {
  name: "kubelet",
  summary: "stop the kubelet",
  when: ({ maker }) => maker !== "nobody",
  async run(context) {
    const { host, leave, warn } = context;
    const ask = async (verb: string) =>
      (await host.query({ argv: ["systemctl", verb, KUBELET_SERVICE] })).stdout.trim();
    const state = await ask("is-active");
    if (["active", "activating", "reloading", "deactivating"].includes(state)) {
      try {
        await host.run({ argv: ["systemctl", "stop", KUBELET_SERVICE] });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        warn(`the kubelet could not be stopped: ${error.message}`);
      }
    }
    const enabled = (await ask("is-enabled")) === "enabled";
    if (unitIsOurs(context) && enabled) await host.run({ argv: ["systemctl", "disable", KUBELET_SERVICE] });
    else if (enabled) leave(`unit ${KUBELET_SERVICE}`, "it is a package's, or yours; it stays enabled");
  },
};

async function severalTimes(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof UserError)) throw error;
    }
  }
}

/** The sandboxes to remove: a kubelet's. kubeadm removes all that the runtime has. */
async function doomed({ runtime, maker }: ResetContext): Promise<RuntimeSandbox[]> {
  const sandboxes = await runtime.sandboxes();
  return maker === "kubeadm" ? sandboxes : sandboxes.filter(({ ofKubelet }) => ofKubelet);
}

/** Ends pods and what they run. A runtime that does not answer keeps nothing else from being cleaned up. */
export const removeContainers: Phase<ResetContext> = {
  name: "containers",
  summary: "stop and remove the pods' sandboxes and containers",
  when: ({ maker }) => maker !== "nobody",
  async run(context) {
    const { runtime, leave, warn, note } = context;
    let sandboxes: RuntimeSandbox[];
    try {
      sandboxes = await doomed(context);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(`the container runtime cannot be asked: ${error.message}`);
      return leave("pods and containers, if there are any", "start the container runtime and run reset again");
    }
    for (const sandbox of sandboxes) {
      try {
        await severalTimes(() => runtime.stopSandbox(sandbox));
        await severalTimes(() => runtime.removeSandbox(sandbox));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        leave(`pod ${sandbox.podNamespace}/${sandbox.podName} (${sandbox.id.slice(0, 13)})`, messageOf(error));
      }
    }
    if (sandboxes.length > 0 && !context.config.dryRun) note(`${sandboxes.length} pods are gone`);
  },
};

/** Flags of umount(8) for those of umount2(2); it never follows links, and MNT_EXPIRE's care is its usual behaviour. */
const UMOUNT: Readonly<Record<string, string>> = { MNT_FORCE: "-f", MNT_DETACH: "-l" };

/**
 * Unmounts what is mounted below the kubelet's directory: volumes. Where we made the node, only in the kubelet's own
 * folders for volumes.
 * @throws {UserError} when something is busy: its content would be deleted next.
 */
export const unmount: Phase<ResetContext> = {
  name: "mounts",
  summary: "unmount volumes below the kubelet's directory",
  when: ({ maker }) => maker !== "nobody",
  async run({ host, kubeletDirectory, config, maker, leave }) {
    const flags = config.unmountFlags.flatMap((flag) => UMOUNT[flag] ?? []);
    const ours = VOLUME_DIRECTORIES.map((name) => `${kubeletDirectory}/${name}/`);
    for (const point of await mountsBelow(host, kubeletDirectory)) {
      if (maker !== "kubeadm" && !ours.some((folder) => point.startsWith(folder))) {
        leave(`mount ${point}`, "the kubelet does not mount there");
        continue;
      }
      try {
        await host.run({ argv: ["umount", ...flags, "--", point] });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const still = (await mountsBelow(host, kubeletDirectory)).includes(point);
        if (!still) continue; // it went with another
        throw new UserError(`Cannot unmount "${point}": ${error.message}`, {
          cause: error,
          hint: [
            `See what uses it (fuser -vm ${shellWord(point)}), end that and run the same command again.`,
            "Or detach it while it is in use: ResetConfiguration with unmountFlags: [MNT_DETACH]",
          ],
        });
      }
    }
  },
};
