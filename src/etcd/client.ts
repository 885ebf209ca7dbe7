/**
 * etcd by its HTTP/JSON gateway, with client certificates.
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 * @module
 */
import { UserError } from "../errors.ts";
import { openHttpClient, readText, troubleOf } from "../kube/http_client.ts";
import { oneLine } from "../text/visible.ts";
import type { ChangeSink, EtcdClient, EtcdCredentials, EtcdMember } from "../system.ts";

/** Time limit of one request, in ms: a removal waits for the cluster's consensus, at most one election. */
const REQUEST_MS = 10_000;
/** How long a call is retried while the cluster has no leader, in ms; and the pause between two tries. */
const CALL_MS = 120_000;
const PAUSE_MS = 500;
/** gRPC's code for temporary states: no leader, a member that has not been connected for long enough. */
const UNAVAILABLE = 14;
/** Longest answer that is read, in bytes: a member takes some 300. */
const MAX_ANSWER = 1024 * 1024;
const NOT_ETCD = "the server does not serve etcd's API";

/**
 * A client for one member, `https://10.0.0.10:2379`. Connects with each call. A member that does not answer is an error at
 * once; a member that is temporarily unavailable is asked again.
 * @param timeLimitMs how long a call is retried.
 * @param signal after it aborts, no request is sent, and observing requests are abandoned with the signal's reason.
 * @throws {UserError} when the endpoint is not https, or (with the first call) a certificate or the key cannot be used.
 */
export function etcdClient(
  endpoint: string,
  credentials: EtcdCredentials,
  report: ChangeSink,
  timeLimitMs = CALL_MS,
  signal?: AbortSignal,
): EtcdClient {
  if (!/^https:\/\/[^/?#@\s]+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UserError(`Cannot use etcd at "${endpoint}": it must be https://HOST:PORT`);
  }
  const { caPem, certificatePem, keyPem } = credentials;

  /** @param asks aborts the call at any time; without it, a call that was sent is completed. */
  async function call(
    action: string,
    path: string,
    body: Record<string, unknown>,
    asks?: AbortSignal,
  ): Promise<Record<string, unknown>> {
    signal?.throwIfAborted();
    const end = performance.now() + timeLimitMs;
    while (true) {
      const { status, answer } = await request(action, path, body, asks);
      if (status === 200 && answer !== undefined) return answer;
      if (answer?.code !== UNAVAILABLE || performance.now() + PAUSE_MS > end) {
        const state = oneLine([answer?.message, answer?.error].find((text) => typeof text === "string") ?? NOT_ETCD);
        throw new UserError(`Cannot ${action} of etcd at "${endpoint}": ${state} (HTTP status ${status})`);
      }
      const { delay } = await import("@std/async/delay");
      await delay(PAUSE_MS, asks ? { signal: asks } : {});
    }
  }

  async function request(action: string, path: string, body: Record<string, unknown>, asks: AbortSignal | undefined) {
    const client = openHttpClient(endpoint, { caPem, client: { certificatePem, keyPem } }, { direct: true });
    try {
      const response = await fetch(`${endpoint}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        redirect: "manual", // the certificate is for this server only
        signal: AbortSignal.any([AbortSignal.timeout(Math.min(REQUEST_MS, timeLimitMs)), ...(asks ? [asks] : [])]),
        client,
      });
      const text = await readText(response, MAX_ANSWER);
      if (text === undefined) throw new UserError(`its answer is longer than ${MAX_ANSWER} bytes`);
      return { status: response.status, answer: parsed(text) };
    } catch (cause) {
      asks?.throwIfAborted();
      const state = cause instanceof UserError ? cause.message : `it does not answer: ${troubleOf(cause).state}`;
      throw new UserError(`Cannot ${action} of etcd at "${endpoint}": ${state}`, { cause });
    } finally {
      client.close();
    }
  }

  async function members(): Promise<EtcdMember[]> {
    const { members } = await call("list the members", "/v3/cluster/member/list", {}, signal);
    const known = Array.isArray(members) ? members.map(memberOf) : [];
    if (known.length > 0 && known.every((member) => member !== undefined)) return known;
    throw new UserError(`Cannot list the members of etcd at "${endpoint}": ${NOT_ETCD}`);
  }

  return {
    endpoint,
    members,
    async removeMember(member) {
      if (!(await members()).some(({ id }) => id === member.id)) return;
      await call(`remove the member "${member.name}"`, "/v3/cluster/member/remove", { ID: member.id });
      report({ kind: "delete", what: "etcd member", name: member.name });
    },
  };
}

/** A member in the gateway's JSON, where 64-bit numbers are strings; undefined when it is not a member. */
function memberOf(value: unknown): EtcdMember | undefined {
  const { ID, name = "", peerURLs = [], clientURLs = [], isLearner } = isRecord(value) ? value : {};
  if (typeof ID !== "string" || !/^\d{1,20}$/.test(ID) || typeof name !== "string") return undefined; // no name until it has started
  if (!isTexts(peerURLs) || !isTexts(clientURLs)) return undefined;
  return { id: ID, name, peerURLs, clientURLs, isLearner: isLearner === true };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
