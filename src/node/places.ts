/** Whether a directory is only a cluster's, judged by where it really is. Observes, never changes. @module */
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
  /** One of kubeadm's own, on the file system of its parent, and no link on the way: all that is in it is a cluster's. */
  | { kind: "own"; path: string }
  /** A directory that others may use, too: a link leads there, something is mounted there, or somebody chose it. */
  | { kind: "shared"; path: string }
  /** It leads to a directory of the system. `path`: which. */
  | { kind: "system"; path: string };

/** Directories that kubeadm and the kubelet have for themselves. */
const KUBEADMS = [
  DEFAULT_CERTIFICATES_DIRECTORY,
  KUBELET_DIRECTORY,
  MANIFESTS_DIRECTORY,
  TEMPORARY_DIRECTORY,
  "/var/lib/etcd",
];

/** Judges a directory. @throws {UserError} when it, or what is mounted, cannot be looked at. */
export async function placeOf(host: Host, directory: string): Promise<Place> {
  const path = await host.realPath(directory);
  if (path === undefined) return { kind: "absent" };
  if (isSystemDirectory(path)) return { kind: "system", path };
  const mounted = (await host.mounts()).includes(path);
  return { kind: KUBEADMS.includes(directory) && path === directory && !mounted ? "own" : "shared", path };
}

/** Names that a cluster has in its directory of certificates: files of the directory, and of `etcd` in it. */
export const CERTIFICATE_FILES: readonly string[] = [
  ...CERTIFICATES.flatMap(({ baseName }) => ["crt", "key", "csr"].map((end) => `${baseName}.${end}`)),
  ...["key", "pub"].map((end) => `${SERVICE_ACCOUNT_KEY.baseName}.${end}`),
];

/** Names that a cluster has among the manifests. */
export const MANIFEST_FILES: readonly string[] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
  .map((name) => `${name}.yaml`);

/** What kubeadm leaves in its temporary directory. */
export const TEMPORARY_NAME =
  /^kubeadm-(upgraded-manifests|backup-manifests|backup-etcd|kubelet-config|init-dryrun|join-dryrun|upgrade-\w+|reset-dryrun)/;
