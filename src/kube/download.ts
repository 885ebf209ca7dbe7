/**
 * Fetching documents over HTTP: a discovery file, the version of an external etcd.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import type { Download, HttpAnswer } from "../system.ts";
import { openHttpClient, readText, troubleOf } from "./http_client.ts";

/** What is said of a server that TLS refuses, by the kind of trouble; other words than of an API server. */
const REFUSED: Readonly<Record<string, { state: string; hint: string }>> = {
  issuer: {
    state: "its certificate is not signed by a CA that is trusted here",
    hint: "Add its CA to this host's (update-ca-certificates), or take the document from elsewhere.",
  },
  name: {
    state: "its certificate is for other names and addresses",
    hint: "Use a name that is in the certificate.",
  },
  time: {
    state: "its certificate is not valid at this time",
    hint: "Compare the clocks of both hosts (date), then the certificate's dates.",
  },
  protocol: { state: "what listens there does not speak TLS", hint: "Check the address and the port." },
};

/**
 * Fetches by `fetch`, through the proxies of the environment as other programs do.
 * @param ending ends what is under way, with its reason.
 */
export function httpDownload(ending?: AbortSignal): Download {
  return {
    async get(url, options) {
      const { origin } = parseUrl(url, options.caPem !== undefined);
      const client = openHttpClient(origin, options, { direct: false });
      const late = AbortSignal.timeout(options.timeoutMs);
      try {
        const response = await fetch(url, {
          headers: { accept: "*/*", "user-agent": "kubewright" },
          redirect: "manual",
          client,
          signal: ending === undefined ? late : AbortSignal.any([late, ending]),
        });
        if (response.status >= 300 && response.status < 400) {
          await response.body?.cancel();
          throw new Untrusted(`Cannot get "${shown(url)}": it redirects (${response.status}), which is not followed`);
        }
        return await readAnswer(response, url, options.limit);
      } catch (error) {
        if (error instanceof UserError) throw error;
        ending?.throwIfAborted();
        throw failed(url, error, late.aborted ? options.timeoutMs : undefined);
      } finally {
        client.close();
      }
    },
  };
}

/** Only https, or http where there is no CA to verify it by; no credentials in the URL. */
function parseUrl(url: string, verified: boolean): URL {
  const parsed = URL.parse(url);
  if (parsed === null) throw new UserError(`Cannot get "${url}": it is not a URL`);
  if (parsed.username !== "" || parsed.password !== "") {
    throw new UserError(`Cannot get a document from "${parsed.host}": the URL may not hold credentials`);
  }
  const wanted = verified ? "https:" : "http:";
  if (parsed.protocol !== wanted) throw new UserError(`Cannot get "${shown(url)}": only ${wanted}// is used here`);
  return parsed;
}

/** The URL without its query, which may hold a secret. */
function shown(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

/** Reads the body up to the limit. */
async function readAnswer(response: Response, url: string, limit: number): Promise<HttpAnswer> {
  const body = await readText(response, limit);
  if (body !== undefined) return { status: response.status, body };
  throw new Untrusted(`Cannot get "${shown(url)}": the answer is longer than ${limit} bytes`);
}

function failed(url: string, error: unknown, timeoutMs: number | undefined): UserError {
  // The error of fetch quotes the URL.
  const said = error instanceof Error ? `${error.message} ${error.cause ?? ""}` : String(error);
  const cause = new Error(said.trim().replace(/\?[^)\s]*\)/g, ")"));
  const late = timeoutMs !== undefined;
  const trouble = late ? { state: `no answer within ${timeoutMs / 1000} s` } : troubleOf(cause);
  if (trouble.kind === undefined) {
    return new UserError(`Cannot get "${shown(url)}": ${trouble.state}`, { cause });
  }
  const { state, hint } = REFUSED[trouble.kind] ?? { state: trouble.state, hint: [] };
  return new Untrusted(`Cannot get "${shown(url)}": ${state}`, { cause, hint });
}
