/**
 * Writes and reads the ClusterConfiguration as the cluster stores it (ConfigMap kube-system/kubeadm-config).
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
import { mustBe, quoted, required } from "./wording.ts";
import { parseDocuments } from "./yaml.ts";

/** Drops what Go's `omitempty` drops: empty text, lists and mappings, false, 0, undefined. */
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
 * The v1beta4 document that kubeadm would store: with apiVersion, kind and defaults, without empty fields except the structs
 * that Go always writes.
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

/** The fields of a stored configuration that must be valid because kubewright uses them. Some kubeadm accepted the others. */
const RELIED_ON = new RegExp(
  "^ClusterConfiguration\\.(certificatesDir|encryptionAlgorithm|(caC|c)ertificateValidityPeriod|networking|kubernetesVersion)\\b",
);

/**
 * Reads a stored configuration, written by any version of kubeadm or kubewright: unknown and removed fields and feature
 * gates are ignored, older versions are converted.
 * @param source the name of the text in messages.
 * @throws {InvalidInput} when it is not a ClusterConfiguration of a supported version, or a field in use is invalid.
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
    throw new InvalidInput(`Cannot read "${source}": ${mustBe(`${KUBEADM_VERSION} ${kind}`, found)}`);
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
    const what = version === "" ? required() : mustBe("a version such as v1.37.2", quoted(version));
    problems.add("ClusterConfiguration.kubernetesVersion", what);
  }
  problems.throwIfAny(`Cannot read "${source}":`);
  return cluster;
}
