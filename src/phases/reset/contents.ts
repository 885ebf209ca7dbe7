import { KUBELET_ENTRIES } from "../../cluster/kubelet/directory.ts";
import { KUBECONFIG_FILES, KUBELET_FILES, MANIFESTS_DIRECTORY, TEMPORARY_DIRECTORY } from "../../cluster/paths.ts";
import { CERTIFICATE_FILES, MANIFEST_FILES, placeOf, TEMPORARY_NAME } from "../../node/places.ts";
import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** What of a directory is removed: everything where only a cluster uses it, else what has a cluster's name there. */
interface Contents {
  /** Names that a cluster has there; with slashes, in directories below. */
  names: readonly string[] | ((name: string) => boolean);
  /** Names that go after all others, as they tell that there was a cluster. */
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

/** Removes a cluster's contents of a directory, which itself stays, as with kubeadm. */
async function empty(context: ResetContext, directory: string, contents: Contents): Promise<void> {
  const { host, leave } = context;
  const place = await placeOf(host, directory);
  if (place.kind === "absent") return;
  if (place.kind === "system") {
    return leave(directory, `it leads to "${place.path}", a directory of the system`);
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
    leave(directory, `others use it, too: ${rest.slice(0, 9).join(", ")}${rest.length > 9 ? ", …" : ""}`);
  }
}

/** The files that kubeadm and kubewright keep for a while, as asked for with --cleanup-tmp-dir. */
export async function emptyTemporaryDirectory(context: ResetContext): Promise<void> {
  await empty(context, TEMPORARY_DIRECTORY, { names: (name) => TEMPORARY_NAME.test(name) });
}

/** Removes what etcd wrote: the folder `member`, once etcd does not run any more. */
async function removeMember({ host, leave }: ResetContext, dataDir: string): Promise<void> {
  await host.removeTree(`${dataDir}/member`);
  const rest = await host.list(dataDir);
  if (rest.length > 0) leave(dataDir, `it holds what is not etcd's: ${rest.join(", ")}`);
}

/** The data of this host's etcd member, whether its cluster goes on or not. etcd locks its database while it runs. */
export const removeEtcdData: Phase<ResetContext> = {
  name: "etcd-data",
  summary: "remove the data of this host's etcd member",
  async run(context) {
    const { host, made, maker, leave, open } = context;
    const etcd = await context.etcd();
    const named = etcd.kind === "none" ? [] : [etcd.local.dataDir];
    // After a run of ours that was ended in between the manifest is gone: the receipt knows the directory. Without a
    // manifest kubeadm would take the usual directory, in which an etcd may be that is no cluster's.
    const directories = maker === "kubewright" ? made.flatMap((one) => one.kind === "directory" ? [one.path] : []) : [];
    for (const dataDir of new Set([...named, ...directories])) {
      if (await host.stat(`${dataDir}/member/wal`) === undefined) continue;
      if (context.keepEtcdData) leave(dataDir, "the phase remove-etcd-member was skipped");
      else if (!context.config.dryRun && await host.isLocked(`${dataDir}/member/snap/db`)) {
        open(dataDir, "etcd still runs, and has its database open");
      } else if (maker === "kubewright") await removeMember(context, dataDir);
      else await empty(context, dataDir, { names: ["member"] });
    }
  },
};

/** Removes what kubeadm removes: the contents of its directories and its kubeconfigs. */
export const removeKubeadms: Phase<ResetContext> = {
  name: "files",
  summary: "remove the files of a cluster that kubeadm made",
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
      // Last what tells that there was a cluster, for a run after one that was ended.
      await empty(context, kubeletDirectory, { names: KUBELET_ENTRIES, last: KUBELET_ENTRIES.slice(-3) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      open(kubeletDirectory, messageOf(error));
    }
  },
};
