import { bootstrapTokens } from "../../cluster/objects/bootstrap_token.ts";
import { pkiPaths } from "../../cluster/pki/certificates.ts";
import { missingKeys } from "../../node/pki/kubeconfigs.ts";
import { type ControlPlaneNode, controlPlaneNode } from "../../cluster/control_plane/node.ts";
import { localUrl } from "../../cluster/endpoints.ts";
import { kubeletConfiguration } from "../../cluster/kubelet/configuration.ts";
import { kubeconfigsIn } from "../../cluster/pki/kubeconfigs.ts";
import { KUBECONFIG_FILES } from "../../cluster/paths.ts";
import { patcher } from "../../cluster/patches/apply.ts";
import { patchTargets } from "../../cluster/patches/names.ts";
import { readPatches } from "../../node/patches.ts";
import { BOOTSTRAP_GROUP } from "../../cluster/objects/rbac.ts";
import { duration } from "../../config/duration.ts";
import type { BootstrapToken, Facts, InitConfiguration } from "../../config/types.ts";
import { UserError } from "../../errors.ts";
import type { AddonContext, PodNetwork } from "../../phases/addon.ts";
import type { AdminAccessContext } from "../../phases/admin_access.ts";
import type { BootstrapTokenContext } from "../../phases/bootstrap_token.ts";
import { cell, cellsBy } from "../../phases/cell.ts";
import type { CertsContext } from "../../phases/certs.ts";
import type { ControlPlaneContext as ManifestContext } from "../../phases/control_plane.ts";
import type { ImagesContext } from "../../phases/images.ts";
import type { KubeconfigContext } from "../../phases/kubeconfig.ts";
import type { KubeletStartContext } from "../../phases/kubelet_start.ts";
import type { KubeletUnitContext } from "../../phases/kubelet_unit.ts";
import type { MarkControlPlaneContext } from "../../phases/mark_control_plane.ts";
import type { ControlPlaneContext as PreflightContext } from "../../phases/preflight/control_plane.ts";
import type { ShowJoinCommandContext } from "../../phases/show_join_command.ts";
import type { UploadConfigContext } from "../../phases/upload_config.ts";
import type { UploadCertsContext } from "../../phases/upload_certs.ts";
import type { WaitControlPlaneContext } from "../../phases/wait_control_plane.ts";
import type { WaitNodeContext } from "../../phases/wait_node.ts";
import type { WaitPodsContext } from "../../phases/wait_pods.ts";
import { generateCertificateKey } from "../../pki/certificate_key.ts";
import { startKeys } from "../../pki/key_pool.ts";
import { formatToken, generateToken } from "../../pki/token.ts";
import type { Host, KubeClient, System } from "../../system.ts";
import { readCredentials } from "../../node/credentials.ts";
import { type CommandContext, once } from "../command_context.ts";
import { readOwnPaths } from "../../node/facts.ts";

/** Everything that the phases of `init` need. */
export type InitContext =
  & { config: InitConfiguration }
  & PreflightContext
  & CertsContext
  & KubeconfigContext
  & ManifestContext
  & KubeletUnitContext
  & KubeletStartContext
  & WaitControlPlaneContext
  & AdminAccessContext
  & MarkControlPlaneContext
  & BootstrapTokenContext
  & ImagesContext
  & UploadConfigContext
  & UploadCertsContext
  & ShowJoinCommandContext
  & AddonContext
  & WaitNodeContext
  & WaitPodsContext;

/** The description of a token that `init` created, by which a rerun finds it. */
const TOKEN_DESCRIPTION = "The default bootstrap token that kubewright init made.";

/** A client for a kubeconfig: one of this host connects to the API server of this host, any other to its own server. */
async function clientWith(system: System, node: ControlPlaneNode, path: string): Promise<KubeClient | undefined> {
  const isOwn = path === KUBECONFIG_FILES.admin || path === KUBECONFIG_FILES.superAdmin;
  const credentials = await readCredentials(system.host, path, isOwn ? localUrl(node.endpoint) : undefined);
  return credentials && system.connect(credentials);
}

