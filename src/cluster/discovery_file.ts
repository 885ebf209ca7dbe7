/**
 * A discovery file: a kubeconfig that leads a host to its cluster, with or without credentials.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/discovery/file/file.go
 * @module
 */
import { readServerUrl } from "../config/server_url.ts";
import { InvalidInput } from "../errors.ts";
import type { KubeCredentials } from "../system.ts";
import { parseKubeconfig } from "./pki/kubeconfigs.ts";
import { clientOf, refusedField, tokenOf } from "./pki/login.ts";

/** What a discovery file says. */
export interface DiscoveryFile {
  /** `https://host:port`, and a path where the API is behind one. */
  server: string;
  /** Absent: the server's certificate is of a public CA, and the cluster's CA is in cluster-info. */
  caPem?: string;
  /** User and cluster as the file names them, for the kubelet's bootstrap kubeconfig. */
  user: string;
  clusterName: string;
  /** How to prove who we are; absent in a file without credentials. */
  credentials?: FileCredentials;
}

/** A token, or a client certificate with its key. */
export type FileCredentials = Required<Pick<KubeCredentials, "token">> | Required<Pick<KubeCredentials, "client">>;

/**
 * Reads a discovery file.
 * @param source what to call it in messages: its path or URL.
 * @param readText reads the files that it names; undefined when it may not name any (it came from elsewhere).
 * @throws {InvalidInput} when it is no kubeconfig, or has what cannot be used safely. Never shows a secret.
 */
export async function readDiscoveryFile(
  text: string,
  source: string,
  readText: ((path: string) => Promise<string | undefined>) | undefined,
): Promise<DiscoveryFile> {
  const kubeconfig = parseKubeconfig(text, source);
  const refuse = (state: string) => new InvalidInput(`Cannot use discovery file "${source}": ${state}`);
  const refused = refusedField(kubeconfig);
  if (refused !== undefined) throw refuse(refused);
  const server = readServerUrl(kubeconfig.server);
  if ("problem" in server) throw refuse(server.problem);
  const embedded = async (value: string | undefined, path: string | undefined, field: string) => {
    if (value !== undefined || path === undefined) return value;
    if (!readText) {
      throw refuse(`its "${field}" names a file of this host; embed the content, for it came from elsewhere`);
    }
    const content = await readText(path);
    if (content !== undefined) return content;
    throw refuse(`its "${field}" names "${path}", which is not there`);
  };
  const caPem = await embedded(kubeconfig.caPem, kubeconfig.caFile, "certificate-authority");
  if (caPem !== undefined) await checkAuthority(caPem, refuse);
  const token = await tokenOf(kubeconfig, refuse, embedded);
  const client = token === undefined ? await clientOf(kubeconfig, refuse, embedded) : undefined;
  const credentials = token === undefined ? client && { client } : { token };
  return {
    server: server.url,
    user: kubeconfig.user,
    clusterName: kubeconfig.clusterName,
    ...(caPem === undefined ? {} : { caPem }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

async function checkAuthority(caPem: string, refuse: (state: string) => Error): Promise<void> {
  const { parseCertificates } = await import("../pki/certificate.ts");
  try {
    parseCertificates(caPem);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw refuse(`its certificate authority is no PEM certificate (${error.message})`);
  }
}
