/** How a kubeconfig proves who one is, and what of a kubeconfig cannot be used. @module */
import type { KubeCredentials } from "../../system.ts";
import { isBearerToken, type Kubeconfig, NO_BEARER_TOKEN } from "./kubeconfigs.ts";

const INSTEAD = "give a token or a client certificate";
const IMPERSONATION = "no other user is impersonated; give that user's own kubeconfig";

/** Fields of a cluster or a user that change whom is trusted or who asks, and why they are refused. Others change neither. */
const REFUSED: Readonly<Record<string, string>> = {
  "insecure-skip-tls-verify": "without verification anybody could pass for the cluster; " +
    "give the cluster's certificate-authority-data",
  "tls-server-name": "the certificate is held against the server's own name; give a server that is in the certificate",
  "proxy-url": "API servers are reached directly; give a server that this host reaches without a proxy",
  exec: `no plugins are run; ${INSTEAD}`,
  "auth-provider": `no plugins are run; ${INSTEAD}`,
  username: `API servers take no passwords any more; ${INSTEAD}`,
  password: `API servers take no passwords any more; ${INSTEAD}`,
  as: IMPERSONATION,
  "as-uid": IMPERSONATION,
  "as-groups": IMPERSONATION,
  "as-user-extra": IMPERSONATION,
};

/** What to say of a field that cannot be used, where the kubeconfig has one: without it another server, or nobody, would be meant. */
export function refusedField({ further = [] }: Kubeconfig): string | undefined {
  const field = further.find((name) => Object.hasOwn(REFUSED, name));
  return field === undefined ? undefined : `it has "${field}", which is not supported: ${REFUSED[field]}`;
}

/** Reads a value that a kubeconfig holds or, under the field of this name, a file that it names; throws where it cannot be had. */
export type Embedded = (
  value: string | undefined,
  path: string | undefined,
  field: string,
) => Promise<string | undefined>;

/** Makes the error of what is wrong with a kubeconfig. */
export type Refuse = (state: string) => Error;

/** The user's token; that of a file wins over one in the kubeconfig, if it can be read, as in client-go. */
export async function tokenOf(
  { token: given, tokenFile }: Kubeconfig,
  refuse: Refuse,
  embedded: Embedded,
): Promise<string | undefined> {
  const read = embedded(undefined, tokenFile, "tokenFile");
  const token = (await (given === undefined ? read : read.catch(() => given)))?.trim() ?? given;
  if (token === "") throw refuse(`its tokenFile "${tokenFile}" is empty`);
  if (token !== undefined && !isBearerToken(token)) throw refuse(`its token ${NO_BEARER_TOKEN}`);
  return token;
}

/** The user's client certificate with its key. One without the other is an error: the request would be nobody's. */
export async function clientOf(
  config: Kubeconfig,
  refuse: Refuse,
  embedded: Embedded,
): Promise<KubeCredentials["client"]> {
  const certificatePem = await embedded(config.clientCertPem, config.clientCertFile, "client-certificate");
  const keyPem = await embedded(config.clientKeyPem, config.clientKeyFile, "client-key");
  if (certificatePem && keyPem) return { certificatePem, keyPem };
  if (certificatePem) throw refuse("its user has a client certificate without a client-key");
  if (keyPem) throw refuse("its user has a client key without a client-certificate");
  return undefined;
}
