/**
 * Host directories and files that are mounted into control plane pods.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/controlplane/volumes.go
 * @module
 */
import { dirname } from "@std/path/posix";
import type { ClusterConfiguration, ExternalEtcd, HostPathMount } from "../../config/types.ts";
import { FURTHER_CA_DIRECTORIES, SYSTEM_CA_DIRECTORY } from "../paths.ts";
import { byName } from "./pod.ts";

/** A directory at the same path on the host and in the pod, created when absent. */
export function directory(name: string, path: string, readOnly: boolean): HostPathMount {
  return { name, hostPath: path, mountPath: path, readOnly, pathType: "DirectoryOrCreate" };
}

/** A kubeconfig. `FileOrCreate`, because the kubelet may start the pod before it is written. */
export function kubeconfigMount(path: string): HostPathMount {
  return { name: "kubeconfig", hostPath: path, mountPath: path, readOnly: true, pathType: "FileOrCreate" };
}

/** The cluster's certificates and the system's CA certificates; `caDirectories` are those of {@linkcode FURTHER_CA_DIRECTORIES} that the host has. */
export function certificateMounts(cluster: ClusterConfiguration, caDirectories: readonly string[]): HostPathMount[] {
  return [
    directory("k8s-certs", cluster.certificatesDir, true),
    directory("ca-certs", SYSTEM_CA_DIRECTORY, true),
    ...FURTHER_CA_DIRECTORIES.filter((path) => caDirectories.includes(path))
      .map((path) => directory(path.slice(1).replaceAll("/", "-"), path, true)),
  ];
}

/** Directories of an external etcd's credentials that no other mount covers, outermost only. */
export function externalEtcdMounts(etcd: ExternalEtcd, certificatesDir: string): HostPathMount[] {
  const covered = [SYSTEM_CA_DIRECTORY, ...FURTHER_CA_DIRECTORIES, certificatesDir];
  const directories = [...new Set([etcd.caFile, etcd.certFile, etcd.keyFile].filter(Boolean).map((f) => dirname(f)))]
    .filter((path) => !covered.some((other) => isWithin(path, other)));
  return directories
    .filter((path) => !directories.some((other) => other !== path && isWithin(path, other)))
    .sort()
    .map((path, index) => directory(`etcd-certs-${index}`, path, true));
}

/** Default mounts and the user's, sorted by name; the user's mount replaces a default of the same name. */
export function mergeMounts(...lists: readonly (readonly HostPathMount[])[]): HostPathMount[] {
  return byName([...new Map(lists.flat().map((mount) => [mount.name, mount])).values()]);
}

/** Whether `path` is `parent` or below it, by components: /etc/ssl/certs-x is not below /etc/ssl/certs. */
function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent.endsWith("/") ? parent : `${parent}/`);
}
