import { readCredentials } from "../../node/credentials.ts";
import { parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";
import { foreignRootDirectory } from "../../node/kubelet/settings.ts";
import { realPath } from "../../node/mounts.ts";
import { type NodeIdentity, readNodeIdentity } from "../../node/identity.ts";
import { KUBECONFIG_FILES, KUBELET_DIRECTORY, KUBELET_FILES, manifestPath } from "../../cluster/paths.ts";
import { placeOf } from "../../node/places.ts";
import { isNew, type Made, readReceipt, RECEIPT_PATH, subjectOf } from "../../receipt.ts";
import type { ResetConfiguration } from "../../config/types.ts";
import { InvalidInput, UserError } from "../../errors.ts";
import type { Left, Maker, ResetApi, ResetContext } from "../../phases/reset/context.ts";
import type { Host, System } from "../../system.ts";
import { type CommandContext, once } from "../command_context.ts";
import { etcdState } from "./etcd.ts";

/** Files that prove a node: without one of these, only files in the receipt are removed. */
const TRACES = [
  KUBELET_FILES.configuration,
  KUBELET_FILES.flags,
  KUBELET_FILES.instanceConfiguration,
  KUBELET_FILES.bootstrapKubeconfig,
  ...Object.values(KUBECONFIG_FILES),
  ...["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map(manifestPath),
];

/** Who created the node: with a receipt kubewright, unless it did not create the kubelet's configuration that exists. */
async function makerOf(host: Host, made: readonly Made[]): Promise<Maker> {
  if (host.uid() !== 0) return "nobody"; // cannot read it: preflight fails
  const there = await Promise.all(TRACES.map(async (path) => await host.stat(path) !== undefined));
  const configured = there[0] === true;
  const ours = made.some((one) => one.kind === "file" && isNew(one) && one.path === KUBELET_FILES.configuration);
  if (made.length > 0 && (ours || !configured)) return "kubewright";
  return there.includes(true) ? "kubeadm" : "nobody";
}

/** An administrator's client where its kubeconfig exists, else the node's own. */
async function apiOf(
  system: System,
  kubeconfig: string,
  warn: (message: string) => void,
): Promise<ResetApi | undefined> {
  for (const path of [kubeconfig, KUBELET_FILES.kubeconfig]) {
    try {
      const [credentials, text] = await Promise.all([readCredentials(system.host, path), system.host.readText(path)]);
      if (!credentials || text === undefined) continue;
      const { clusterName } = parseKubeconfig(text, path);
      return { client: system.connect(credentials), caPem: credentials.caPem, clusterName };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(error.message); // the broken file is removed anyway
    }
  }
  return undefined;
}

/** Which node this host is. Only root can read that; preflight fails for others. */
async function identityOf(host: Host): Promise<NodeIdentity> {
  if (host.uid() === 0) return await readNodeIdentity(host);
  return { known: false, name: host.hostname().toLowerCase(), why: "only root can read the kubelet's certificate" };
}

/** Refuses a directory of certificates that resolves to a system directory, which its text does not show. */
async function checkCertificatesDirectory(host: Host, { certificatesDir }: ResetConfiguration): Promise<void> {
  if (host.uid() !== 0) return; // cannot read it: preflight fails
  const place = await placeOf(host, certificatesDir);
  if (place.kind !== "system") return;
  const what = `"${certificatesDir}" resolves to "${place.path}", a system directory; reset would delete its contents`;
  throw new InvalidInput("Cannot reset this host:", [{ where: "--cert-dir", what }]);
}

/** The readable entries of the receipt, with warnings about the rest. `whole`: it was read, and there is no rest. */
async function readMade(
  host: Host,
  warn: (message: string) => void,
): Promise<{ made: Made[]; whole: boolean }> {
  if (host.uid() !== 0) return { made: [], whole: false }; // cannot read it: preflight fails
  const { entries, unusable } = await readReceipt(host);
  if (unusable > 0) {
    const lines = unusable === 1 ? "1 line is" : `${unusable} lines are`;
    warn(`"${RECEIPT_PATH}" is damaged: ${lines} unreadable; the files listed there will not be removed`);
  }
  // What such a path resolves to depends on links, so nothing is removed.
  const goesUp = (made: Made) => "path" in made && made.path.split("/").includes("..");
  for (const made of entries.filter(goesUp)) {
    warn(`"${RECEIPT_PATH}" lists "${subjectOf(made)}", a path with "..": it will not be removed`);
  }
  const made = entries.filter((one) => !goesUp(one));
  return { made, whole: unusable === 0 && made.length === entries.length };
}

/** Creates the context of the phases. */
export async function resetContext(
  system: System,
  command: CommandContext,
  config: ResetConfiguration,
  options: { kubeconfig: string; doing(what: string): void; left: Left[]; unfinished: Left[] },
): Promise<ResetContext> {
  const { host } = system;
  const { left, unfinished, doing } = options;
  await checkCertificatesDirectory(host, config);
  const { made, whole } = await readMade(host, command.warn);
  const api = once(() => apiOf(system, options.kubeconfig, command.warn));
  const maker = await makerOf(host, made);
  const kubeletDirectory = await realPath(host, KUBELET_DIRECTORY);
  const elsewhere = maker === "nobody" ? undefined : await foreignRootDirectory(host);
  const rootDirectory = elsewhere && await realPath(host, elsewhere);
  return {
    host,
    runtime: system.runtime(config.criSocket),
    config,
    maker,
    made,
    receiptIsWhole: whole,
    kubeletDirectory,
    rootDirectory: rootDirectory === kubeletDirectory ? undefined : rootDirectory,
    identity: await identityOf(host),
    etcd: once(() => etcdState(system, api)),
    api,
    keepEtcdData: config.skipPhases.includes("remove-etcd-member"),
    leave: (what, why) => left.push({ what, why }),
    open(what, why) {
      unfinished.push({ what, why });
      command.warn(`not finished: ${what}: ${why}`);
    },
    unfinished,
    doing,
    note: command.note,
    warn: command.warn,
  };
}

const QUESTIONS = {
  kubewright:
    "This removes the node from this host: its pods, its Node in the cluster, its etcd member, and the files, " +
    "firewall rules and network interfaces that kubewright, kubelet, etcd and the pod network created.",
  kubeadm:
    "This removes the node from this host as kubeadm reset does: all pods, the etcd member and its data, and the " +
    "contents of /etc/kubernetes and /var/lib/kubelet. The Node, firewall rules and the pod network are kept.",
};

/**
 * Asks for confirmation, except with --force, in a dry run, or when there is nothing to remove.
 * @throws {UserError} when the answer is not yes.
 */
export async function confirm({ system }: CommandContext, { config, maker }: ResetContext): Promise<void> {
  if (config.force || config.dryRun || maker === "nobody") return;
  system.err(`${QUESTIONS[maker]} Continue? [y/N] `);
  const answer = (await system.readLine())?.trim().toLowerCase();
  if (!system.terminal.err || answer === undefined) system.err("\n"); // a terminal shows a line end that was typed
  if (answer === "y" || answer === "yes") return;
  throw new UserError(
    `Cannot reset this host: ${answer === undefined ? "no answer on standard input" : 'the answer was not "yes"'}`,
    {
      hint: "To reset without confirmation: --force",
    },
  );
}
