/**
 * etcd by its HTTP/JSON gateway, with client certificates.
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 * @module
 */
import { UserError } from "../errors.ts";
import { oneLine } from "../text/visible.ts";
import type { ChangeSink, EtcdClient, EtcdCredentials, EtcdMember } from "../system.ts";

/** Time limit of one request, in ms: a removal waits for the cluster's agreement, at most one election. */
const REQUEST_MS = 10_000;
/** How long a call is tried again for while the cluster has no leader, in ms; and the pause between two tries. */
const CALL_MS = 120_000;
const PAUSE_MS = 500;
/** gRPC's code for what may pass: no leader, a member that has not been connected for long enough. */
const UNAVAILABLE = 14;
/** Longest answer that is read, in characters: a member takes some 300. */
const MAX_ANSWER = 1024 * 1024;

/**
 * A client for one member, `https://10.0.0.10:2379`. Connects with each call. A member that does not answer at all is an
 * error at once; one that says "not now" is asked again.
 * @param timeLimitMs how long a call is tried again for.
 * @throws {UserError} when a certificate or the key cannot be used.
 */
export function etcdClient(
  endpoint: string,
  credentials: EtcdCredentials,
  report: ChangeSink,
  timeLimitMs = CALL_MS,
): EtcdClient {
  async function call(action: string, path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const end = performance.now() + timeLimitMs;
    while (true) {
      const { status, answer } = await request(action, path, body);
      if (status === 200 && answer !== undefined) return answer;
      if (answer?.code !== UNAVAILABLE || performance.now() + PAUSE_MS > end) {
        const said = oneLine(String(answer?.message ?? answer?.error ?? "it does not speak etcd's API"));
        throw new UserError(`Cannot ${action} of etcd at "${endpoint}": ${said} (HTTP status ${status})`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async function request(action: string, path: string, body: Record<string, unknown>) {
    const client = Deno.createHttpClient({
      caCerts: [credentials.caPem],
      cert: credentials.certificatePem,
      key: credentials.keyPem,
    });
    try {
      const response = await fetch(`${endpoint}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        redirect: "manual", // the certificate is for this server only
        signal: AbortSignal.timeout(Math.min(REQUEST_MS, timeLimitMs)),
        client,
      });
      const { status } = response;
      return { status, answer: parsed((await response.text()).slice(0, MAX_ANSWER)) };
    } catch (cause) {
      throw new UserError(`Cannot ${action} of etcd at "${endpoint}": it does not answer`, { cause });
    } finally {
      client.close();
    }
  }

  async function members(): Promise<EtcdMember[]> {
    const answer = await call("list the members", "/v3/cluster/member/list", {});
    return (answer.members as Record<string, unknown>[] | undefined ?? []).map((member) => ({
      id: String(member.ID),
      name: String(member.name ?? ""), // empty until it has started
      peerURLs: member.peerURLs as string[] | undefined ?? [],
      clientURLs: member.clientURLs as string[] | undefined ?? [],
      isLearner: member.isLearner === true,
    }));
  }

  return {
    endpoint,
    members,
    async removeMember(member) {
      if (!(await members()).some(({ id }) => id === member.id)) return;
      await call(`remove the member "${member.name}"`, "/v3/cluster/member/remove", { ID: member.id });
      report({ kind: "discard", what: "etcd member", name: member.name });
    },
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
