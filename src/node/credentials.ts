import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { clientOf, type Embedded, refusedField, tokenOf } from "../cluster/pki/login.ts";
import { UserError } from "../errors.ts";
import type { Host, KubeCredentials } from "../system.ts";

/**
 * The credentials in a kubeconfig of this host, with the files that it names.
 * @param server replaces the one in the file: the API server of this host does not depend on a load balancer.
 * @returns undefined when the kubeconfig does not exist.
 * @throws {InvalidInput} when it is not a kubeconfig; {@linkcode UserError} when it has unsupported fields or names a missing
 * file: the request would be sent with another identity, or with none.
 */
export async function readCredentials(host: Host, path: string, server?: string): Promise<KubeCredentials | undefined> {
  const text = await host.readText(path);
  if (text === undefined) return undefined;
  const kubeconfig = parseKubeconfig(text, path);
  const refuse = (state: string) => new UserError(`Cannot use kubeconfig "${path}": ${state}`);
  const refused = refusedField(kubeconfig);
  if (refused !== undefined) throw refuse(refused);
  const embedded: Embedded = async (value, file, field) => {
    if (value !== undefined || file === undefined) return value;
    const content = await host.readText(file);
    if (content !== undefined) return content;
    throw refuse(`its "${field}" names "${file}", which does not exist`);
  };
  const [caPem, client, token] = await Promise.all([
    embedded(kubeconfig.caPem, kubeconfig.caFile, "certificate-authority"),
    clientOf(kubeconfig, refuse, embedded),
    tokenOf(kubeconfig, refuse, embedded),
  ]);
  return {
    server: server ?? kubeconfig.server,
    caPem: caPem ?? "",
    ...(client === undefined ? {} : { client }),
    ...(token === undefined ? {} : { token }),
  };
}
