import { completeCluster, type Given } from "./defaults.ts";
import { freeze, openDocuments, summary } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import type { Settings } from "./assignments.ts";
import { readVersion } from "./kubernetes_version.ts";
import { checkValues } from "./schema.ts";
import type { ClusterConfiguration } from "./types.ts";
import { validateCluster } from "./validate_cluster.ts";

/** The port of an endpoint without one: `localAPIEndpoint.bindPort` is not part of the cluster's configuration. */
const DEFAULT_PORT = 6443;

/**
 * The configuration of an existing cluster, from its ConfigMap or a file, for work that does not depend on a node or a
 * version: `kubernetesVersion` is not checked. Pure, like `loadInit`.
 * @param text undefined: defaults only.
 * @param source the name of the file in messages: its path.
 * @throws {InvalidInput} with every problem.
 */
export function loadClusterConfiguration(
  text: string | undefined,
  settings: Settings,
  source = "configuration",
): ClusterConfiguration {
  const wanted = ["ClusterConfiguration", "InitConfiguration"];
  const { documents, problems } = openDocuments(text, source, settings, wanted);
  const given = (documents.ClusterConfiguration ?? {}) as Given<ClusterConfiguration>;
  const cluster = completeCluster(given, given.kubernetesVersion ?? readVersion(""), DEFAULT_PORT);
  checkValues(KUBEADM_KINDS.ClusterConfiguration, cluster, "ClusterConfiguration", problems.add);
  validateCluster(cluster, problems.add);
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze(cluster);
}
