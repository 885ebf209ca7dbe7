/**
 * Which URLs may be downloaded, and the errors of downloads. No message shows the query of a URL, which may hold a secret.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import { troubleOf } from "./http_client.ts";

/** State and hint for a server that TLS refuses, by the kind of trouble; they differ from those of an API server. */
const REFUSED: Readonly<Record<string, { state: string; hint: string }>> = {
  issuer: {
    state: "its certificate is not signed by a trusted CA",
    hint: "Add its CA to the trusted CAs of this host (update-ca-certificates), or use another URL.",
  },
  name: {
    state: "its certificate is not valid for this name or address",
    hint: "Use a name that is in the certificate.",
  },
  time: {
    state: "its certificate is not valid at this time",
    hint: "Compare the clocks of both hosts (date), then check the dates of the certificate.",
  },
  protocol: { state: "the server does not use TLS", hint: "Check the address and the port." },
};

/** Parses a URL without credentials. @throws {UserError} when it is invalid or has credentials. */
export function parseUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null) throw new UserError(`Cannot get "${url}": it is not a URL`);
  if (parsed.username === "" && parsed.password === "") return parsed;
  throw new UserError(`Cannot get a document from "${parsed.host}": the URL must not contain credentials`);
}

/** The URL without its query. */
export function shown(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

/** The error for an error of `fetch`. @param lateMs the time limit that was exceeded, in ms. */
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
