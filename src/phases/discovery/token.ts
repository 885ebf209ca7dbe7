import { inShort, Untrusted, UserError, type UserErrorOptions } from "../../errors.ts";
import type { HttpAnswer, System } from "../../system.ts";
import { CLUSTER_INFO_PATH, clusterInfoData } from "./cluster_info.ts";
import { formatHostPort } from "../../config/addresses.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { milliseconds } from "../../config/duration.ts";
import { parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";
import { verifyDetached } from "../../pki/jws.ts";
import { parsePin, publicKeyPin } from "../../pki/pin.ts";
import { type BootstrapTokenParts, parseToken } from "../../pki/token.ts";
import { shellWord } from "../../text/shell.ts";
import { httpStatusOf, isTlsRefusal } from "../../system/kube_error.ts";

/**
 * How long (ms) an answering API server may lack the token's signature. A new token is signed within a second or two;
 * a signature that does not come means that the token is unknown or has expired.
 */
const SIGNATURE_GRACE_MS = 10_000;

/** Where the cluster is asked for, and for how long (ms). */
interface Wanted {
  endpoint: string;
  timeoutMs: number;
}

/** Answers of an API server that is starting, or that does not show cluster-info to everyone. */
const NOT_SHOWN: readonly (number | undefined)[] = [401, 403, 404];

/** What to do when time is up, by the status of the last answer, where there was one. */
function hintsFor(endpoint: string, status: number | undefined): string[] {
  const url = `https://${endpoint}${NOT_SHOWN.includes(status) ? CLUSTER_INFO_PATH : "/version"}`;
  return NOT_SHOWN.includes(status)
    ? [
      "On a control plane node, create cluster-info and the right to read it without credentials again: " +
      "kubewright init phase bootstrap-token",
      `See from this host what the API server answers: curl -k ${shellWord(url)}`,
      "If the API server runs with --anonymous-auth=false, join with a discovery file: --discovery-file",
    ]
    : [`See from this host whether the API server is reachable: curl -k ${shellWord(url)}`];
}

/** Asks until cluster-info holds a signature for the token; what it holds is still unproven. */
async function signedClusterInfo(system: System, endpoint: string, token: BootstrapTokenParts, timeoutMs: number) {
  let answeringSince: number | undefined;
  let status: number | undefined;
  return await system.host.wait<Record<string, string>>({
    what: `cluster-info of ${endpoint}, signed for token "${token.id}"`,
    timeoutMs,
    intervalMs: 500,
    assume: {},
    independent: true,
    explain: () => Promise.resolve({ details: [], hints: hintsFor(endpoint, status) }),
    async probe() {
      let answer: HttpAnswer;
      status = undefined;
      try {
        answer = await system.unverified.get(`https://${endpoint}${CLUSTER_INFO_PATH}`, 5_000);
      } catch (error) {
        if (!(error instanceof UserError) || error instanceof Untrusted) throw error;
        return { done: false, state: inShort(error) };
      }
      ({ status } = answer);
      if (status !== 200) return { done: false, state: `the API server answers ${status}` };
      const data = clusterInfoData(answer);
      if (data[`jws-kubeconfig-${token.id}`] && data["kubeconfig"]) return { done: true, value: data };
      answeringSince ??= performance.now();
      if (performance.now() - answeringSince > Math.min(SIGNATURE_GRACE_MS, timeoutMs / 2)) {
        throw new Untrusted(
          `Cannot join with token "${token.id}": the cluster at ${endpoint} does not know it, or it has expired`,
          {
            hint: "Make a new one on a control plane node: kubewright token create --print-join-command",
          },
        );
      }
      return { done: false, state: "the API server has no signature for this token yet" };
    },
  });
}

/** The public key hashes of CA certificates. */
export async function pinsOf(caPem: string): Promise<string[]> {
  const { parseCertificates } = await import("../../pki/certificate.ts");
  return await Promise.all(parseCertificates(caPem).map((certificate) => publicKeyPin(certificate.publicKeyDer)));
}

/**
 * The CA certificates that have one of the pinned keys, as PEM; there must be one.
 * @throws {Untrusted} naming the hashes that were found.
 */
export async function checkPins(caPem: string, pins: readonly string[], endpoint: string): Promise<string> {
  const { certificatePem, parseCertificates } = await import("../../pki/certificate.ts");
  const wanted = pins.map(parsePin);
  const certificates = parseCertificates(caPem);
  const found = await Promise.all(certificates.map(({ publicKeyDer }) => publicKeyPin(publicKeyDer)));
  const pinned = certificates.filter((_, index) => wanted.includes(found[index]!));
  if (pinned.length > 0) return certificatePem(...pinned);
  throw new Untrusted(
    `Cannot trust the cluster at "${endpoint}": its CA has the public key hash ${found.join(", ")}, ` +
      `which is not ${pins.length === 1 ? `the given ${pins[0]}` : "among the given ones"}`,
    {
      hint:
        "Take the hash from the join command that init printed. If it differs, somebody may be between you and the cluster.",
    },
  );
}

/**
 * Over the proven CA, cluster-info must be the very same: whoever only relays it cannot show a certificate of that CA.
 * What ends before TLS has proven anything is asked again until the time is up, and so is, as by kubeadm, every answer but
 * a cluster-info: TLS has proven the server then, and one that is starting forbids everything for some seconds.
 */
async function confirm(system: System, ca: { pem: string; what: string }, kubeconfig: string, wanted: Wanted) {
  const { endpoint, timeoutMs } = wanted;
  const client = system.connect({ server: `https://${endpoint}`, caPem: ca.pem });
  const refuse = (state: string, options: UserErrorOptions = {}) =>
    new Untrusted(`Cannot trust the cluster at "${endpoint}": ${state}`, options);
  let status: number | undefined;
  await system.host.wait<void>({
    what: `cluster-info of ${endpoint} over ${ca.what}`,
    timeoutMs,
    intervalMs: 500,
    assume: undefined,
    independent: true,
    explain: () => Promise.resolve({ details: [], hints: hintsFor(endpoint, status) }),
    async probe() {
      let answer: HttpAnswer;
      status = undefined;
      try {
        answer = await client.probe(CLUSTER_INFO_PATH);
      } catch (cause) {
        if (!(cause instanceof UserError) || httpStatusOf(cause) !== 0) throw cause;
        if (!isTlsRefusal(cause)) return { done: false, state: inShort(cause) };
        throw refuse(`it gave the right cluster-info, but cannot be reached over ${ca.what}`, {
          cause,
          hint: cause.hints,
        });
      }
      ({ status } = answer);
      if (status !== 200) return { done: false, state: `the API server answers ${status}` };
      let data: Record<string, string>;
      try {
        data = clusterInfoData(answer);
      } catch (error) { // that is no proof of another cluster
        if (!(error instanceof Untrusted)) throw error;
        return { done: false, state: inShort(error) };
      }
      if (data["kubeconfig"] === kubeconfig) return { done: true, value: undefined };
      throw refuse(`cluster-info is another one when asked for over ${ca.what}`);
    },
  });
}

/** The kubeconfig in cluster-info, which somebody signed who knows the token. */
async function genuineKubeconfig(system: System, { endpoint, timeoutMs }: Wanted, token: BootstrapTokenParts) {
  try {
    const data = await signedClusterInfo(system, endpoint, token, timeoutMs);
    const kubeconfig = data["kubeconfig"] ?? "";
    await verifyDetached(data[`jws-kubeconfig-${token.id}`] ?? "", kubeconfig, token);
    return kubeconfig;
  } catch (error) {
    if (!(error instanceof Untrusted) || error.message.includes(endpoint)) throw error;
    throw new Untrusted(`Cannot trust what answers at "${endpoint}"`, { cause: error, hint: error.hints });
  }
}

/**
 * Finds the cluster with nothing but the token and the CA's hash. Nothing secret is sent: the token only checks a
 * signature. Order: read unverified, check the token's signature, check the pin, read again over the pinned CA. What other
 * CAs the cluster has is then proven, too.
 * @throws {Untrusted} when any of it does not hold; {@linkcode TimedOut} when nobody answers.
 */
export async function discoverByToken(
  system: System,
  config: JoinConfiguration,
): Promise<{ server: string; caPem: string }> {
  const wanted = config.discovery.bootstrapToken!;
  const token = parseToken(wanted.token);
  const place = {
    endpoint: formatHostPort(wanted.apiServerEndpoint),
    timeoutMs: milliseconds(config.timeouts.discovery),
  };
  const kubeconfig = await genuineKubeconfig(system, place, token);
  const { server, caPem = "" } = parseKubeconfig(kubeconfig, "cluster-info");
  const ca = wanted.unsafeSkipCAVerification
    ? { pem: caPem, what: "its CA" }
    : { pem: await checkPins(caPem, wanted.caCertHashes, place.endpoint), what: "the pinned CA" };
  await confirm(system, ca, kubeconfig, place);
  return { server, caPem };
}
