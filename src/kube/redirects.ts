/**
 * GET, following redirects: no secret goes where it was not meant for, and nothing that is encrypted becomes plain.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import type { FileDownloadOptions } from "../system.ts";
import { parseUrl, shown } from "./download_trouble.ts";
import { openHttpClient } from "./http_client.ts";

/** How many redirects are followed. */
const MOST = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** An answer that is no redirect. */
export interface Answer {
  response: Response;
  /** Ends its connection. */
  close(): void;
}

/**
 * Asks for the bytes as they are: an encoding would be undone on the way, and ranges count what is sent.
 * @throws {UserError} when the URL, or a redirect, is not to be followed; else what `fetch` throws.
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
    // Who leads away could lead back, to a path of their choice: what was left off stays so.
    ours &&= next.origin === at.origin;
    at = next;
  }
}

/** Where a redirect leads. */
function target(url: string, at: URL, response: Response): URL {
  const location = response.headers.get("location");
  const next = location === null ? null : URL.parse(location, at);
  const state = next === null
    ? `it redirects (${response.status}) without saying where`
    : next.username !== "" || next.password !== ""
    ? `it redirects to a URL of "${next.host}" that holds credentials`
    : at.protocol === "https:" && next.protocol !== "https:"
    ? `it redirects from https to "${shown(next.href)}"`
    : undefined;
  if (next !== null && state === undefined) return next;
  throw new Untrusted(`Cannot get "${shown(url)}": ${state}`);
}

/** Only http, or https where there are CAs to verify it by. */
function verifiable(url: string, at: URL, caPem: string | undefined): URL {
  if (at.protocol === "http:" || at.protocol === "https:" && caPem !== undefined) return at;
  const where = at.href === url ? "" : `, to which it redirects ("${shown(at.href)}")`;
  const state = at.protocol === "https:"
    ? `there are no CA certificates to verify the server by${where}`
    : `only https and http are used, not "${at.protocol}"${where}`;
  throw new UserError(`Cannot get "${shown(url)}": ${state}`);
}
