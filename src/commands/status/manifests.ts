import { isMapping, parseDocuments } from "../../config/yaml.ts";
import { manifestPath, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";

/** A static pod's manifest as far as it is asked about. */
export interface Manifest {
  name: string;
  path: string;
  /** Image of its container; empty when the manifest cannot be read. */
  image: string;
  /** Its command line's flags. */
  flags: ReadonlyMap<string, string>;
  /** Why it is no manifest. */
  trouble?: string;
}

/** The static pods of a control plane node in the order in which they depend on one another. */
const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

function parse(name: string, path: string, text: string): Manifest {
  const bad = (trouble: string): Manifest => ({ name, path, image: "", flags: new Map(), trouble });
  try {
    const spec = parseDocuments(text, path)[0]?.body["spec"];
    const container = isMapping(spec) && Array.isArray(spec["containers"]) ? spec["containers"][0] : undefined;
    if (!isMapping(container)) return bad(`"${path}" is not a pod with a container`);
    const words = [container["command"], container["args"]].flat().map(String);
    const flags = words.map((word) => /^--([^=]+)=?(.*)$/s.exec(word)).filter((match) => match !== null);
    return {
      name,
      path,
      image: String(container["image"] ?? ""),
      flags: new Map(flags.map(([, flag = "", value = ""]) => [flag, value])),
    };
  } catch (error) {
    if (error instanceof UserError) return bad(error.message);
    throw error;
  }
}

/** Whether a list of URLs names this very host. */
function namesLoopback(urls: string): boolean {
  return /\/\/(127\.0\.0\.1|localhost|\[::1\])[:/,]/.test(`${urls},`);
}

/** What the manifests say, and whether there is one at all. */
export interface Manifests {
  some: boolean;
  /** Each that there is, and one with a trouble for each that has to be there; etcd only where it is of this host. */
  list: readonly Manifest[];
}

/** The manifests of a control plane node. @throws {UserError} when they may not be read. */
export async function readManifests(host: Host): Promise<Manifests> {
  const names = await host.list(MANIFESTS_DIRECTORY);
  const read = async (name: string): Promise<Manifest> => {
    const path = manifestPath(name);
    const text = names.includes(`${name}.yaml`) ? await host.readText(path) : undefined;
    if (text !== undefined) return parse(name, path, text);
    return { name, path, image: "", flags: new Map(), trouble: `there is no manifest "${path}"` };
  };
  const list = await Promise.all(COMPONENTS.map(read));
  const servers = list.find(({ name }) => name === "kube-apiserver")?.flags.get("etcd-servers");
  const ownEtcd = names.includes("etcd.yaml") || servers === undefined || namesLoopback(servers);
  return {
    some: COMPONENTS.some((name) => names.includes(`${name}.yaml`)),
    list: list.filter(({ name }) => name !== "etcd" || ownEtcd),
  };
}

/** What can be asked of a control plane whose manifests may not be read: all but etcd, at the usual ports. */
export const UNREAD_MANIFESTS: readonly Manifest[] = COMPONENTS.filter((name) => name !== "etcd").map((name) => ({
  name,
  path: manifestPath(name),
  image: "",
  flags: new Map(),
}));
