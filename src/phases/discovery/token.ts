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
 * How long (ms) the signature for the token may be missing. A new token is signed within a second or two; after that the
 * token is unknown or has expired.
 */
const SIGNATURE_GRACE_MS = 10_000;

/** The endpoint of the cluster, and the time limit (ms). */
interface Wanted {
  endpoint: string;
  timeoutMs: number;
}

/** Answers of an API server that is starting, or that does not publish cluster-info. */
const NOT_SHOWN: readonly (number | undefined)[] = [401, 403, 404];

/** Hints for a time-out, by the status of the last answer. */
function hintsFor(endpoint: string, status: number | undefined): string[] {
  const url = `https://${endpoint}${NOT_SHOWN.includes(status) ? CLUSTER_INFO_PATH : "/version"}`;
  return NOT_SHOWN.includes(status)
    ? [
      "Publish cluster-info again, on a control plane node: kubewright init phase bootstrap-token",
      `Test the answer of the API server from this host: curl -k ${shellWord(url)}`,
      "If the API server runs with --anonymous-auth=false, join with a discovery file: --discovery-file",
    ]
    : [`Test the connection to the API server from this host: curl -k ${shellWord(url)}`];
}

/** Waits for cluster-info with a signature for the token; its contents are not verified yet. */
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
      if (status !== 200) return { done: false, state: `the API server returned status ${status}` };
      const data = clusterInfoData(answer);
      if (data[`jws-kubeconfig-${token.id}`] && data["kubeconfig"]) return { done: true, value: data };
      answeringSince ??= performance.now();
      if (performance.now() - answeringSince > Math.min(SIGNATURE_GRACE_MS, timeoutMs / 2)) {
        throw new Untrusted(
          `Cannot join with token "${token.id}": unknown to the cluster at ${endpoint}, or expired`,
          {
            hint: "Create a new token on a control plane node: kubewright token create --print-join-command",
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
 * The CA certificates that have one of the pinned keys, as PEM.
 * @throws {Untrusted} with the hashes found, when no certificate has a pinned key.
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
      `expected ${pins.length === 1 ? pins[0] : "one of the given hashes"}`,
    {
      hint:
        "Use the hash in the join command that init printed. If the hashes differ, the connection may be intercepted.",
    },
  );
}

/**
 * Reads cluster-info again, verified with the CA: it must be identical, because a relay has no certificate of that CA.
 * Connections that fail before TLS verifies the server are retried until the time limit, and so is, as in kubeadm, every
 * other answer: an API server that is starting forbids everything for some seconds.
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
        throw refuse(`cluster-info is correct, but the server does not have a certificate of ${ca.what}`, {
          cause,
          hint: cause.hints,
        });
      }
      ({ status } = answer);
      if (status !== 200) return { done: false, state: `the API server returned status ${status}` };
      let data: Record<string, string>;
      try {
        data = clusterInfoData(answer);
      } catch (error) { // does not prove another cluster
        if (!(error instanceof Untrusted)) throw error;
        return { done: false, state: inShort(error) };
      }
      if (data["kubeconfig"] === kubeconfig) return { done: true, value: undefined };
      throw refuse(`cluster-info differs when read over ${ca.what}`);
    },
  });
}

/** The kubeconfig in cluster-info, with a valid signature made with the token. */
async function genuineKubeconfig(system: System, { endpoint, timeoutMs }: Wanted, token: BootstrapTokenParts) {
  try {
    const data = await signedClusterInfo(system, endpoint, token, timeoutMs);
    const kubeconfig = data["kubeconfig"] ?? "";
    await verifyDetached(data[`jws-kubeconfig-${token.id}`] ?? "", kubeconfig, token);
    return kubeconfig;
  } catch (error) {
    if (!(error instanceof Untrusted) || error.message.includes(endpoint)) throw error;
    throw new Untrusted(`Cannot trust the server at "${endpoint}"`, { cause: error, hint: error.hints });
  }
}

/**
 * Finds and verifies the cluster with the token and the hash of the CA. Nothing secret is sent: the token only verifies a
 * signature. Order: read unverified, verify the signature, verify the hash, read again over the pinned CA, which also
 * verifies any other CA of the cluster.
 * @throws {Untrusted} when a verification fails; {@linkcode TimedOut} when no server answers.
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
