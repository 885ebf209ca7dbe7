import { LOG_DIRECTORIES, POD_LOG_FOLDER } from "../../cluster/kubelet/directory.ts";
import { UserError } from "../../errors.ts";
import { ask } from "../../programs.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** Removes the logs of pods: only directories with names that the kubelet gives, and links into them. */
export const removeLogs: Phase<ResetContext> = {
  name: "logs",
  summary: "remove the logs of pods",
  when: ({ maker }) => maker === "kubewright",
  async run({ host, leave }) {
    const { pods, containers } = LOG_DIRECTORIES;
    for (const name of await host.list(containers)) {
      if ((await host.stat(`${containers}/${name}`))?.kind !== "symlink") continue;
      // 1: the link was removed meanwhile.
      const { stdout } = await ask(host, { argv: ["readlink", `${containers}/${name}`] }, [0, 1]);
      if (stdout.startsWith(`${pods}/`)) await host.remove(`${containers}/${name}`);
    }
    for (const name of await host.list(pods)) {
      if (POD_LOG_FOLDER.test(name)) await host.removeTree(`${pods}/${name}`);
    }
    for (const directory of [containers, pods]) {
      const there = await host.stat(directory);
      if (there === undefined) continue;
      if ((await host.list(directory)).length > 0) leave(directory, "contains files that are not pod logs");
      else if (there.kind === "directory") await host.remove(directory);
    }
  },
};

const ROOT = "/sys/fs/cgroup";

async function find(host: Host, ...argv: string[]): Promise<string[]> {
  // 1: a cgroup was removed meanwhile.
  const { stdout } = await ask(host, { argv: ["find", ...argv] }, [0, 1]);
  return stdout.split("\n").filter(Boolean);
}

/**
 * The cgroups of the pods of this host, by either driver. cgroup v1 has one hierarchy for each controller, v2 one for all.
 * Deeper cgroups belong to kubelets in containers.
 */
export async function podGroups(host: Host): Promise<string[]> {
  return await find(host, ROOT, "-mindepth", "1", "-maxdepth", "2", "-type", "d", "-name", "kubepods*");
}

/** Removes the cgroups of the kubelet, which remain when it stops; those that contain processes are kept. */
export const removeGroups: Phase<ResetContext> = {
  name: "cgroups",
  summary: "remove the cgroups of pods",
  when: ({ maker }) => maker === "kubewright",
  async run({ host, open }) {
    const slice = "kubepods.slice";
    if ((await host.services.state(slice)).active === "active") {
      await host.services.stop(slice);
    }
    const tops = (await podGroups(host)).filter((path) => path.endsWith("/kubepods"));
    if (tops.length === 0) return;
    const groups = await find(host, ...tops, "-depth", "-type", "d");
    if (groups.length === 0) return;
    try {
      await host.run({ argv: ["rmdir", "--", ...groups] });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if ((await podGroups(host)).length > 0) open("cgroups kubepods", messageOf(error));
    }
  },
};
