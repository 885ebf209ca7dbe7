import { isNew, readReceipt } from "../receipt.ts";
import { wayTo, whoDecides } from "../file_trust.ts";
import type { Facts } from "../config/types.ts";
import { PROGRAM_DIRECTORIES } from "../programs.ts";
import type { ContainerRuntime, Host } from "../system.ts";
import { defaultAddressFacts } from "./facts/address.ts";
import { criSockets } from "./facts/sockets.ts";

/** Where the kubelet is looked for: the directories of all programs, and one that some use for Kubernetes only. */
export const KUBELET_DIRECTORIES: readonly string[] = [...PROGRAM_DIRECTORIES, "/opt/kubernetes/bin"];

/**
 * If these directories have no kubelet, the caller's PATH is searched, as kubeadm does. A kubelet there that other users may
 * replace is ignored, because it would be run as root.
 */
async function findKubelet(host: Host): Promise<string | undefined> {
  const callers = (host.environment()["PATH"] ?? "").split(":").filter((directory) => directory.startsWith("/"));
  for (const directory of [...KUBELET_DIRECTORIES, ...callers]) {
    const path = `${directory}/kubelet`;
    const there = await host.stat(path);
    if (there?.kind !== "file" && there?.kind !== "symlink") continue;
    const isTaken = KUBELET_DIRECTORIES.includes(directory) ||
      !(await wayTo(host, path)).some((one) => whoDecides(one, host.uid()) !== undefined);
    if (isTaken) return path;
  }
  return undefined;
}

/** `Kubernetes v1.37.2` -> `v1.37.2`; undefined when the program cannot be run. */
async function kubeletVersion(host: Host, path: string): Promise<string | undefined> {
  const { code, stdout } = await host.query({ argv: [path, "--version"] });
  return code === 0 ? /\bv(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}(?![\d.])\S{0,100}/.exec(stdout)?.[0] : undefined;
}

/**
 * Observes the machine once, before the configuration is completed. Changes nothing.
 * @param runtime connects to a container runtime, to find out which of several answer.
 */
export async function gatherFacts(host: Host, runtime?: (socket: string) => ContainerRuntime): Promise<Facts> {
  const addresses = host.addresses();
  const kubeletPath = await findKubelet(host);
  const [address, version, sockets] = await Promise.all([
    defaultAddressFacts(host, addresses),
    kubeletPath === undefined ? undefined : kubeletVersion(host, kubeletPath),
    criSockets(host, runtime),
  ]);
  return {
    hostname: host.hostname(),
    addresses,
    criSockets: sockets,
    ...address,
    ...(version === undefined ? {} : { kubeletVersion: version }),
    ...(kubeletPath === undefined ? {} : { kubeletPath }),
  };
}

/** Paths that earlier runs of this program created on this host. */
export async function readOwnPaths(host: Host): Promise<ReadonlySet<string>> {
  if (host.uid() !== 0) return new Set(); // only root may read the receipt; a preflight check requires root
  const { entries } = await readReceipt(host);
  return new Set(entries.filter(isNew).map(({ path }) => path));
}
