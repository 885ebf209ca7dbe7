import { KUBELET_ENTRIES } from "../../cluster/kubelet/directory.ts";
import { KUBECONFIG_FILES, KUBELET_FILES, MANIFESTS_DIRECTORY, TEMPORARY_DIRECTORY } from "../../cluster/paths.ts";
import { CERTIFICATE_FILES, MANIFEST_FILES, placeOf, TEMPORARY_NAME } from "../../node/places.ts";
import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** What is removed from a directory: everything if only a cluster uses it, else files with names of a cluster. */
interface Contents {
  /** Names of the files of a cluster; with slashes, in subdirectories. */
  names: readonly string[] | ((name: string) => boolean);
  /** Names that are removed last, because the next run recognizes the node by them. */
  last?: readonly string[];
}

async function namesToRemove(
  { host }: ResetContext,
  directory: string,
  { names }: Contents,
): Promise<string[]> {
  if (typeof names === "function") return (await host.list(directory)).filter(names);
  const there = await Promise.all(names.map(async (name) => await host.stat(`${directory}/${name}`) !== undefined));
  return names.filter((_, i) => there[i]);
}

/** Removes the files of a cluster from a directory. The directory itself is kept, as with kubeadm. */
async function empty(context: ResetContext, directory: string, contents: Contents): Promise<void> {
  const { host, leave } = context;
  const place = await placeOf(host, directory);
  if (place.kind === "absent") return;
  if (place.kind === "system") {
    return leave(directory, `resolves to "${place.path}", a system directory`);
  }
  const { last = [] } = contents;
  const all = place.kind === "own" ? await host.list(directory) : await namesToRemove(context, place.path, contents);
  for (const name of [...all.filter((name) => !last.includes(name)), ...last.filter((name) => all.includes(name))]) {
    await host.removeTree(`${place.path}/${name}`);
  }
  if (place.kind === "own") return;
  for (const below of new Set(all.filter((name) => name.includes("/")).map((name) => name.split("/")[0]!))) {
    if ((await host.list(`${place.path}/${below}`)).length === 0) await host.remove(`${place.path}/${below}`);
  }
  const rest = await host.list(place.path);
  if (rest.length > 0) {
    leave(directory, `also contains other files: ${rest.slice(0, 9).join(", ")}${rest.length > 9 ? ", …" : ""}`);
  }
}

/** Removes the temporary files of kubeadm and kubewright (--cleanup-tmp-dir). */
export async function emptyTemporaryDirectory(context: ResetContext): Promise<void> {
  await empty(context, TEMPORARY_DIRECTORY, { names: (name) => TEMPORARY_NAME.test(name) });
}

/** Removes what etcd wrote: the directory `member`. */
async function removeMember({ host, leave }: ResetContext, dataDir: string): Promise<void> {
  await host.removeTree(`${dataDir}/member`);
  const rest = await host.list(dataDir);
  if (rest.length > 0) leave(dataDir, `contains files that etcd did not create: ${rest.join(", ")}`);
}

/** Removes the data of the etcd member of this host. etcd locks its database while it runs. */
export const removeEtcdData: Phase<ResetContext> = {
  name: "etcd-data",
  summary: "remove the data of the etcd member of this host",
  async run(context) {
    const { host, made, maker, leave, open } = context;
    const etcd = await context.etcd();
    const named = etcd.kind === "none" ? [] : [etcd.local.dataDir];
    // After an interrupted run the manifest no longer exists, but the receipt has the directory. Without a manifest kubeadm
    // uses the default directory, which may belong to an etcd that is not part of a cluster.
    const directories = maker === "kubewright" ? made.flatMap((one) => one.kind === "directory" ? [one.path] : []) : [];
    for (const dataDir of new Set([...named, ...directories])) {
      if (await host.stat(`${dataDir}/member/wal`) === undefined) continue;
      if (context.keepEtcdData) leave(dataDir, "phase remove-etcd-member was skipped");
      else if (!context.config.dryRun && await host.isLocked(`${dataDir}/member/snap/db`)) {
        open(dataDir, "etcd is still running and has its database open");
      } else if (maker === "kubewright") await removeMember(context, dataDir);
      else await empty(context, dataDir, { names: ["member"] });
    }
  },
};

/** Removes what kubeadm removes: the contents of its directories and its kubeconfigs. */
export const removeKubeadms: Phase<ResetContext> = {
  name: "files",
  summary: "remove the files of a cluster that kubeadm created",
  when: ({ maker }) => maker === "kubeadm",
  async run(context) {
    const { host, config, kubeletDirectory, open } = context;
    await empty(context, MANIFESTS_DIRECTORY, { names: MANIFEST_FILES });
    await empty(context, config.certificatesDir, { names: CERTIFICATE_FILES });
    if (config.cleanupTmpDir) await emptyTemporaryDirectory(context);
    for (const path of [...Object.values(KUBECONFIG_FILES), KUBELET_FILES.bootstrapKubeconfig]) {
      await host.removeTree(path);
    }
    try {
      // Removed last: by these files the next run recognizes the node, should this run be interrupted.
      await empty(context, kubeletDirectory, { names: KUBELET_ENTRIES, last: KUBELET_ENTRIES.slice(-3) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      open(kubeletDirectory, messageOf(error));
    }
  },
};
