import { KUBELET_ENTRIES } from "../../cluster/kubelet/directory.ts";
import { kubeletUnitFiles } from "../../cluster/kubelet/unit.ts";
import { DEFAULT_KUBELET_PROGRAM, KUBELET_DIRECTORY, KUBELET_FILES } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import { kindName } from "../../file_trust.ts";
import { isNew, RECEIPT_PATH, replacedDirectory } from "../../receipt.ts";
import type { Phase } from "../phase.ts";
import { emptyTemporaryDirectory } from "./contents.ts";
import { messageOf, type ResetContext } from "./context.ts";
import { putBackReplaced, takeBack } from "./restore.ts";

/** Why a file is kept. */
export const NOT_OURS = "not created by kubewright";

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Removes a file that kubewright created, with the temporary files of killed runs; something else at the path is kept. */
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
  else leave(path, `is a ${kindName(there.kind)} now; kubewright created a file`);
}

/** Removes a file that kubewright created; a failure is reported, and the receipt is kept. */
async function tryFile(context: ResetContext, path: string): Promise<void> {
  try {
    await removeFile(context, path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.open(path, messageOf(error));
  }
}

/** Removes an empty directory, or reports what it contains. */
async function removeDirectory({ host, leave }: ResetContext, path: string): Promise<void> {
  const there = await host.stat(path);
  if (there === undefined) return;
  if (there.kind !== "directory") {
    return leave(path, `is a ${kindName(there.kind)} now; kubewright created a directory`);
  }
  const names = await host.list(path);
  for (const name of names) leave(`${path}/${name}`, NOT_OURS);
  if (names.length > 0) return;
  try {
    await host.remove(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    leave(path, messageOf(error)); // a mount point
  }
}

/** Removes what the kubelet created in its directory. */
async function removeKubeletEntries({ host, kubeletDirectory, open }: ResetContext): Promise<void> {
  for (const name of KUBELET_ENTRIES) {
    try {
      await host.removeTree(`${kubeletDirectory}/${name}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      open(`${kubeletDirectory}/${name}`, messageOf(error));
    }
  }
}

/** Directories of users, where they keep files that they asked for (`certs generate-csr --cert-dir /root/requests`). */
const PERSONAL = /^\/(root|home|tmp|var\/tmp|mnt|media)\//;

/** Removes what kubewright created, by the receipt: files, then empty directories, the deepest first. */
export const removeMade: Phase<ResetContext> = {
  name: "files",
  summary: "remove the files that kubewright, kubelet and etcd created",
  when: ({ made }) => made.length > 0,
  async run(context) {
    const { host, config, leave } = context;
    const moved = await movedDirectories(context);
    for (const path of moved) leave(path, "is a symlink now; kubewright created a directory");
    const elsewhere = (path: string) => moved.some((directory) => path.startsWith(`${directory}/`));
    const personal = context.made.filter(isNew).filter(({ path }) => PERSONAL.test(path));
    const made = context.made.filter(isNew).filter(({ path }) => !PERSONAL.test(path) && !elsewhere(path));
    for (const { kind, path } of personal) {
      if (kind === "file" && await host.stat(path) !== undefined) {
        leave(path, "created at your request, outside the directories of the cluster");
      }
    }
    const files = made.filter(({ kind }) => kind === "file").map(({ path }) => path);
    const units = kubeletUnitFiles(DEFAULT_KUBELET_PROGRAM).map(({ path }) => path).filter((path) =>
      files.includes(path)
    );
    if (config.cleanupTmpDir) await emptyTemporaryDirectory(context);
    await putBackReplaced(context, elsewhere);
    await takeBack(context, [...context.made.filter((one) => !("path" in one)), ...made]);
    for (const path of files) await tryFile(context, path);
    // The kubelet writes these when it joins.
    if (files.includes(KUBELET_FILES.configuration)) {
      await tryFile(context, KUBELET_FILES.kubeconfig);
      await tryFile(context, KUBELET_FILES.bootstrapKubeconfig);
      if (!moved.includes(KUBELET_DIRECTORY)) await removeKubeletEntries(context);
    }
    const directories = made.filter(({ kind }) => kind === "directory").map(({ path }) => path)
      .filter((path) => path !== parentOf(RECEIPT_PATH));
    for (const path of directories.sort((a, b) => b.length - a.length)) await removeDirectory(context, path);
    if (!directories.includes(KUBELET_DIRECTORY)) await reportRest(context, KUBELET_DIRECTORY);
    if (units.length > 0) await host.services.daemonReload();
  },
};

/** Directories that kubewright created and that are now links: kubewright did not create what they lead to. */
async function movedDirectories({ host, made }: ResetContext): Promise<string[]> {
  const moved: string[] = [];
  for (const one of made) {
    if (one.kind === "directory" && (await host.stat(one.path))?.kind === "symlink") moved.push(one.path);
  }
  return moved;
}

/** Reports what remains in a directory that kubewright did not create. */
async function reportRest({ host, leave }: ResetContext, directory: string): Promise<void> {
  for (const name of await host.list(directory)) leave(`${directory}/${name}`, NOT_OURS);
}

/** Skipped phases that remove something: a later run requires the receipt for them. */
function skippedPhases({ config }: ResetContext): string[] {
  return config.skipPhases.filter((path) => path.startsWith("cleanup-node/"));
}

/** Removes the receipt last, because with it the next run can finish what this one did not. */
export const removeReceipt: Phase<ResetContext> = {
  name: "receipt",
  summary: "remove the receipt, the list of what kubewright created",
  // Also an empty receipt, and the directory alone, which a killed run leaves.
  when: ({ made, maker, receiptIsWhole }) =>
    made.length > 0 || maker === "kubewright" || maker === "nobody" && receiptIsWhole,
  async run(context) {
    const { host, unfinished, leave, keepEtcdData } = context;
    const skipped = [...skippedPhases(context), ...(keepEtcdData ? ["remove-etcd-member"] : [])];
    if (unfinished.length > 0) return leave(RECEIPT_PATH, "kubewright reset requires it to finish");
    if (skipped.length > 0) {
      const what = skipped.map((path) => `"${path}"`).join(", ");
      return leave(
        RECEIPT_PATH,
        `${what} was skipped: kubewright reset requires it to do that later. If you do not need it: rm ${RECEIPT_PATH}`,
      );
    }
    await host.removeTree(replacedDirectory());
    await removeFile(context, RECEIPT_PATH);
    await removeDirectory(context, parentOf(RECEIPT_PATH));
  },
};
