/**
 * HTTPS to one API server with one identity: time limits, retries, bounded answers.
 * @module
 */
import { readServerUrl } from "../config/server_url.ts";
import { inShort, InvalidInput, UserError } from "../errors.ts";
import type { KubeCredentials } from "../system.ts";
import { openHttpClient, readText, troubleOf } from "./http_client.ts";
import { KubeError, TLS_REFUSED, UNREACHABLE } from "../system/kube_error.ts";

/** Time limit of one HTTP request, in ms. */
const REQUEST_MS = 10_000;
/** Pauses between two tries of a request, in ms; the last one repeats. */
const BACKOFF_MS = [50, 100, 200, 400, 800, 1000];
/** Longest answer that is read, in bytes. */
const MAX_BODY = 32 * 1024 * 1024;

/** One request. All requests are idempotent, so all may be retried. */
export interface KubeRequest {
  method: "GET" | "PATCH" | "DELETE";
  /** Path and query. */
  path: string;
  contentType?: string;
  body?: string;
  /** Answers that are retried in addition to 429 and 5xx. */
  retryStatus?: readonly number[];
}

/** One answer, whatever its status. */
export interface KubeAnswer {
  status: number;
  body: string;
  /** How many times the request was sent. */
  tries: number;
  /** The pause that the server requests before the next try. */
  retryAfterMs?: number;
}

export interface Transport {
  /** Sends once. @throws {KubeError} with status 0 when there is no HTTP answer. */
  once(request: KubeRequest): Promise<KubeAnswer>;
  /** Retries after connection errors, 429 and 5xx until `timeLimitMs` is over; then the last outcome is thrown or returned. */
  send(request: KubeRequest, timeLimitMs: number, onRetry?: (why: string) => void): Promise<KubeAnswer>;
  close(): void;
}

/**
 * Opens a transport; connects with the first request.
 * @param signal after it aborts, no request is sent, and observing requests are abandoned: their connection is closed, they
 * are not retried, and they reject with the signal's reason. A change that was sent is completed.
 * @throws {UserError} when URL ({@linkcode InvalidInput}), token, certificate or key cannot be used.
 */
export function openTransport(
  credentials: KubeCredentials,
  requestMs = REQUEST_MS,
  signal?: AbortSignal,
): Transport {
  const { server, token } = credentials;
  const base = readServerUrl(server);
  if ("problem" in base) throw new InvalidInput(`Cannot use the API server: ${base.problem}`);
  const { url } = base;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) { // fetch would quote it
    throw new UserError(
      `Cannot use the bearer token for "${server}": it contains a character that HTTP does not allow`,
    );
  }
  const open = () => openHttpClient(server, credentials, { direct: true });
  let client = open();

  async function once(request: KubeRequest): Promise<KubeAnswer> {
    const late = AbortSignal.timeout(requestMs);
    const asks = request.method === "GET" ? signal : undefined;
    asks?.throwIfAborted();
    try {
      const response = await fetch(`${url}${request.path}`, {
        method: request.method,
        headers: headersOf(request, token),
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: "manual", // the credentials are for this server only
        client,
        signal: asks === undefined ? late : AbortSignal.any([late, asks]),
      });
      const body = await readBody(response, server);
      const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
      return {
        status: response.status,
        body,
        tries: 1,
        ...(retryAfter >= 0 ? { retryAfterMs: retryAfter * 1000 } : {}),
      };
    } catch (error) {
      if (error instanceof KubeError) throw error;
      asks?.throwIfAborted();
      if (late.aborted) { // a dead connection must not serve the next request
        client.close();
        client = open();
      }
      throw unreachable(server, error, late.aborted ? requestMs : undefined);
    }
  }

  async function send(
    request: KubeRequest,
    timeLimitMs: number,
    onRetry: (why: string) => void = () => {},
  ): Promise<KubeAnswer> {
    const deadline = performance.now() + timeLimitMs;
    signal?.throwIfAborted();
    for (let tries = 1;; tries++) {
      const outcome = await once(request).catch((error: unknown) => {
        if (error instanceof KubeError && error.reason === UNREACHABLE) return error;
        throw error;
      });
      const failed = outcome instanceof KubeError;
      if (!failed && !isWorthAnotherTry(outcome, request)) return { ...outcome, tries };
      const backoff = BACKOFF_MS[Math.min(tries, BACKOFF_MS.length) - 1] ?? 1000;
      const pause = failed ? backoff : Math.max(outcome.retryAfterMs ?? backoff, BACKOFF_MS[0]!);
      if (performance.now() + pause >= deadline) {
        if (failed) throw outcome;
        return { ...outcome, tries };
      }
      onRetry(failed ? inShort(outcome) : `it answers ${outcome.status}`);
      const { delay } = await import("@std/async/delay");
      await delay(pause, request.method === "GET" && signal ? { signal } : {});
    }
  }

  return { once, send, close: () => client.close() };
}

/** What to do about a server that TLS refuses, by the kind of trouble. */
const HINTS: Readonly<Record<string, string>> = {
  issuer: "Another server answers at this address, or the CA on this host belongs to another cluster.",
  name: "Use a name or address that the certificate has, or add this one to apiServer.certSANs.",
  time: "Compare the clocks of both hosts (date), then check the dates of the certificate.",
  protocol: "Check the address and the port.",
};

function headersOf(request: KubeRequest, token: string | undefined): Record<string, string> {
  return {
    accept: "application/json",
    "user-agent": "kubewright",
    ...(request.contentType === undefined ? {} : { "content-type": request.contentType }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** Reads the answer up to {@linkcode MAX_BODY}. */
async function readBody(response: Response, server: string): Promise<string> {
  const text = await readText(response, MAX_BODY);
  if (text !== undefined) return text;
  throw new KubeError(`Cannot read the answer of "${server}": it is longer than ${MAX_BODY} bytes`, {
    status: response.status,
    reason: "TooLarge",
  });
}

/** The error for a request without an answer. */
function unreachable(server: string, error: unknown, lateMs: number | undefined): KubeError {
  const trouble = lateMs === undefined ? troubleOf(error) : { state: `no answer within ${lateMs / 1000} s` };
  const hint = HINTS[trouble.kind ?? ""];
  return new KubeError(`Cannot reach the API server "${server}": ${trouble.state}`, {
    status: 0,
    reason: trouble.kind ? TLS_REFUSED : UNREACHABLE,
  }, { cause: error, ...(hint === undefined ? {} : { hint }) });
}

/**
 * Whether a retry may succeed. The answer to an apply whose object does not match its schema is 500, as for a failure of
 * etcd; only the text differs.
 */
function isWorthAnotherTry({ status, body }: KubeAnswer, request: KubeRequest): boolean {
  if (status === 500 && body.includes("failed to create typed patch object")) return false;
  return status === 429 || status >= 500 || request.retryStatus?.includes(status) === true;
}