/** The tokens of the configuration; without any, the one that an earlier `init` created, else a new one. */
async function tokensFor(config: InitConfiguration, admin: KubeClient, now: Date): Promise<readonly BootstrapToken[]> {
  const [given] = config.bootstrapTokens;
  if (given && given.token !== "") return config.bootstrapTokens;
  const secrets = await admin.list({
    apiVersion: "v1",
    kind: "Secret",
    namespace: "kube-system",
    fieldSelector: "type=bootstrap.kubernetes.io/token",
  });
  const earlier = bootstrapTokens(secrets, now).find((token) => token.description === TOKEN_DESCRIPTION);
  const template = given ?? { ttl: duration("24h"), usages: ["signing", "authentication"], groups: [BOOTSTRAP_GROUP] };
  return [earlier ?? { ...template, description: TOKEN_DESCRIPTION, token: formatToken(generateToken()) }];
}

/** Whether the CA certificate exists without its key: then an external CA signs. */
async function hasExternalCA(host: Host, { cluster }: ControlPlaneNode): Promise<boolean> {
  const { certificate, key } = pkiPaths(cluster, { baseName: "ca" });
  return await host.stat(certificate) !== undefined && await host.stat(key) === undefined;
}

/**
 * Creates the context of the phases, and starts the generation of keys, which takes longest.
 * @param keyOrder names of all keys in the order in which the phases need them.
 */
export async function initContext(
  system: System,
  command: CommandContext,
  facts: Facts,
  config: InitConfiguration,
  podNetwork: PodNetwork,
  keyOrder: readonly string[],
  request: {
    uploadCerts: boolean;
    kubeconfig: string | undefined;
    kubeconfigDirectory: string | undefined;
    /** Directory of patches, where a phase that runs applies them. */
    patches: string | undefined;
  },
): Promise<InitContext> {
  const { host } = system;
  const node = controlPlaneNode(config);
  const patches = await readPatches(
    host,
    request.patches,
    patchTargets(config.cluster.kubernetesVersion),
    command.warn,
  );
  // Without root, preflight fails; until then nothing is read.
  const kubeconfigs = request.kubeconfigDirectory === undefined
    ? undefined
    : kubeconfigsIn(request.kubeconfigDirectory.replace(/(?<=.)\/+$/, ""));
  const missing = host.uid() === 0 ? await missingKeys(host, node, keyOrder, kubeconfigs) : [];
  const admin = once(async () => {
    const path = request.kubeconfig ?? KUBECONFIG_FILES.admin;
    const client = await clientWith(system, node, path);
    if (client) return client;
    throw new UserError(`Cannot connect to the API server as administrator: "${path}" not found`, {
      hint: request.kubeconfig === undefined
        ? "Run init without skipping the phase kubeconfig/admin."
        : "Pass an administrator's kubeconfig with --kubeconfig.",
    });
  });
  return {
    host,
    facts,
    config,
    node,
    dryRun: config.dryRun,
    podNetwork,
    runtime: system.runtime(config.nodeRegistration.criSocket),
    unverified: system.unverified,
    download: system.download,
    nodeRegistration: config.nodeRegistration,
    ...(config.kubelet ? { kubelet: config.kubelet } : {}),
    ...(config.kubeProxy ? { kubeProxy: config.kubeProxy } : {}),
    ownPaths: await readOwnPaths(host),
    keys: startKeys(missing, config.cluster.encryptionAlgorithm, host.cpus()),
    startedAt: host.now(),
    registerTaints: false,
    patch: patcher(patches, command.warn),
    ...(kubeconfigs ? { kubeconfigs } : {}),
    uploadCerts: request.uploadCerts,
    certificateKey: config.certificateKey ?? generateCertificateKey(),
    joinCommands: cell("join commands"),
    kubeletConfiguration: () => Promise.resolve(kubeletConfiguration(config.cluster, config.kubelet)),
    kubeletStartedAt: cell("kubelet started at"),
    rewritten: cellsBy("rewritten manifest:"),
    formerFiles: cellsBy("former file"),
    kubeletEnabled: cell("kubelet enabled by this run"),
    nodeName: config.nodeRegistration.name,
    timeouts: config.timeouts,
    networkExpected: podNetwork.kind !== "none",
    externalCA: () => hasExternalCA(host, node),
    admin,
    superAdmin: once(() => clientWith(system, node, KUBECONFIG_FILES.superAdmin)),
    nodeReader: admin,
    nodeReaderFile: request.kubeconfig ?? KUBECONFIG_FILES.admin,
    kubeletClient: () => clientWith(system, node, KUBECONFIG_FILES.kubelet),
    tokens: once(async () => tokensFor(config, await admin(), host.now())),
    caPem: async () => await host.readText(pkiPaths(config.cluster, { baseName: "ca" }).certificate) ?? "",
    note: command.note,
    warn: command.warn,
  };
}
