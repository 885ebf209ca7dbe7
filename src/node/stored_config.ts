/** The configuration of the cluster that this host belongs to. Observes, never changes. @module */
import { assignmentOf, type Settings } from "../config/assignments.ts";
import { loadClusterConfiguration } from "../config/load_cluster.ts";
import { cleanPath } from "../config/paths.ts";
import { parseClusterConfiguration } from "../config/serialize.ts";
import type { ClusterConfiguration } from "../config/types.ts";
import { InvalidInput, UserError } from "../errors.ts";
import type { Host, System } from "../system.ts";
import { readCredentials } from "./credentials.ts";
import { pathSegment } from "../text/url.ts";
import { KUBEADM_CONFIG } from "../cluster/objects/kubeadm_config.ts";

/** Where to look. */
export interface ConfigurationSource {
  /** Text of a configuration file; it wins, and the cluster is not asked. */
  configText: string | undefined;
  /** Its name in messages: its path. */
  configName: string | undefined;
  /** Path of the kubeconfig for the request. */
  kubeconfig: string;
  /** Overrides the configuration: the directory of certificates. */
  settings: Settings;
}

/** A configuration, and its origin. `reason`: why it is not the cluster's own. */
export interface FoundConfiguration {
  cluster: ClusterConfiguration;
  origin: "file" | "cluster" | "defaults";
  reason?: string;
}

/**
 * The configuration from the given file, else from ConfigMap kubeadm-config, else the defaults: commands for certificates
 * must work while the cluster is down, so the API server is asked once (10 s at most).
 * @throws {InvalidInput} when the given file is invalid.
 */
export async function findConfiguration(
  system: Pick<System, "host" | "connect">,
  { configText, configName, kubeconfig, settings }: ConfigurationSource,
): Promise<FoundConfiguration> {
  const overrides = overridesIn(settings);
  if (configText !== undefined) {
    return { cluster: loadClusterConfiguration(configText, settings, configName), origin: "file" };
  }
  try {
    const text = await askCluster(system, kubeconfig);
    const { namespace, name } = KUBEADM_CONFIG;
    const cluster = parseClusterConfiguration(text, `ConfigMap ${namespace}/${name}`);
    return { cluster: { ...cluster, ...overrides }, origin: "cluster" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { cluster: loadClusterConfiguration(undefined, settings), origin: "defaults", reason: error.message };
  }
}

function overridesIn(settings: Settings): { certificatesDir?: string } {
  const given = assignmentOf(settings, "ClusterConfiguration.certificatesDir");
  if (given === undefined) return {};
  const directory = String(given.value);
  if (directory.startsWith("/")) return { certificatesDir: cleanPath(directory) };
  const what = `must be an absolute path, got "${directory}"`;
  throw new InvalidInput("Cannot find the certificates:", [{ where: given.label, what }]);
}

async function askCluster(system: { host: Host; connect: System["connect"] }, kubeconfig: string): Promise<string> {
  const credentials = await readCredentials(system.host, kubeconfig);
  if (!credentials) throw new UserError(`"${kubeconfig}" not found`);
  const { namespace, name, key } = KUBEADM_CONFIG;
  const { status, body } = await system.connect(credentials)
    .probe(`/api/v1/namespaces/${pathSegment(namespace)}/configmaps/${pathSegment(name)}`);
  if (status !== 200) {
    throw new UserError(`${credentials.server} answers ${status} to the request for ConfigMap ${namespace}/${name}`);
  }
  let text: unknown;
  try {
    text = JSON.parse(body)?.data?.[key];
  } catch { // the parser's message quotes the answer
    throw new UserError(`the answer of ${credentials.server} is not JSON`);
  }
  if (typeof text === "string") return text;
  throw new UserError(`ConfigMap ${namespace}/${name} has no "${key}"`);
}
