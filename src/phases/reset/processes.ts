import { KUBELET_ENTRIES, VOLUME_DIRECTORIES } from "../../cluster/kubelet/directory.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "../../cluster/kubelet/unit.ts";
import { mountsBelow } from "../../node/mounts.ts";
import { DEFAULT_KUBELET_PROGRAM } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import { isNew } from "../../receipt.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";
import { shellWord } from "../../text/shell.ts";

/** How long umount(8) may take, in ms: a file server that is gone never answers. */
const UMOUNT_MS = 30_000;

/** Whether this program made the kubelet's unit, or made it start at boot. */
function unitIsOurs({ made }: ResetContext): boolean {
  const [unit] = kubeletUnitFiles(DEFAULT_KUBELET_PROGRAM);
  return made.some((one) =>
    one.kind === "unit" ? one.name === KUBELET_SERVICE : one.kind === "file" && isNew(one) && one.path === unit!.path
  );
}

/** Stops the kubelet. A unit that we made or enabled does not start it any more; else it stays as it is, as with kubeadm. */
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
        // It would start everything again that is removed next.
        if (await running()) throw error;
        warn(`stopping the kubelet failed, but it does not run: ${error.message}`);
      }
    }
    const enabled = await services.isEnabled(KUBELET_SERVICE);
    if (unitIsOurs(context) && enabled) await services.disable(KUBELET_SERVICE);
    else if (enabled) leave(`unit ${KUBELET_SERVICE}`, "it is a package's, or yours; it stays enabled");
  },
};

/** Flags of umount(8) for those of umount2(2); it never follows links, and MNT_EXPIRE's care is its usual behaviour. */
const UMOUNT: Readonly<Record<string, string>> = { MNT_FORCE: "-f", MNT_DETACH: "-l" };

/**
 * Unmounts what is mounted below the kubelet's directory: volumes. Where we made the node, only in the kubelet's own
 * folders for volumes, and so in a directory of one's own (`--root-dir`), where only people know what else is in it.
 * @throws {UserError} when something is busy: its content would be deleted next.
 */
export const unmount: Phase<ResetContext> = {
  name: "mounts",
  summary: "unmount volumes below the kubelet's directory",
  when: ({ maker }) => maker !== "nobody",
  async run(context) {
    const { host, kubeletDirectory, rootDirectory, maker, leave } = context;
    for (const point of await mountsBelow(host, kubeletDirectory)) {
      if (maker === "kubeadm" || isVolume(point, kubeletDirectory)) await unmountPoint(context, point);
      else leave(`mount ${point}`, "the kubelet does not mount there");
    }
    if (rootDirectory === undefined) return;
    for (const point of await mountsBelow(host, rootDirectory)) {
      if (isVolume(point, rootDirectory)) await unmountPoint(context, point);
    }
    for (const name of await host.list(rootDirectory)) {
      if ((KUBELET_ENTRIES as readonly string[]).includes(name)) {
        leave(
          `${rootDirectory}/${name}`,
          "the kubelet kept it there by --root-dir; remove it when it is nobody else's",
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
    if (!(await host.mounts()).includes(point)) return; // it went with another
    throw new UserError(`Cannot unmount "${point}": ${error.message}`, {
      cause: error,
      hint: [
        `See what uses it (fuser -vm ${shellWord(point)}), end that and run the same command again.`,
        "Or detach it while it is in use: ResetConfiguration with unmountFlags: [MNT_DETACH]",
      ],
    });
  }
}
