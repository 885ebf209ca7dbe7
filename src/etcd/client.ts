/**
 * etcd by its HTTP/JSON gateway, with client certificates.
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 * @module
 */
import { UserError } from "../errors.ts";
import type { ChangeSink, EtcdClient, EtcdCredentials, EtcdMember } from "../system.ts";

/** Time limit of one request, in ms: a removal waits for the cluster's agreement, at most one election. */
const REQUEST_MS = 10_000;
/** Longest answer that is read, in characters: a member takes some 300. */
const MAX_ANSWER = 1024 * 1024;

/**
 * A client for one member, `https://10.0.0.10:2379`. Connects with each call.
 * @throws {UserError} when a certificate or the key cannot be used.
 */
export function etcdClient(endpoint: string, credentials: EtcdCredentials, report: ChangeSink): EtcdClient {
  async function call(action: string, path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const client = Deno.createHttpClient({
      caCerts: [credentials.caPem],
      cert: credentials.certificatePem,
      key: credentials.keyPem,
    });
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${endpoint}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        redirect: "manual", // the certificate is for this server only
        signal: AbortSignal.timeout(REQUEST_MS),
        client,
      });
      status = response.status;
      text = (await response.text()).slice(0, MAX_ANSWER);
    } catch (cause) {
      throw new UserError(`Cannot ${action} of etcd at "${endpoint}": it does not answer`, { cause });
    } finally {
      client.close();
    }
    const answer = parsed(text);
    if (status === 200 && answer !== undefined) return answer;
    const said = answer?.message ?? answer?.error ?? "it does not speak etcd's API";
    throw new UserError(`Cannot ${action} of etcd at "${endpoint}": ${said} (HTTP status ${status})`);
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
