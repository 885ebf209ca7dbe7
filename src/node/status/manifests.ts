import { isLoopbackUrl } from "../local_etcd.ts";
import { manifestPath, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import { NOTHING_SAID, parseStaticPod, type StaticPodManifest } from "../static_pod_manifest.ts";
import type { Host } from "../../system.ts";

/** The static pods of a control plane node, in the order in which they depend on one another. */
const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** A component whose manifest could not be read. */
function unread(name: string): StaticPodManifest {
  return { name, path: manifestPath(name), ...NOTHING_SAID };
}

/** The manifests of this host, and whether it has any. */
export interface Manifests {
  some: boolean;
  /** Each manifest; one with `trouble` for each that is missing. etcd only when it runs on this host. */
  list: readonly StaticPodManifest[];
}

/** Reads the manifests of a control plane node. @throws {UserError} when they may not be read. */
export async function readManifests(host: Host): Promise<Manifests> {
  const names = await host.list(MANIFESTS_DIRECTORY);
  const read = async (name: string): Promise<StaticPodManifest> => {
    const path = manifestPath(name);
    const text = names.includes(`${name}.yaml`) ? await host.readText(path) : undefined;
    if (text !== undefined) return parseStaticPod(name, path, text);
    return { ...unread(name), trouble: `manifest "${path}" not found` };
  };
  const list = await Promise.all(COMPONENTS.map(read));
  const servers = list.find(({ name }) => name === "kube-apiserver")?.flags.get("etcd-servers");
  const ownEtcd = names.includes("etcd.yaml") || servers === undefined || servers.split(",").some(isLoopbackUrl);
  return {
    some: COMPONENTS.some((name) => names.includes(`${name}.yaml`)),
    list: list.filter(({ name }) => name !== "etcd" || ownEtcd),
  };
}

/** What can be probed of a control plane whose manifests may not be read: all but etcd, at the default ports. */
export const UNREAD_MANIFESTS: readonly StaticPodManifest[] = COMPONENTS.filter((name) => name !== "etcd").map(unread);
