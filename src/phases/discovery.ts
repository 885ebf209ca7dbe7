import type { DiscoveryFile, FileCredentials } from "../cluster/discovery_file.ts";
import type { JoinConfiguration } from "../config/types.ts";
import type { KubeClient, System } from "../system.ts";
import { discoverByFile } from "./discovery/file.ts";
import { discoverByToken } from "./discovery/token.ts";
import type { Phase } from "./phase.ts";

export { loadDiscoveryFile } from "./discovery/file.ts";
export { checkPins, pinsOf } from "./discovery/token.ts";

/** A cluster whose CA is verified. */
export interface DiscoveredCluster {
  /** URL of the API server in cluster-info or in the discovery file. */
  server: string;
  caPem: string;
  /** The credentials of this host until its kubelet has an identity. */
  credentials: FileCredentials;
  /** Names in the bootstrap kubeconfig of the kubelet. */
  user: string;
  clusterName: string;
}

/** Default names in the bootstrap kubeconfig, as in kubeadm. */
const NAMES = { user: "tls-bootstrap-token-user", clusterName: "kubernetes" };

/**
 * Finds the cluster and verifies it before anything secret is sent.
 * @param file the discovery file, when the configuration has one.
 * @throws {Untrusted} when the verification fails; {@linkcode TimedOut} when no server answers.
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

/** What the phase needs: the first call of `reader` discovers the cluster. */
export interface DiscoveryContext {
  reader(): Promise<KubeClient>;
}

/** The cluster is verified before the token is sent. */
export const discovery: Phase<DiscoveryContext> = {
  name: "discovery",
  summary: "find the cluster and verify its CA",
  run: async ({ reader }) => void await reader(),
};
