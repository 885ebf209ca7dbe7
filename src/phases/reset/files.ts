import { KUBELET_ENTRIES } from "../../cluster/kubelet_directory.ts";
import { kubeletUnitFiles } from "../../cluster/kubelet_unit.ts";
import { DEFAULT_KUBELET_PROGRAM, KUBELET_DIRECTORY, KUBELET_FILES, TEMPORARY_DIRECTORY } from "../../cluster/paths.ts";
import { RECEIPT_PATH } from "../../cluster/receipt_entries.ts";
import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

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
