/** Whether a directory belongs to the cluster alone, judged by its real path. Observes, never changes. @module */
import { isSystemDirectory } from "../config/system_directories.ts";
import type { Host } from "../system.ts";
import { CERTIFICATES, SERVICE_ACCOUNT_KEY } from "../cluster/pki/certificates.ts";
import {
  DEFAULT_CERTIFICATES_DIRECTORY,
  KUBELET_DIRECTORY,
  MANIFESTS_DIRECTORY,
  TEMPORARY_DIRECTORY,
} from "../cluster/paths.ts";

/** What a directory of the configuration is. */
export type Place =
  | { kind: "absent" }
  /** One of kubeadm's own, on the file system of its parent, without links on the way: all of its content is the cluster's. */
  | { kind: "own"; path: string }
  /** A directory that others may also use: a link leads there, something is mounted there, or it was configured. */
  | { kind: "shared"; path: string }
  /** It leads to a directory of the system, `path`. */
  | { kind: "system"; path: string };

/** Directories that only kubeadm and the kubelet use. */
const KUBEADMS = [
  DEFAULT_CERTIFICATES_DIRECTORY,
  KUBELET_DIRECTORY,
  MANIFESTS_DIRECTORY,
  TEMPORARY_DIRECTORY,
  "/var/lib/etcd",
];

/** Judges a directory. @throws {UserError} when it cannot be read or the mounts cannot be listed. */
export async function placeOf(host: Host, directory: string): Promise<Place> {
  const path = await host.realPath(directory);
  if (path === undefined) return { kind: "absent" };
  if (isSystemDirectory(path)) return { kind: "system", path };
  const mounted = (await host.mounts()).includes(path);
  return { kind: KUBEADMS.includes(directory) && path === directory && !mounted ? "own" : "shared", path };
}

/** Names of a cluster's files in the directory of certificates and in its subdirectory `etcd`. */
export const CERTIFICATE_FILES: readonly string[] = [
  ...CERTIFICATES.flatMap(({ baseName }) => ["crt", "key", "csr"].map((end) => `${baseName}.${end}`)),
  ...["key", "pub"].map((end) => `${SERVICE_ACCOUNT_KEY.baseName}.${end}`),
];

/** Names of a cluster's manifests. */
export const MANIFEST_FILES: readonly string[] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
  .map((name) => `${name}.yaml`);

/** What kubeadm leaves in its temporary directory. */
export const TEMPORARY_NAME =
  /^kubeadm-(upgraded-manifests|backup-manifests|backup-etcd|kubelet-config|init-dryrun|join-dryrun|upgrade-\w+|reset-dryrun)/;
