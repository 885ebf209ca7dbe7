/**
 * What may be fetched, and what is said when it cannot be. Nothing here shows the query of a URL, which may hold a secret.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import { troubleOf } from "./http_client.ts";

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

/** A URL without credentials in it. @throws {UserError} when it is none. */
export function parseUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null) throw new UserError(`Cannot get "${url}": it is not a URL`);
  if (parsed.username === "" && parsed.password === "") return parsed;
  throw new UserError(`Cannot get a document from "${parsed.host}": the URL may not hold credentials`);
}

/** The URL without its query. */
export function shown(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

/** The error for what `fetch` threw. @param lateMs it is that no answer came in so many ms. */
export function failed(url: string, error: unknown, lateMs?: number): UserError {
  // The error of fetch quotes the URL.
  const said = error instanceof Error ? `${error.message} ${error.cause ?? ""}` : String(error);
  const cause = new Error(said.trim().replace(/\?[^)\s]*\)/g, ")"));
  const trouble = lateMs === undefined ? troubleOf(cause) : { state: `no answer within ${lateMs / 1000} s` };
  if (trouble.kind === undefined) {
    return new UserError(`Cannot get "${shown(url)}": ${trouble.state}`, { cause });
  }
  const { state, hint } = REFUSED[trouble.kind] ?? { state: trouble.state, hint: [] };
  return new Untrusted(`Cannot get "${shown(url)}": ${state}`, { cause, hint });
}
