/**
 * The ClusterConfiguration as the cluster keeps it (ConfigMap kube-system/kubeadm-config), there and back.
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { completeCluster, type Given } from "./defaults.ts";
import { KUBEADM_VERSION, readTexts } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { convertOld, OLD_KINDS } from "./old_versions.ts";
import { readVersion } from "./kubernetes_version.ts";
import type { Documents } from "./assignments.ts";
import { FieldErrors } from "./field_errors.ts";
import { checkShape, checkValues, type Report } from "./schema.ts";
import type { ClusterConfiguration, ControlPlaneComponent, EnvVar } from "./types.ts";
import { writeValues } from "./values.ts";
import { parseDocuments } from "./yaml.ts";

/** Leaves out what Go's `omitempty` does: empty text, lists and mappings, false, 0, undefined. */
export function withoutEmpty(members: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown) => !value || typeof value === "object" && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}

function envs(variables: readonly EnvVar[]): Record<string, unknown>[] {
  return variables.map(({ name, ...rest }) => ({ name, ...withoutEmpty(rest) }));
}

function component(part: ControlPlaneComponent): Record<string, unknown> {
  const extraVolumes = part.extraVolumes.map(({ name, hostPath, mountPath, ...rest }) => ({
    name,
    hostPath,
    mountPath,
    ...withoutEmpty(rest),
  }));
  return withoutEmpty({ extraArgs: part.extraArgs, extraVolumes, extraEnvs: envs(part.extraEnvs) });
}

/**
 * The v1beta4 document that kubeadm would store: apiVersion and kind, defaults written out, empty fields left out, but
 * the structs that Go always writes there even when empty.
 */
export function clusterConfigurationDocument(cluster: ClusterConfiguration): Record<string, unknown> {
  const { apiServer, controllerManager, scheduler, dns, proxy, etcd, networking, ...rest } = cluster;
  const local = etcd.local && {
    ...withoutEmpty({ ...etcd.local, extraEnvs: envs(etcd.local.extraEnvs) }),
    dataDir: etcd.local.dataDir,
  };
  const external = etcd.external && { ...etcd.external };
  return writeValues(KUBEADM_KINDS.ClusterConfiguration, {
    apiVersion: KUBEADM_VERSION,
    kind: "ClusterConfiguration",
    ...withoutEmpty(rest),
    apiServer: { ...component(apiServer), ...withoutEmpty({ certSANs: apiServer.certSANs }) },
    controllerManager: component(controllerManager),
    scheduler: component(scheduler),
    dns: withoutEmpty(dns),
    proxy: withoutEmpty(proxy),
    etcd: { ...(local ? { local } : {}), ...(external ? { external } : {}) },
    networking: withoutEmpty(networking),
  });
}

/** What is worked with of a stored configuration, and so has to be right. Other values some kubeadm has once taken. */
const RELIED_ON = new RegExp(
  "^ClusterConfiguration\\.(certificatesDir|encryptionAlgorithm|(caC|c)ertificateValidityPeriod|networking|kubernetesVersion)\\b",
);

/**
 * Reads what a cluster has stored, by whichever version of kubeadm or of this program: fields and feature gates that are
 * unknown, or gone, are passed over, older versions converted.
 * @param source what to call it in messages.
 * @throws {InvalidInput} when it is not a ClusterConfiguration of a version that is read, or a value that is relied on is wrong.
 */
export function parseClusterConfiguration(
  text: string,
  source = "ConfigMap kube-system/kubeadm-config",
): ClusterConfiguration {
  const [document] = parseDocuments(text, source);
  const kind = "ClusterConfiguration";
  const current = KUBEADM_KINDS[kind];
  const schema = document?.apiVersion === KUBEADM_VERSION ? current : OLD_KINDS[document?.apiVersion ?? ""]?.[kind];
  if (document?.kind !== kind || !schema) {
    const found = document ? `${document.apiVersion} ${document.kind}` : "nothing";
    throw new InvalidInput(`Cannot read "${source}": it holds ${found}, not ${KUBEADM_VERSION} ClusterConfiguration`);
  }
  const problems = new FieldErrors((path) => path);
  const report: Report = (path, what) => RELIED_ON.test(path) && problems.add(path, what);
  const documents: Documents = {
    [kind]: checkShape(schema, document.body, kind, problems.add, "ignore") as Record<string, unknown>,
  };
  if (schema !== current) convertOld(documents, [kind], () => {});
  problems.settle();
  readTexts(documents, problems.add);
  problems.settle();
  const given = documents[kind] as Given<ClusterConfiguration>;
  const cluster = completeCluster(given, given.kubernetesVersion ?? readVersion(""));
  checkValues(current, cluster, kind, report);
  const { text: version, major } = cluster.kubernetesVersion;
  if (major === 0) {
    const what = version === "" ? "is required" : `${JSON.stringify(version)} is not a version such as v1.37.2`;
    problems.add("ClusterConfiguration.kubernetesVersion", what);
  }
  problems.throwIfAny(`Cannot read "${source}":`);
  return cluster;
}
