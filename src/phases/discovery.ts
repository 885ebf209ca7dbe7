import type { DiscoveryFile, FileCredentials } from "../cluster/discovery_file.ts";
import type { JoinConfiguration } from "../config/types.ts";
import type { KubeClient, System } from "../system.ts";
import { discoverByFile } from "./discovery/file.ts";
import { discoverByToken } from "./discovery/token.ts";
import type { Phase } from "./phase.ts";

export { loadDiscoveryFile } from "./discovery/file.ts";
export { checkPins, pinsOf } from "./discovery/token.ts";

/** A cluster whose CA is proven. */
export interface DiscoveredCluster {
  /** URL of the API server: as cluster-info names it, or the discovery file. */
  server: string;
  caPem: string;
  /** How this host proves who it is until its kubelet has an identity of its own. */
  credentials: FileCredentials;
  /** Names in the kubelet's bootstrap kubeconfig. */
  user: string;
  clusterName: string;
}

/** Names in the bootstrap kubeconfig where no file gives others, as kubeadm has them. */
const NAMES = { user: "tls-bootstrap-token-user", clusterName: "kubernetes" };

/**
 * Finds the cluster, and proves that it is the right one before anything secret is sent to it.
 * @param file the discovery file, when the configuration names one.
 * @throws {Untrusted} when the proof fails; {@linkcode TimedOut} when nobody answers.
 */
export async function discover(
  system: System,
  config: JoinConfiguration,
  file: () => Promise<DiscoveryFile | undefined>,
  warn: (message: string) => void,
): Promise<DiscoveredCluster> {
  const token = config.discovery.tlsBootstrapToken;
  const given = await file();
  if (!given) return { ...await discoverByToken(system, config), credentials: { token }, ...NAMES };
  const { server, caPem } = await discoverByFile(system, config, given, warn);
  if (token !== "" || !given.credentials) return { server, caPem, credentials: { token }, ...NAMES };
  const { user, clusterName, credentials } = given;
  return { server, caPem, credentials, user, clusterName: clusterName || NAMES.clusterName };
}

/** What the phase needs: the discovery itself happens when somebody first asks for its outcome. */
export interface DiscoveryContext {
  reader(): Promise<KubeClient>;
}

/** Trust first: the cluster is proven before the token is shown to it. */
export const discovery: Phase<DiscoveryContext> = {
  name: "discovery",
  summary: "find the cluster and prove that it is the right one",
  run: async ({ reader }) => void await reader(),
};
