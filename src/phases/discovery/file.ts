import { type DiscoveryFile, readDiscoveryFile } from "../../cluster/discovery_file.ts";
import { parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";
import { trustStore } from "../../node/trust_store.ts";
import { milliseconds } from "../../config/duration.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { isHttps } from "../../config/url.ts";
import { inShort, InvalidInput, Untrusted, UserError } from "../../errors.ts";
import type { HttpAnswer, KubeClient, System } from "../../system.ts";
import { oneLine } from "../../text/visible.ts";
import { CLUSTER_INFO_PATH, clusterInfoData } from "./cluster_info.ts";
import { shellWord } from "../../text/shell.ts";
import { httpStatusOf, isTlsRefusal } from "../../system/kube_error.ts";

/** Size limit of a discovery file, in bytes. */
const LONGEST = 1024 * 1024;
/** Time limit of one request, in ms. */
const FETCH_MS = 10_000;
const FIELD = "JoinConfiguration.discovery.file.kubeConfigPath";

/**
 * Reads the discovery file of the configuration, from this host or an https URL; undefined when none is set.
 * @throws {InvalidInput} when it does not exist or is invalid; {@linkcode Untrusted} when its server is not trusted.
 */
export async function loadDiscoveryFile(
  system: System,
  config: JoinConfiguration,
): Promise<DiscoveryFile | undefined> {
  const path = config.discovery.file?.kubeConfigPath;
  if (path === undefined) return undefined;
  const { host } = system;
  const isUrl = isHttps(path);
  const source = isUrl ? path.replace(/[?#].*$/s, "") : path; // a query may be a secret
  const text = isUrl ? await fetched(system, config, path, source) : await host.readText(path);
  if (text === undefined) {
    throw new InvalidInput("Cannot join:", [{ where: FIELD, what: `"${path}" not found` }]);
  }
  const file = await readDiscoveryFile(text, source, isUrl ? undefined : (named) => host.readText(named));
  if (file.credentials || config.discovery.tlsBootstrapToken !== "") return file;
  throw new InvalidInput("Cannot join:", [{
    where: "JoinConfiguration.discovery.tlsBootstrapToken",
    what: `required, because the discovery file "${source}" has no credentials`,
    hint: "Set a bootstrap token with --token-file FILE, or use a discovery file with a token or a client certificate.",
  }]);
}

/** Downloads the file, with retries; the server is verified with the CAs that this host trusts. */
async function fetched(system: System, config: JoinConfiguration, url: string, source: string): Promise<string> {
  const caPem = await trustStore(system.host);
  return await system.host.wait({
    what: `discovery file ${source}`,
    timeoutMs: milliseconds(config.timeouts.discovery),
    intervalMs: 1_000,
    assume: "",
    independent: true,
    explain: () =>
      Promise.resolve({ details: [], hints: [`Test the server from this host: curl -I ${shellWord(source)}`] }),
    async probe() {
      let answer: HttpAnswer;
      try {
        answer = await system.download.get(url, { timeoutMs: FETCH_MS, limit: LONGEST, caPem });
      } catch (error) {
        if (!(error instanceof UserError) || error instanceof Untrusted) throw error;
        return { done: false, state: inShort(error) };
      }
      if (answer.status === 200) return { done: true, value: answer.body };
      const state = `the server returned status ${answer.status}`;
      if (answer.status >= 500 || answer.status === 429) return { done: false, state };
      throw new InvalidInput("Cannot join:", [{ where: FIELD, what: `cannot download "${source}": ${state}` }]);
    },
  });
}

/** The data of cluster-info; absent when it must not be read or does not exist. */
type Info = { data?: Record<string, string> };

/** Reads cluster-info, verified with the CA of the file, until the API server answers. */
async function confirmedInfo(system: System, config: JoinConfiguration, file: DiscoveryFile, caPem: string) {
  const { server, credentials } = file;
  const client = system.connect({ server, caPem, ...credentials });
  return await system.host.wait<Info>({
    what: `cluster-info of ${server}`,
    timeoutMs: milliseconds(config.timeouts.discovery),
    intervalMs: 500,
    assume: {},
    independent: true,
    explain: () =>
      Promise.resolve({
        details: [],
        hints: [`Test the connection to the API server: curl -k ${shellWord(`${server}/version`)}`],
      }),
    probe: () => look(client, credentials !== undefined),
  });
}

async function look(client: KubeClient, withCredentials: boolean) {
  const { server } = client;
  let answer: HttpAnswer;
  try {
    answer = await client.probe(CLUSTER_INFO_PATH);
  } catch (error) {
    if (!(error instanceof UserError) || httpStatusOf(error) !== 0) throw error;
    if (!isTlsRefusal(error)) return { done: false as const, state: inShort(error) };
    throw new Untrusted(`Cannot trust the cluster at "${server}" with the CA of the discovery file`, {
      cause: error,
      hint: error.hints,
    });
  }
  const { status } = answer;
  if (status === 200) return { done: true as const, value: { data: clusterInfoData(answer) } };
  if (status === 401 && withCredentials) {
    throw new InvalidInput(
      `Cannot join: the cluster at "${server}" rejects the credentials in the discovery file`,
      [],
      {
        hint: "The credentials have expired or belong to another cluster. Create a new discovery file.",
      },
    );
  }
  // The server is verified in these cases, too: its certificate is signed by the CA of the file.
  if ([401, 403, 404].includes(status)) return { done: true as const, value: {} };
  return { done: false as const, state: `the API server returned status ${status}` };
}

/**
 * Verifies the cluster with a discovery file: the server must have a certificate signed by the CA of the file. The server of
 * the file is used, as with kubeadm; a CA missing in the file is taken from cluster-info.
 * @throws {Untrusted} when the server is not trusted; {@linkcode TimedOut} when it does not answer.
 */
export async function discoverByFile(
  system: System,
  config: JoinConfiguration,
  file: DiscoveryFile,
  warn: (message: string) => void,
): Promise<{ server: string; caPem: string }> {
  const { server } = file;
  const { data } = await confirmedInfo(system, config, file, file.caPem ?? await trustStore(system.host));
  const kubeconfig = data?.["kubeconfig"];
  if (kubeconfig === undefined) {
    warn(`cannot read cluster-info of ${server}; continuing with the discovery file alone`);
  }
  const info = kubeconfig === undefined ? undefined : parseKubeconfig(kubeconfig, "cluster-info");
  if (info && info.server !== server) {
    warn(
      `the server is "${oneLine(info.server)}" in cluster-info and "${server}" in the discovery file, which is used`,
    );
  }
  const caPem = file.caPem ?? info?.caPem;
  if (caPem !== undefined) return { server, caPem };
  throw new Untrusted(
    `Cannot trust the cluster at "${server}": neither the discovery file nor cluster-info contains its CA`,
  );
}
