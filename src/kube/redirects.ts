/**
 * GET with redirects: no secret is sent to another origin, and https never becomes http.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import type { FileDownloadOptions } from "../system.ts";
import { parseUrl, shown } from "./download_trouble.ts";
import { openHttpClient } from "./http_client.ts";

/** How many redirects are followed. */
const MOST = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** An answer that is not a redirect. */
export interface Answer {
  response: Response;
  /** Ends its connection. */
  close(): void;
}

/**
 * Requests the bytes without encoding: an encoding would be decoded on the way, and ranges count the bytes as sent.
 * @throws {UserError} when the URL, or a redirect, must not be followed; else the error of `fetch`.
 */
export async function getFollowing(
  url: string,
  { caPem, client, authorization }: Pick<FileDownloadOptions, "caPem" | "client" | "authorization">,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  let at = verifiable(url, parseUrl(url), caPem);
  let ours = true;
  for (let hop = 0;; hop++) {
    const identity = { ...(caPem === undefined ? {} : { caPem }), ...(ours && client !== undefined ? { client } : {}) };
    const connection = openHttpClient(at.origin, identity, { direct: false });
    let next: URL;
    try {
      const response = await fetch(at, {
        headers: {
          "accept": "*/*",
          "accept-encoding": "identity",
          "user-agent": "kubewright",
          ...headers,
          ...(ours && authorization !== undefined ? { authorization } : {}),
        },
        redirect: "manual",
        client: connection,
        signal,
      });
      if (!REDIRECTS.has(response.status)) return { response, close: () => connection.close() };
      await response.body?.cancel();
      next = target(url, at, response);
    } catch (error) {
      connection.close();
      throw error;
    }
    connection.close();
    if (hop === MOST) throw new Untrusted(`Cannot get "${shown(url)}": it redirects more than ${MOST} times`);
    verifiable(url, next, caPem);
    // Another origin could redirect back, to a path of its choice: credentials stay omitted.
    ours &&= next.origin === at.origin;
    at = next;
  }
}

/** The target of a redirect. */
function target(url: string, at: URL, response: Response): URL {
  const location = response.headers.get("location");
  const next = location === null ? null : URL.parse(location, at);
  const state = next === null
    ? `it redirects (${response.status}) without a valid Location`
    : next.username !== "" || next.password !== ""
    ? `it redirects to a URL of "${next.host}" that contains credentials`
    : at.protocol === "https:" && next.protocol !== "https:"
    ? `it redirects from https to "${shown(next.href)}"`
    : undefined;
  if (next !== null && state === undefined) return next;
  throw new Untrusted(`Cannot get "${shown(url)}": ${state}`);
}

/** Only http, or https with CAs that verify it. */
function verifiable(url: string, at: URL, caPem: string | undefined): URL {
  if (at.protocol === "http:" || at.protocol === "https:" && caPem !== undefined) return at;
  const where = at.href === url ? "" : `, to which it redirects ("${shown(at.href)}")`;
  const state = at.protocol === "https:"
    ? `no CA certificates to verify the server${where}`
    : `only https and http are supported, got "${at.protocol}"${where}`;
  throw new UserError(`Cannot get "${shown(url)}": ${state}`);
}
