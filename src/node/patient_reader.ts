/** Reads from an API server that may still be starting. @module */
import { inShort, type UserError } from "../errors.ts";
import type { Host, KubeClient, KubeObject, ObjectReference, ProbeResult } from "../system.ts";
import { httpStatusOf } from "../system/kube_error.ts";
import { endWhenRefused } from "./unauthorized.ts";

/** How the reader waits. */
export interface Patience {
  /** How long an object may be forbidden, in ms. */
  timeoutMs: number;
  /** Whose credentials these are, as {@linkcode endWhenRefused} names them. */
  whose: string;
  /** What to do when the object stays forbidden, and when the credentials are refused. */
  hints: { forbidden: readonly string[]; refused: readonly string[] };
}

/**
 * The client, whose `get` retries while the API server answers 403, for `timeoutMs`, and 401, for a few seconds: an API
 * server that is starting has no roles and no tokens yet, and behind a load balancer each request may reach such a one. A
 * wait begins, and is shown, only when the first answer is such a refusal. (kubeadm: GetConfigMapWithShortRetry.)
 */
export function patientReader(client: KubeClient, host: Host, { timeoutMs, whose, hints }: Patience): KubeClient {
  const isRefusal = (error: unknown): error is UserError => [401, 403].includes(httpStatusOf(error) ?? 0);

  async function again(reference: ObjectReference): Promise<KubeObject | undefined> {
    const check = endWhenRefused(whose, hints.refused);
    const { kind, namespace, name } = reference;
    return await host.wait<KubeObject | undefined>({
      what: `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name} of ${client.server}`,
      timeoutMs,
      intervalMs: 500,
      assume: undefined,
      independent: true,
      explain: () => Promise.resolve({ details: [], hints: hints.forbidden }),
      async probe(): Promise<ProbeResult<KubeObject | undefined>> {
        try {
          return { done: true, value: await client.get(reference) };
        } catch (error) {
          if (!isRefusal(error)) throw error;
          check(error);
          return { done: false, state: inShort(error) };
        }
      },
    });
  }

  return {
    server: client.server,
    probe: (path) => client.probe(path),
    async get(reference) {
      try {
        return await client.get(reference);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return await again(reference);
      }
    },
    list: (query) => client.list(query),
    apply: (object, options) => client.apply(object, options),
    patch: (reference, patch, options) => client.patch(reference, patch, options),
    delete: (reference) => client.delete(reference),
  };
}
