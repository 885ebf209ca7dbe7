import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { clientOf, type Embedded, refusedField, tokenOf } from "../cluster/pki/login.ts";
import { UserError } from "../errors.ts";
import type { Host, KubeCredentials } from "../system.ts";

/**
 * What a kubeconfig on this host gives access with; files that it names are read.
 * @param server instead of the one in the file: the API server of this very host does not depend on a load balancer.
 * @returns undefined when there is no such file.
 * @throws {InvalidInput} when it is not a kubeconfig; {@linkcode UserError} when it has what cannot be used, or names a file
 * that is not there: without that the request would be another's, or nobody's.
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
    throw refuse(`its "${field}" names "${file}", which is not there`);
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
