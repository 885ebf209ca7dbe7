/** The etcd member that runs as a static pod of this host, as its manifest tells. Observes, never changes. @module */
import { parseDocuments } from "../config/yaml.ts";
import { UserError } from "../errors.ts";
import type { EtcdCredentials, Host } from "../system.ts";
import { manifestPath } from "./paths.ts";

/** Where etcd's data is unless its manifest says otherwise. */
export const DEFAULT_ETCD_DATA = "/var/lib/etcd";

/** What the manifest tells of the member. */
export interface LocalEtcdMember {
  dataDir: string;
  /** Under which the other members know it, `https://10.0.0.10:2380`. */
  peerUrl: string;
  /** At which it can be asked from this host. */
  clientUrl: string;
  /** Directory of its authority and its clients' certificates. */
  pki: string;
}

interface PodParts {
  containers?: { command?: string[]; args?: string[] }[];
  volumes?: { name?: string; hostPath?: { path?: string } }[];
}

/** Reads the manifest; undefined when there is none: etcd is external, or this is a worker. */
export async function readLocalEtcd(host: Host): Promise<LocalEtcdMember | undefined> {
  const path = manifestPath("etcd");
  const text = await host.readText(path);
  if (text === undefined) return undefined;
  const spec = parseDocuments(text, path)[0]?.body.spec as PodParts | undefined;
  const words = spec?.containers?.flatMap(({ command = [], args = [] }) => [...command, ...args]) ?? [];
  const flag = (name: string) => words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const volume = spec?.volumes?.find(({ name }) => name === "etcd-data")?.hostPath?.path;
  const authority = flag("trusted-ca-file") ?? "/etc/kubernetes/pki/etcd/ca.crt";
  return {
    dataDir: volume ?? flag("data-dir") ?? DEFAULT_ETCD_DATA,
    peerUrl: flag("initial-advertise-peer-urls")?.split(",")[0] ?? "",
    clientUrl: flag("listen-client-urls")?.split(",")[0] ?? "https://127.0.0.1:2379",
    pki: authority.slice(0, authority.lastIndexOf("/")),
  };
}

/**
 * What the members let a client of this host in with.
 * @throws {UserError} when a file is not there.
 */
export async function readEtcdCredentials(host: Host, { pki }: LocalEtcdMember): Promise<EtcdCredentials> {
  const read = async (path: string) => {
    const text = await host.readText(path);
    if (text === undefined) throw new UserError(`Cannot ask etcd: there is no "${path}"`);
    return text;
  };
  return {
    caPem: await read(`${pki}/ca.crt`),
    certificatePem: await read(`${pki}/healthcheck-client.crt`),
    keyPem: await read(`${pki}/healthcheck-client.key`),
  };
}
