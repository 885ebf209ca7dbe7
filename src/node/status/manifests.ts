import { isLoopbackUrl } from "../local_etcd.ts";
import { manifestPath, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import { NOTHING_SAID, parseStaticPod, type StaticPodManifest } from "../static_pod_manifest.ts";
import type { Host } from "../../system.ts";

/** The static pods of a control plane node in the order in which they depend on one another. */
const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** A component without a manifest that could be read. */
function unread(name: string): StaticPodManifest {
  return { name, path: manifestPath(name), ...NOTHING_SAID };
}

/** What the manifests say, and whether there is one at all. */
export interface Manifests {
  some: boolean;
  /** Each that there is, and one with a trouble for each that has to be there; etcd only where it is of this host. */
  list: readonly StaticPodManifest[];
}

/** The manifests of a control plane node. @throws {UserError} when they may not be read. */
export async function readManifests(host: Host): Promise<Manifests> {
  const names = await host.list(MANIFESTS_DIRECTORY);
  const read = async (name: string): Promise<StaticPodManifest> => {
    const path = manifestPath(name);
    const text = names.includes(`${name}.yaml`) ? await host.readText(path) : undefined;
    if (text !== undefined) return parseStaticPod(name, path, text);
    return { ...unread(name), trouble: `there is no manifest "${path}"` };
  };
  const list = await Promise.all(COMPONENTS.map(read));
  const servers = list.find(({ name }) => name === "kube-apiserver")?.flags.get("etcd-servers");
  const ownEtcd = names.includes("etcd.yaml") || servers === undefined || servers.split(",").some(isLoopbackUrl);
  return {
    some: COMPONENTS.some((name) => names.includes(`${name}.yaml`)),
    list: list.filter(({ name }) => name !== "etcd" || ownEtcd),
  };
}

/** What can be asked of a control plane whose manifests may not be read: all but etcd, at the usual ports. */
export const UNREAD_MANIFESTS: readonly StaticPodManifest[] = COMPONENTS.filter((name) => name !== "etcd").map(unread);
