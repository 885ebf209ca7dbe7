import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { UserError } from "../errors.ts";
import type { Host, KubeCredentials } from "../system.ts";

/**
 * What a kubeconfig on this host gives access with; files that it names are read.
 * @param server instead of the one in the file: the API server of this very host does not depend on a load balancer.
 * @returns undefined when there is no such file.
 * @throws {InvalidInput} when it is not a kubeconfig; {@linkcode UserError} when it names a file that is not there.
 */
export async function readCredentials(host: Host, path: string, server?: string): Promise<KubeCredentials | undefined> {
  const text = await host.readText(path);
  if (text === undefined) return undefined;
  const kubeconfig = parseKubeconfig(text, path);
  const pem = async (embedded: string | undefined, file: string | undefined) => {
    if (embedded !== undefined || file === undefined) return embedded;
    const content = await host.readText(file);
    if (content !== undefined) return content;
    throw new UserError(`Cannot use kubeconfig "${path}": it names "${file}", which is not there`);
  };
  const [caPem, certificatePem, keyPem] = await Promise.all([
    pem(kubeconfig.caPem, kubeconfig.caFile),
    pem(kubeconfig.clientCertPem, kubeconfig.clientCertFile),
    pem(kubeconfig.clientKeyPem, kubeconfig.clientKeyFile),
  ]);
  return {
    server: server ?? kubeconfig.server,
    caPem: caPem ?? "",
    ...(certificatePem && keyPem ? { client: { certificatePem, keyPem } } : {}),
    ...(kubeconfig.token ? { token: kubeconfig.token } : {}),
  };
}
