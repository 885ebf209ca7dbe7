/** The credentials in a kubeconfig, and its unsupported fields. @module */
import { requires } from "../../config/wording.ts";
import type { KubeCredentials } from "../../system.ts";
import { isBearerToken, type Kubeconfig, NO_BEARER_TOKEN } from "./kubeconfigs.ts";

const INSTEAD = "use a token or a client certificate";
const IMPERSONATION = "kubewright does not impersonate users; use the kubeconfig of that user";

/** The fields that change which server is trusted or who the user is, and why they are rejected. Others have no such effect. */
const REFUSED: Readonly<Record<string, string>> = {
  "insecure-skip-tls-verify": "without verification anyone could impersonate the cluster; " +
    "use the certificate-authority-data of the cluster",
  "tls-server-name":
    "kubewright verifies the certificate against the host of server; use a host that the certificate contains",
  "proxy-url": "kubewright connects to API servers directly; use a server that this host reaches without a proxy",
  exec: `kubewright runs no plugins; ${INSTEAD}`,
  "auth-provider": `kubewright runs no plugins; ${INSTEAD}`,
  username: `API servers no longer accept passwords; ${INSTEAD}`,
  password: `API servers no longer accept passwords; ${INSTEAD}`,
  as: IMPERSONATION,
  "as-uid": IMPERSONATION,
  "as-groups": IMPERSONATION,
  "as-user-extra": IMPERSONATION,
};

/** The problem of the first unsupported field; undefined without one. Ignoring it would change the server or the user. */
export function refusedField({ further = [] }: Kubeconfig): string | undefined {
  const field = further.find((name) => Object.hasOwn(REFUSED, name));
  return field === undefined ? undefined : `unsupported field "${field}": ${REFUSED[field]}`;
}

/** Returns an embedded value, or reads the file that the field names; throws when the file cannot be read. */
export type Embedded = (
  value: string | undefined,
  path: string | undefined,
  field: string,
) => Promise<string | undefined>;

/** Creates the error for a problem of a kubeconfig. */
export type Refuse = (state: string) => Error;

/** The user's token; a readable file takes precedence over the kubeconfig, as in client-go. */
export async function tokenOf(
  { token: given, tokenFile }: Kubeconfig,
  refuse: Refuse,
  embedded: Embedded,
): Promise<string | undefined> {
  const read = embedded(undefined, tokenFile, "tokenFile");
  const token = (await (given === undefined ? read : read.catch(() => given)))?.trim() ?? given;
  if (token === "") throw refuse(`tokenFile "${tokenFile}" is empty`);
  if (token !== undefined && !isBearerToken(token)) throw refuse(`token ${NO_BEARER_TOKEN}`);
  return token;
}

/** The user's client certificate with its key. One without the other is an error: requests would be anonymous. */
export async function clientOf(
  config: Kubeconfig,
  refuse: Refuse,
  embedded: Embedded,
): Promise<KubeCredentials["client"]> {
  const certificatePem = await embedded(config.clientCertPem, config.clientCertFile, "client-certificate");
  const keyPem = await embedded(config.clientKeyPem, config.clientKeyFile, "client-key");
  if (certificatePem && keyPem) return { certificatePem, keyPem };
  if (certificatePem) throw refuse(`client-certificate ${requires("client-key")}`);
  if (keyPem) throw refuse(`client-key ${requires("client-certificate")}`);
  return undefined;
}
