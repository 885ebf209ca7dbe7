/** The etcd member that runs as a static pod of this host, read from its manifest. Observes, never changes. @module */
import { UserError } from "../errors.ts";
import type { EtcdCredentials, Host } from "../system.ts";
import { readStaticPod } from "./static_pod_manifest.ts";

/** The default directory of etcd's data. */
export const DEFAULT_ETCD_DATA = "/var/lib/etcd";

/** The member that a manifest describes. */
export interface LocalEtcdMember {
  /** Its name in its cluster; empty when the manifest does not set it. */
  name: string;
  /** On the host. */
  dataDir: string;
  /** The URL that the other members use, `https://10.0.0.10:2380`; empty when the manifest does not set it. */
  peerUrl: string;
  /** The URL that clients on this host use. */
  clientUrl: string;
  /** Directory of its authority and its clients' certificates, on the host. */
  pki: string;
}

/**
 * Reads the manifest; undefined without one: etcd is external, or this is a worker.
 * @throws {UserError} when it is not a pod's manifest.
 */
export async function readLocalEtcd(host: Host): Promise<LocalEtcdMember | undefined> {
  const manifest = await readStaticPod(host, "etcd");
  if (manifest === undefined) return undefined;
  if (manifest.trouble !== undefined) throw new UserError(manifest.trouble);
  const { flags, environment, onHost, volumes } = manifest;
  // etcd also reads each flag from its environment; the command line wins.
  const setting = (name: string) =>
    flags.get(name) || environment.get(`ETCD_${name.toUpperCase().replaceAll("-", "_")}`) || undefined;
  const authority = setting("trusted-ca-file") ?? "/etc/kubernetes/pki/etcd/ca.crt";
  const onHostAuthority = onHost(authority) ?? authority;
  const dataDir = setting("data-dir");
  return {
    name: setting("name") ?? "",
    dataDir: onHost(dataDir ?? "") ?? volumes.get("etcd-data") ?? dataDir ?? DEFAULT_ETCD_DATA,
    peerUrl: urlsIn(setting("initial-advertise-peer-urls"))[0] ?? "",
    clientUrl: localUrl(urlsIn(setting("listen-client-urls"))),
    pki: onHostAuthority.slice(0, onHostAuthority.lastIndexOf("/")),
  };
}

function urlsIn(list: string | undefined): string[] {
  return (list ?? "").split(",").map((url) => url.trim().replace(/\/+$/, "")).filter(Boolean);
}

/** The URL for clients on this host: a loopback address if etcd listens on one; "all addresses" includes loopback. */
function localUrl(urls: readonly string[]): string {
  const reachable = urls.map((url) =>
    url.replace(/\/\/0\.0\.0\.0(?=[:/]|$)/, "//127.0.0.1").replace("//[::]", "//[::1]")
  );
  return reachable.find((url) => isLoopbackUrl(url)) ?? reachable[0] ?? "https://127.0.0.1:2379";
}

/** Whether a URL has a loopback host. */
export function isLoopbackUrl(url: string): boolean {
  return /\/\/(127(\.\d+){3}|localhost|\[::1\])(?=[:/]|$)/i.test(url);
}

/**
 * The client credentials for etcd on this host.
 * @throws {UserError} when a file is missing.
 */
export async function readEtcdCredentials(host: Host, { pki }: Pick<LocalEtcdMember, "pki">): Promise<EtcdCredentials> {
  const read = async (path: string) => {
    const text = await host.readText(path);
    if (text === undefined) throw new UserError(`Cannot connect to etcd: "${path}" not found`);
    return text;
  };
  return {
    caPem: await read(`${pki}/ca.crt`),
    certificatePem: await read(`${pki}/healthcheck-client.crt`),
    keyPem: await read(`${pki}/healthcheck-client.key`),
  };
}
