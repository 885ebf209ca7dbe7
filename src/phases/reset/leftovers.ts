import { LOG_DIRECTORIES, POD_LOG_FOLDER } from "../../cluster/kubelet_directory.ts";
import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

/** The pods' logs, which the kubelet keeps; only folders named as its, and links into them. */
export const removeLogs: Phase<ResetContext> = {
  name: "logs",
  summary: "remove the logs of pods",
  when: ({ maker }) => maker === "kubewright",
  async run({ host, leave }) {
    const { pods, containers } = LOG_DIRECTORIES;
    for (const name of await host.list(containers)) {
      const link = (await host.stat(`${containers}/${name}`))?.kind === "symlink";
      const { stdout } = await host.query({ argv: ["readlink", `${containers}/${name}`] });
      if (link && stdout.startsWith(`${pods}/`)) await host.remove(`${containers}/${name}`);
    }
    for (const name of await host.list(pods)) {
      if (POD_LOG_FOLDER.test(name)) await host.removeTree(`${pods}/${name}`);
    }
    for (const directory of [containers, pods]) {
      if (await host.stat(directory) === undefined) continue;
      if ((await host.list(directory)).length === 0) await host.remove(directory);
      else leave(directory, "it holds what is not named as a kubelet's logs");
    }
  },
};

/** The kubelet's control groups, which stay when it ends; those with processes in them stay. */
export const removeGroups: Phase<ResetContext> = {
  name: "cgroups",
  summary: "remove the control groups of pods",
  when: ({ maker }) => maker === "kubewright",
  async run({ host, leave }) {
    const root = "/sys/fs/cgroup";
    const slice = "kubepods.slice";
    const active = await host.query({ argv: ["systemctl", "is-active", slice] });
    if (active.stdout.trim() === "active") await host.run({ argv: ["systemctl", "stop", slice] });
    const below = async (...argv: string[]) =>
      (await host.query({ argv: ["find", ...argv] })).stdout.split("\n").filter(Boolean);
    // Version 1 has a hierarchy for each controller, version 2 one for all. Deeper ones are of kubelets in containers.
    const tops = await below(root, "-mindepth", "1", "-maxdepth", "2", "-type", "d", "-name", "kubepods");
    if (tops.length === 0) return;
    const groups = await below(...tops, "-depth", "-type", "d");
    try {
      await host.run({ argv: ["rmdir", "--", ...groups] });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      leave("control groups kubepods", `processes are in them: ${error.message}`);
    }
  },
};
