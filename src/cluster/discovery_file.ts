/**
 * A discovery file: a kubeconfig that leads a host to its cluster, with or without credentials.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/discovery/file/file.go
 * @module
 */
import { InvalidInput } from "../errors.ts";
import type { KubeCredentials } from "../system.ts";
import { isBearerToken, type Kubeconfig, NO_BEARER_TOKEN, parseKubeconfig } from "./pki/kubeconfigs.ts";

/** What a discovery file says. */
export interface DiscoveryFile {
  /** `https://host:port`. */
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

/** Why a field of the kubeconfig is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  "insecure-skip-tls-verify": "without verification anybody could pass for the cluster",
  "tls-server-name": "the kubelet would not use it; give a server that is in the certificate",
  "proxy-url": "API servers are reached directly; the kubelet would not use it, either",
  exec: "no plugins are run; embed a token or a client certificate",
  "auth-provider": "no plugins are run; embed a token or a client certificate",
  username: "API servers take no passwords any more; embed a token or a client certificate",
  password: "API servers take no passwords any more; embed a token or a client certificate",
  as: "the kubelet has to ask for itself",
};

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
  for (const field of kubeconfig.further ?? []) {
    const why = Object.hasOwn(REFUSED, field) ? REFUSED[field] : undefined;
    if (why) throw refuse(`it has "${field}", which is refused: ${why}`);
  }
  if (!/^https:\/\/[^/?#@]+\/?$/.test(kubeconfig.server)) {
    throw refuse(`its server is "${kubeconfig.server}", wanted https://HOST[:PORT]`);
  }
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
  const credentials = await credentialsOf(kubeconfig, refuse, embedded);
  return {
    server: kubeconfig.server.replace(/\/$/, ""),
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

async function credentialsOf(
  config: Kubeconfig,
  refuse: (state: string) => Error,
  embedded: (value: string | undefined, path: string | undefined, field: string) => Promise<string | undefined>,
): Promise<FileCredentials | undefined> {
  const token = (await embedded(config.token, config.tokenFile, "tokenFile"))?.trim();
  if (token && !isBearerToken(token)) throw refuse(`its token ${NO_BEARER_TOKEN}`);
  if (token) return { token };
  const certificatePem = await embedded(config.clientCertPem, config.clientCertFile, "client-certificate");
  const keyPem = await embedded(config.clientKeyPem, config.clientKeyFile, "client-key");
  return certificatePem && keyPem ? { client: { certificatePem, keyPem } } : undefined;
}
