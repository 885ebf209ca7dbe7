import { KUBELET_ENTRIES, VOLUME_DIRECTORIES } from "../../cluster/kubelet/directory.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "../../cluster/kubelet/unit.ts";
import { mountsBelow } from "../../node/mounts.ts";
import { DEFAULT_KUBELET_PROGRAM } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import { isNew } from "../../receipt.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";
import { shellWord } from "../../text/shell.ts";

/** Time limit of umount(8) in ms: it hangs when a file server does not answer. */
const UMOUNT_MS = 30_000;

/** Whether kubewright created or enabled the unit of the kubelet. */
function unitIsOurs({ made }: ResetContext): boolean {
  const [unit] = kubeletUnitFiles(DEFAULT_KUBELET_PROGRAM);
  return made.some((one) =>
    one.kind === "unit" ? one.name === KUBELET_SERVICE : one.kind === "file" && isNew(one) && one.path === unit!.path
  );
}

/** Stops the kubelet. Disables the unit if kubewright created or enabled it; any other unit is kept, as with kubeadm. */
export const stopKubelet: Phase<ResetContext> = {
  name: "kubelet",
  summary: "stop the kubelet",
  when: ({ maker }) => maker !== "nobody",
  async run(context) {
    const { host, leave, warn } = context;
    const { services } = host;
    const running = async () =>
      ["active", "activating", "reloading", "deactivating"].includes((await services.state(KUBELET_SERVICE)).active);
    if (await running()) {
      try {
        await services.stop(KUBELET_SERVICE);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        // A running kubelet would restart what the next phases remove.
        if (await running()) throw error;
        warn(`stopping the kubelet failed, but the kubelet is not running: ${error.message}`);
      }
    }
    const enabled = await services.isEnabled(KUBELET_SERVICE);
    if (unitIsOurs(context) && enabled) await services.disable(KUBELET_SERVICE);
    else if (enabled) leave(`unit ${KUBELET_SERVICE}`, "not created or enabled by kubewright; it stays enabled");
  },
};

/** Flags of umount(8) for those of umount2(2); it never follows links, and MNT_EXPIRE is its default behavior. */
const UMOUNT: Readonly<Record<string, string>> = { MNT_FORCE: "-f", MNT_DETACH: "-l" };

/**
 * Unmounts volumes below the directory of the kubelet. On a node of kubewright, and in a directory set with `--root-dir`,
 * only in the subdirectories that the kubelet uses for volumes.
 * @throws {UserError} when a volume is busy, because its content would be deleted next.
 */
export const unmount: Phase<ResetContext> = {
  name: "mounts",
  summary: "unmount volumes below the directory of the kubelet",
  when: ({ maker }) => maker !== "nobody",
  async run(context) {
    const { host, kubeletDirectory, rootDirectory, maker, leave } = context;
    for (const point of await mountsBelow(host, kubeletDirectory)) {
      if (maker === "kubeadm" || isVolume(point, kubeletDirectory)) await unmountPoint(context, point);
      else leave(`mount ${point}`, "not a volume of the kubelet");
    }
    if (rootDirectory === undefined) return;
    for (const point of await mountsBelow(host, rootDirectory)) {
      if (isVolume(point, rootDirectory)) await unmountPoint(context, point);
    }
    for (const name of await host.list(rootDirectory)) {
      if ((KUBELET_ENTRIES as readonly string[]).includes(name)) {
        leave(
          `${rootDirectory}/${name}`,
          "created by the kubelet with --root-dir; remove it if no other program uses it",
        );
      }
    }
  },
};

function isVolume(point: string, directory: string): boolean {
  return VOLUME_DIRECTORIES.some((name) => point.startsWith(`${directory}/${name}/`));
}

async function unmountPoint({ host, config, doing }: ResetContext, point: string): Promise<void> {
  const flags = config.unmountFlags.flatMap((flag) => UMOUNT[flag] ?? []);
  doing(`unmounting ${point}`);
  try {
    await host.run({ argv: ["umount", ...flags, "--", point], timeoutMs: UMOUNT_MS });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!(await host.mounts()).includes(point)) return; // unmounted with another one
    throw new UserError(`Cannot unmount "${point}": ${error.message}`, {
      cause: error,
      hint: [
        `Stop the processes that use it (fuser -vm ${shellWord(point)}), then rerun the command.`,
        "Or detach it while it is in use: set unmountFlags: [MNT_DETACH] in a ResetConfiguration",
      ],
    });
  }
}
