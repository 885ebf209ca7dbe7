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

/** Longest discovery file that is fetched, in bytes. */
const LONGEST = 1024 * 1024;
/** Time limit of one try to fetch it, in ms. */
const FETCH_MS = 10_000;
const FIELD = "JoinConfiguration.discovery.file.kubeConfigPath";

/**
 * Reads the discovery file of the configuration, from this host or an https URL; undefined when it names none.
 * @throws {InvalidInput} when it is not there, or cannot be used; {@linkcode Untrusted} when its server cannot be trusted.
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
    throw new InvalidInput("Cannot join:", [{ where: FIELD, what: `there is no file "${path}"` }]);
  }
  const file = await readDiscoveryFile(text, source, isUrl ? undefined : (named) => host.readText(named));
  if (file.credentials || config.discovery.tlsBootstrapToken !== "") return file;
  throw new InvalidInput("Cannot join:", [{
    where: "JoinConfiguration.discovery.tlsBootstrapToken",
    what: `is required: the discovery file "${source}" has no credentials`,
    hint: "Give a bootstrap token, --token-file FILE, or a discovery file with a token or a client certificate in it.",
  }]);
}

/** Fetches the file, again and again until there is an answer, over the CAs that this host trusts. */
async function fetched(system: System, config: JoinConfiguration, url: string, source: string): Promise<string> {
  const caPem = await trustStore(system.host);
  return await system.host.wait({
    what: `discovery file ${source}`,
    timeoutMs: milliseconds(config.timeouts.discovery),
    intervalMs: 1_000,
    assume: "",
    independent: true,
    explain: () =>
      Promise.resolve({ details: [], hints: [`See from this host what it answers: curl -I ${shellWord(source)}`] }),
    async probe() {
      let answer: HttpAnswer;
      try {
        answer = await system.download.get(url, { timeoutMs: FETCH_MS, limit: LONGEST, caPem });
      } catch (error) {
        if (!(error instanceof UserError) || error instanceof Untrusted) throw error;
        return { done: false, state: inShort(error) };
      }
      if (answer.status === 200) return { done: true, value: answer.body };
      const state = `the server answers ${answer.status}`;
      if (answer.status >= 500 || answer.status === 429) return { done: false, state };
      throw new InvalidInput("Cannot join:", [{ where: FIELD, what: `cannot be got from ${source}: ${state}` }]);
    },
  });
}

/** What a try to read cluster-info by the file came to: its data, or that it may not be read. */
type Info = { data?: Record<string, string> };

/** Reads cluster-info over the file's CA until the API server answers. */
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
        hints: [`See whether it is reachable: curl -k ${shellWord(`${server}/version`)}`],
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
      `Cannot join: the cluster at "${server}" does not accept the discovery file's credentials`,
      [],
      {
        hint: "They have expired, or are of another cluster. Make a new discovery file.",
      },
    );
  }
  // Who may not read it, or finds none, has proven the server all the same: its certificate is of the file's CA.
  if ([401, 403, 404].includes(status)) return { done: true as const, value: {} };
  return { done: false as const, state: `the API server answers ${status}` };
}

/**
 * Proves the cluster by a discovery file: whoever answers at its server has to show a certificate of its CA. The file's
 * server stays in use, as with kubeadm; a CA that the file lacks is taken from cluster-info.
 * @throws {Untrusted} when the server cannot be trusted; {@linkcode TimedOut} when nobody answers.
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
    warn(`cluster-info of ${server} cannot be read; going on with the discovery file alone`);
  }
  const told = kubeconfig === undefined ? undefined : parseKubeconfig(kubeconfig, "cluster-info");
  if (told && told.server !== server) {
    warn(`cluster-info names the server "${oneLine(told.server)}", the discovery file "${server}"`);
  }
  const caPem = file.caPem ?? told?.caPem;
  if (caPem !== undefined) return { server, caPem };
  throw new Untrusted(
    `Cannot trust the cluster at "${server}": neither the discovery file nor cluster-info has its CA`,
  );
}
