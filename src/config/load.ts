/**
 * Loads the configuration of `init` and `join`: from text, flags and facts to a complete, valid and frozen configuration,
 * or to every problem at once. Pure: nothing is read from the host or the network.
 * @module
 */
import * as complete from "./defaults.ts";
import { freeze, KINDS, type LoadOptions, openDocuments, summary } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { readVersion, resolveVersion, type SupportedVersions } from "./kubernetes_version.ts";
import { cleanPath } from "./paths.ts";
import { type Documents, labelIn, type Settings } from "./assignments.ts";
import { checkValues, type Report } from "./schema.ts";
import type * as t from "./types.ts";
import { validateCluster, warnOfCluster } from "./validate_cluster.ts";
import { warnOfKubelet, warnOfKubeProxy } from "./validate_components.ts";
import * as node from "./validate_node.ts";
import { requires } from "./wording.ts";

export { KINDS, type LoadOptions, type SupportedVersions };

/** The facts; with a single socket where the command uses no container runtime. */
function factsFor(facts: t.Facts, { anyRuntime }: LoadOptions): t.Facts {
  return anyRuntime ? { ...facts, criSockets: facts.criSockets.slice(0, 1) } : facts;
}

/** Kinds of components that `init` reads in addition to its own. */
const COMPONENTS = ["KubeletConfiguration", "KubeProxyConfiguration"];

/**
 * The configuration of `init`.
 * @param text the configuration file; undefined for none.
 * @param source the name of the file in messages: its path.
 * @throws {InvalidInput} with every problem, each with its field path, or flag where the value came from one.
 */
export function loadInit(
  text: string | undefined,
  settings: Settings,
  facts: t.Facts,
  supported: SupportedVersions,
  source = "configuration",
  options: LoadOptions = {},
): t.InitConfiguration {
  const wanted = ["InitConfiguration", "ClusterConfiguration"];
  const { documents, problems } = openDocuments(text, source, settings, wanted, options, COMPONENTS);
  const init = (documents.InitConfiguration ?? {}) as complete.GivenInit;
  const given = (documents.ClusterConfiguration ?? {}) as complete.Given<t.ClusterConfiguration>;

  const localAPIEndpoint = complete.completeApiEndpoint(init.localAPIEndpoint, facts);
  const version = resolveVersion(given.kubernetesVersion ?? readVersion("stable-1"), facts, supported);
  if ("problem" in version) problems.add("ClusterConfiguration.kubernetesVersion", version.problem);
  const resolved = "version" in version ? version.version : readVersion(supported.newest);
  const skipPhases = init.skipPhases ?? [];
  const whole = complete.completeCluster(given, resolved, localAPIEndpoint.bindPort);
  const cluster = options.validating || options.noPhases ? whole : complete.withSkippedAddons(whole, skipPhases);
  const result: t.InitConfiguration = {
    cluster,
    nodeRegistration: complete.completeNodeRegistration(init.nodeRegistration, factsFor(facts, options), true),
    localAPIEndpoint,
    bootstrapTokens: (init.bootstrapTokens ?? []).map(complete.completeBootstrapToken),
    ...(init.certificateKey ? { certificateKey: init.certificateKey } : {}),
    skipPhases,
    ...(init.patches?.directory ? { patchesDirectory: init.patches.directory } : {}),
    timeouts: complete.completeTimeouts(init.timeouts),
    dryRun: init.dryRun ?? false,
    ...(documents.KubeletConfiguration ? { kubelet: documents.KubeletConfiguration } : {}),
    ...(documents.KubeProxyConfiguration ? { kubeProxy: documents.KubeProxyConfiguration } : {}),
  };

  checkValues(KUBEADM_KINDS.InitConfiguration, result, "InitConfiguration", problems.add);
  checkValues(KUBEADM_KINDS.ClusterConfiguration, cluster, "ClusterConfiguration", problems.add);
  checkComponents(documents, problems.add);
  validateCluster(cluster, problems.add);
  node.validateNodeRegistration(result.nodeRegistration, facts, "InitConfiguration.nodeRegistration", problems.add);
  node.warnOfName(result.nodeRegistration.name, "InitConfiguration.nodeRegistration", problems.warn);
  node.warnOfSocket(init.nodeRegistration?.criSocket, "InitConfiguration.nodeRegistration", problems.warn);
  node.validateApiEndpoint(
    localAPIEndpoint,
    facts,
    "InitConfiguration.localAPIEndpoint",
    problems.add,
    options.anyHost,
  );
  node.validateFirstApiServer(localAPIEndpoint, cluster, problems.add);
  node.validateBootstrapTokens(result.bootstrapTokens, problems.add);
  warnOfCluster(cluster, problems.warn);
  if (result.kubelet) warnOfKubelet(result.kubelet, cluster, problems.warn);
  if (result.kubeProxy) warnOfKubeProxy(result.kubeProxy, cluster, problems.warn);
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze(result);
}

