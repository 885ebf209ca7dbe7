/**
 * Reads a discovery file: a kubeconfig with which a host finds its cluster, with or without credentials.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/discovery/file/file.go
 * @module
 */
import { readServerUrl } from "../config/server_url.ts";
import { mustBe } from "../config/wording.ts";
import { InvalidInput } from "../errors.ts";
import type { KubeCredentials } from "../system.ts";
import { parseKubeconfig } from "./pki/kubeconfigs.ts";
import { clientOf, refusedField, tokenOf } from "./pki/login.ts";

/** The content of a discovery file. */
export interface DiscoveryFile {
  /** `https://host:port`, and the path of the API if it has one. */
  server: string;
  /** Absent: a public CA signed the server's certificate, and the cluster's CA is in cluster-info. */
  caPem?: string;
  /** Names of user and cluster in the file, for the kubelet's bootstrap kubeconfig. */
  user: string;
  clusterName: string;
  /** Absent in a file without credentials. */
  credentials?: FileCredentials;
}

/** A token, or a client certificate with its key. */
export type FileCredentials = Required<Pick<KubeCredentials, "token">> | Required<Pick<KubeCredentials, "client">>;

/**
 * Reads a discovery file.
 * @param source the name of the file in messages: its path or URL.
 * @param readText reads the files that it names; undefined when it must not name any (it comes from a URL).
 * @throws {InvalidInput} when it is not a kubeconfig, or has unsupported fields. Never shows a secret.
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
      throw refuse(`"${field}" names a file of this host; a discovery file from a URL must embed the content`);
    }
    const content = await readText(path);
    if (content !== undefined) return content;
    throw refuse(`"${field}" names "${path}": no such file`);
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
    throw refuse(`certificate-authority ${mustBe("a PEM certificate")} (${error.message})`);
  }
}
