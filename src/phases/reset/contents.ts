import { KUBELET_ENTRIES } from "../../cluster/kubelet_directory.ts";
import { DEFAULT_ETCD_DATA } from "../../cluster/local_etcd.ts";
import { KUBECONFIG_FILES, KUBELET_FILES, MANIFESTS_DIRECTORY, TEMPORARY_DIRECTORY } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

/** Removes everything in a directory, which itself stays; names in `last` after all others. */
async function emptyDirectory(host: Host, directory: string, last: readonly string[] = []): Promise<void> {
  const names = await host.list(directory);
  const ordered = [...names.filter((name) => !last.includes(name)), ...last.filter((name) => names.includes(name))];
  for (const name of ordered) await host.removeTree(`${directory}/${name}`);
}

/** Removes what etcd wrote: the folder `member`, once etcd does not run any more. */
async function removeMember({ host, leave }: ResetContext, dataDir: string): Promise<void> {
  await host.removeTree(`${dataDir}/member`);
  const rest = await host.list(dataDir);
  if (rest.length > 0) leave(dataDir, `it holds what is not etcd's: ${rest.join(", ")}`);
}

/** Whether etcd has it open: it keeps a lock on its database. @throws {UserError} when that cannot be looked at. */
async function isInUse(host: Host, dataDir: string): Promise<boolean> {
  return await host.isLocked(`${dataDir}/member/snap/db`);
}

/** The data of this host's etcd member, whether its cluster goes on or not. */
export const removeEtcdData: Phase<ResetContext> = {
  name: "etcd-data",
  summary: "remove the data of this host's etcd member",
  async run(context) {
    const { host, made, maker, leave } = context;
    const etcd = await context.etcd();
    const named = etcd.kind === "none" ? [] : [etcd.local.dataDir];
    // After a run that was ended in between the manifest is gone: the receipt knows the directory, kubeadm takes the usual.
    const directories = maker === "kubewright"
      ? made.filter(({ kind }) => kind === "directory").map(({ path }) => path)
      : [DEFAULT_ETCD_DATA];
    const candidates = [...new Set([...named, ...directories])];
    for (const dataDir of candidates) {
      if (await host.stat(`${dataDir}/member/wal`) === undefined) continue;
      if (context.keepEtcdData) leave(dataDir, "the phase remove-etcd-member was skipped");
      else if (!context.config.dryRun && await isInUse(host, dataDir)) leave(dataDir, "etcd still runs");
      else if (maker === "kubewright") await removeMember(context, dataDir);
      else await emptyDirectory(host, dataDir);
    }
  },
};

/** Removes what kubeadm removes: the contents of its directories and its kubeconfigs. */
export const removeKubeadms: Phase<ResetContext> = {
  name: "files",
  summary: "remove the files of a cluster that kubeadm made",
  when: ({ maker }) => maker === "kubeadm",
  async run({ host, config, kubeletDirectory, warn }) {
    const directories = [
      MANIFESTS_DIRECTORY,
      config.certificatesDir,
      ...(config.cleanupTmpDir ? [TEMPORARY_DIRECTORY] : []),
    ];
    for (const directory of directories) await emptyDirectory(host, directory);
    for (const path of [...Object.values(KUBECONFIG_FILES), KUBELET_FILES.bootstrapKubeconfig]) {
      await host.removeTree(path);
    }
    try {
      // Last what tells that there was a cluster, for a run after one that was ended.
      await emptyDirectory(host, kubeletDirectory, KUBELET_ENTRIES.slice(-3));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(error.message);
    }
  },
};