function checkComponents(documents: Documents, report: Report): void {
  for (
    const [kind, schema] of Object.entries({
      ...KINDS["kubelet.config.k8s.io/v1beta1"],
      ...KINDS["kubeproxy.config.k8s.io/v1alpha1"],
    })
  ) {
    checkValues(schema, documents[kind], kind, report);
  }
}

const CONTROL_PLANE = "JoinConfiguration.controlPlane";

/** Drops the discovery token from `--token`, which sets both tokens, where discovery is by file. */
function withoutSecondWay(settings: Settings): Settings {
  const { assignments = [] } = settings;
  if (!assignments.some(({ paths }) => paths[0] === "JoinConfiguration.discovery.file.kubeConfigPath")) return settings;
  const token = "JoinConfiguration.discovery.bootstrapToken.token";
  const kept = assignments.map((one) =>
    one.paths.length > 1 ? { ...one, paths: one.paths.filter((path) => path !== token) } : one
  );
  return { ...settings, assignments: kept };
}

/**
 * The configuration of `join`; other kinds in the file are for other commands. Parameters: see {@linkcode loadInit}.
 * @throws {InvalidInput} with every problem.
 */
export function loadJoin(
  text: string | undefined,
  settings: Settings,
  facts: t.Facts,
  source = "configuration",
  options: LoadOptions = {},
): t.JoinConfiguration {
  const { documents, problems } = openDocuments(
    text,
    source,
    withoutSecondWay(settings),
    ["JoinConfiguration"],
    options,
  );
  const given = (documents.JoinConfiguration ?? {}) as complete.GivenJoin;
  const set = (settings.assignments ?? []).flatMap(({ paths }) => paths);
  const isControlPlane = set.includes(CONTROL_PLANE) || text !== undefined && given.controlPlane !== undefined;
  if (!isControlPlane) {
    for (const path of set.filter((path) => path.startsWith(`${CONTROL_PLANE}.`))) {
      problems.add(path, requires(labelIn(settings)(CONTROL_PLANE)));
    }
  }

  const controlPlane = isControlPlane
    ? {
      localAPIEndpoint: complete.completeApiEndpoint(given.controlPlane?.localAPIEndpoint, facts),
      ...(given.controlPlane?.certificateKey ? { certificateKey: given.controlPlane.certificateKey } : {}),
    }
    : undefined;
  const result: t.JoinConfiguration = {
    nodeRegistration: complete.completeNodeRegistration(
      given.nodeRegistration,
      factsFor(facts, options),
      isControlPlane,
    ),
    caCertPath: cleanPath(given.caCertPath || "/etc/kubernetes/pki/ca.crt"),
    discovery: complete.completeDiscovery(given.discovery),
    ...(controlPlane ? { controlPlane } : {}),
    skipPhases: given.skipPhases ?? [],
    ...(given.patches?.directory ? { patchesDirectory: given.patches.directory } : {}),
    timeouts: complete.completeTimeouts(given.timeouts),
    dryRun: given.dryRun ?? false,
  };

  // The default of tlsBootstrapToken is the discovery token, which is reported once.
  const discovery = { ...result.discovery, tlsBootstrapToken: given.discovery?.tlsBootstrapToken };
  checkValues(KUBEADM_KINDS.JoinConfiguration, { ...result, discovery }, "JoinConfiguration", problems.add);
  node.validateNodeRegistration(result.nodeRegistration, facts, "JoinConfiguration.nodeRegistration", problems.add);
  node.warnOfName(result.nodeRegistration.name, "JoinConfiguration.nodeRegistration", problems.warn);
  node.warnOfSocket(given.nodeRegistration?.criSocket, "JoinConfiguration.nodeRegistration", problems.warn);
  node.validateDiscovery(result.discovery, problems.add);
  if (controlPlane) {
    node.validateApiEndpoint(
      controlPlane.localAPIEndpoint,
      facts,
      "JoinConfiguration.controlPlane.localAPIEndpoint",
      problems.add,
      options.anyHost,
    );
  }
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze(result);
}
