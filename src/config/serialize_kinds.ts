/**
 * Writes the kinds that commands read as v1beta4 documents, with all fields that kubeadm writes.
 * @module
 */
import { KUBEADM_VERSION } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { clusterConfigurationDocument, withoutEmpty } from "./serialize.ts";
import type * as t from "./types.ts";
import { writeValues } from "./values.ts";

/** A document to be written unchanged. */
export type Document = Record<string, unknown> & { apiVersion: string; kind: string };

/** A document of one of kubeadm's kinds, its values as text. */
function written(kind: keyof typeof KUBEADM_KINDS, fields: Record<string, unknown>): Document {
  return { apiVersion: KUBEADM_VERSION, kind, ...writeValues(KUBEADM_KINDS[kind], fields) };
}

function nodeRegistration(node: t.NodeRegistration, taints: readonly t.Taint[] | null): Record<string, unknown> {
  const { imagePullSerial, taints: _, ...rest } = node;
  const written = taints?.map(({ key, value, ...taint }) => ({ key, ...(value ? { value } : {}), ...taint })) ?? null;
  return { ...withoutEmpty(rest), imagePullSerial, taints: written };
}

function patches(directory: string | undefined): Record<string, unknown> {
  return directory ? { patches: { directory } } : {};
}

/** A token; one that is to be generated has no text, which is left out. */
function bootstrapToken({ token, ...rest }: t.BootstrapToken): Record<string, unknown> {
  return { ...withoutEmpty({ token }), ...withoutEmpty(rest) };
}

/**
 * The InitConfiguration and ClusterConfiguration of a configuration, and the components' documents as given.
 * @param taints replace the node's; `null`: the default.
 */
export function initDocuments(
  config: t.InitConfiguration,
  taints: readonly t.Taint[] | null = config.nodeRegistration.taints,
): Document[] {
  const { bootstrapTokens, localAPIEndpoint, certificateKey, skipPhases, patchesDirectory, timeouts, dryRun } = config;
  return [
    written("InitConfiguration", {
      ...withoutEmpty({ bootstrapTokens: bootstrapTokens.map(bootstrapToken), certificateKey, skipPhases, dryRun }),
      localAPIEndpoint: withoutEmpty({ ...localAPIEndpoint }),
      nodeRegistration: nodeRegistration(config.nodeRegistration, taints),
      ...patches(patchesDirectory),
      timeouts,
    }),
    clusterConfigurationDocument(config.cluster) as Document,
    ...[config.kubelet, config.kubeProxy].filter((document) => document !== undefined) as Document[],
  ];
}

/** The JoinConfiguration. The taints of a worker without taints are `null`, the default. */
export function joinDocument(config: t.JoinConfiguration): Document {
  const { caCertPath, discovery, controlPlane, skipPhases, patchesDirectory, timeouts, dryRun } = config;
  const { bootstrapToken, file, tlsBootstrapToken } = discovery;
  const { taints } = config.nodeRegistration;
  return written("JoinConfiguration", {
    caCertPath,
    ...(controlPlane
      ? {
        controlPlane: {
          localAPIEndpoint: withoutEmpty({ ...controlPlane.localAPIEndpoint }),
          ...withoutEmpty({ certificateKey: controlPlane.certificateKey }),
        },
      }
      : {}),
    discovery: {
      ...(bootstrapToken
        ? { bootstrapToken: { token: bootstrapToken.token, ...withoutEmpty({ ...bootstrapToken }) } }
        : {}),
      ...(file ? { file } : {}),
      ...withoutEmpty({ tlsBootstrapToken }),
    },
    nodeRegistration: nodeRegistration(
      config.nodeRegistration,
      !controlPlane && taints.length === 0 ? null : taints,
    ),
    ...withoutEmpty({ skipPhases, dryRun }),
    ...patches(patchesDirectory),
    timeouts,
  });
}

/** The ResetConfiguration. */
export function resetDocument({ timeouts, ...config }: t.ResetConfiguration): Document {
  return written("ResetConfiguration", { ...withoutEmpty(config), timeouts });
}

/** The UpgradeConfiguration. */
export function upgradeDocument({ apply, diff, node, plan, timeouts }: t.UpgradeConfiguration): Document {
  const part = (given: object) => {
    const { patchesDirectory, ...rest } = given as Record<string, unknown> & { patchesDirectory?: string };
    // Fields that are true by default must be written when they are false.
    const isDefaulted = ([name, value]: [string, unknown]) =>
      value === false && /^(certificateRenewal|etcdUpgrade|imagePullSerial)$/.test(name);
    return {
      ...withoutEmpty(rest),
      ...Object.fromEntries(Object.entries(rest).filter(isDefaulted)),
      ...patches(patchesDirectory),
    };
  };
  return written("UpgradeConfiguration", {
    apply: part(apply),
    diff: part(diff),
    node: part(node),
    plan: part(plan),
    timeouts,
  });
}
