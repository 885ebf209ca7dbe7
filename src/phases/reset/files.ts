import { KUBELET_ENTRIES } from "../../cluster/kubelet_directory.ts";
import { kubeletUnitFiles } from "../../cluster/kubelet_unit.ts";
import {
  DEFAULT_KUBELET_PROGRAM,
  KUBECONFIG_FILES,
  KUBELET_DIRECTORY,
  KUBELET_FILES,
  KUBERNETES_DIRECTORY,
  MANIFESTS_DIRECTORY,
} from "../../cluster/paths.ts";
import { DEFAULT_ETCD_DATA } from "../../cluster/local_etcd.ts";
import { RECEIPT_PATH } from "../../cluster/receipt_entries.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** Where upgrades and dry runs of kubeadm leave things. */
const TEMPORARY_DIRECTORY = `${KUBERNETES_DIRECTORY}/tmp`;

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Removes a file of ours and the temporary files that killed runs left for it; what took its place stays. */
async function removeFile({ host, leave }: ResetContext, path: string): Promise<void> {
  const directory = parentOf(path);
  const prefix = `.kubewright-${path.slice(directory.length + 1)}.`;
  for (const name of await host.list(directory)) {
    if (name.startsWith(prefix) && /^\d+-\d+\.tmp$/.test(name.slice(prefix.length))) {
      await host.remove(`${directory}/${name}`);
    }
  }
  const there = await host.stat(path);
  if (there === undefined) return;
  if (there.kind === "file") await host.remove(path);
  else leave(path, `a ${there.kind} is where kubewright made a file`);
}

/** Removes a directory that is empty, and says what keeps it otherwise. */
async function removeDirectory({ host, leave }: ResetContext, path: string): Promise<void> {
  const there = await host.stat(path);
  if (there === undefined) return;
  if (there.kind !== "directory") return leave(path, `a ${there.kind} is where kubewright made a directory`);
  const names = await host.list(path);
  for (const name of names) leave(`${path}/${name}`, "not made by kubewright");
  if (names.length > 0) return;
  try {
    await host.remove(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    leave(path, messageOf(error)); // a mount point
  }
}

/** Removes what the kubelet made in its directory; a link to the directory is not of our making. */
async function removeKubeletEntries({ host, kubeletDirectory, leave }: ResetContext): Promise<void> {
  for (const name of KUBELET_ENTRIES) {
    try {
      await host.removeTree(`${kubeletDirectory}/${name}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      leave(`${kubeletDirectory}/${name}`, messageOf(error));
    }
  }
}

/** Removes what etcd wrote: the folder `member`, once etcd does not run any more. */
async function removeMember({ host, leave }: ResetContext, dataDir: string): Promise<void> {
  await host.removeTree(`${dataDir}/member`);
  const rest = await host.list(dataDir);
  if (rest.length > 0) leave(dataDir, `it holds what is not etcd's: ${rest.join(", ")}`);
}

/** Whether etcd has it open: it keeps a lock on its database. */
async function isInUse(host: Host, dataDir: string): Promise<boolean> {
  const database = `${dataDir}/member/snap/db`;
  if (await host.stat(database) === undefined) return false;
  const { code } = await host.query({ argv: ["flock", "--nonblock", "--shared", database, "true"] });
  return code === 1;
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

/** Where people keep what they asked for (`certs generate-csr --cert-dir /root/requests`). */
const PERSONAL = /^\/(root|home|tmp|var\/tmp|mnt|media)\//;

/** Removes what we made, from the receipt: files, then directories that are empty, the deepest first. */
export const removeMade: Phase<ResetContext> = {
  name: "files",
  summary: "remove the files that kubewright, kubelet and etcd made",
  when: ({ made }) => made.length > 0,
  async run(context) {
    const { host, config, leave } = context;
    const made = context.made.filter(({ path }) => !PERSONAL.test(path));
    for (const { kind, path } of context.made.filter((entry) => !made.includes(entry))) {
      if (kind === "file" && await host.stat(path) !== undefined) {
        leave(path, "kubewright made it for you, among your files");
      }
    }
    const files = made.filter(({ kind }) => kind === "file").map(({ path }) => path);
    const units = kubeletUnitFiles(DEFAULT_KUBELET_PROGRAM).map(({ path }) => path).filter((path) =>
      files.includes(path)
    );
    if (config.cleanupTmpDir) {
      for (const name of await host.list(TEMPORARY_DIRECTORY)) {
        await host.removeTree(`${TEMPORARY_DIRECTORY}/${name}`);
      }
    }
    for (const { path } of made.filter(({ kind }) => kind === "overwrote")) {
      if (await host.stat(path) !== undefined) leave(path, "it was there before; kubewright changed it");
    }
    for (const path of files) await removeFile(context, path);
    // The kubelet writes its own identity when it joins.
    if (files.includes(KUBELET_FILES.configuration)) {
      await removeFile(context, KUBELET_FILES.kubeconfig);
      await removeFile(context, KUBELET_FILES.bootstrapKubeconfig);
      await removeKubeletEntries(context);
    }
    const directories = made.filter(({ kind }) => kind === "directory").map(({ path }) => path)
      .filter((path) => path !== parentOf(RECEIPT_PATH));
    for (const path of directories.sort((a, b) => b.length - a.length)) await removeDirectory(context, path);
    if (!directories.includes(KUBELET_DIRECTORY)) await tellRest(context, KUBELET_DIRECTORY);
    if (units.length > 0) await host.run({ argv: ["systemctl", "daemon-reload"] });
  },
};

/** What stays in a directory that was there before us. */
async function tellRest({ host, leave }: ResetContext, directory: string): Promise<void> {
  for (const name of await host.list(directory)) leave(`${directory}/${name}`, "not made by kubewright");
}

/** The receipt goes last: as long as it is there, the next run finishes what this one did not. */
export const removeReceipt: Phase<ResetContext> = {
  name: "receipt",
  summary: "remove the receipt, which tells what is ours",
  when: ({ made, maker }) => made.length > 0 || maker === "kubewright",
  async run(context) {
    await removeFile(context, RECEIPT_PATH);
    await removeDirectory(context, parentOf(RECEIPT_PATH));
  },
};

/** Removes everything in a directory, which itself stays; names in `last` after all others. */
async function emptyDirectory(host: Host, directory: string, last: readonly string[] = []): Promise<void> {
  const names = await host.list(directory);
  const ordered = [...names.filter((name) => !last.includes(name)), ...last.filter((name) => names.includes(name))];
  for (const name of ordered) await host.removeTree(`${directory}/${name}`);
}

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
