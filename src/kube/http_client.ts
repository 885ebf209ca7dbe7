/**
 * Common parts of all HTTPS connections: trusted CAs, proxies, and error texts.
 * @module
 */
import { UserError } from "../errors.ts";

/** The trusted CAs and the client certificate. PEM texts. */
export interface TlsIdentity {
  /** The only CA certificates that are trusted. */
  caPem?: string;
  client?: { certificatePem: string; keyPem: string };
}

/** Names of the environment variables with which `fetch` uses a proxy. */
const PROXY_VARIABLE = /^(https?|all)_proxy$/i;

/**
 * Creates a client for `fetch`.
 * @param options.direct do not use a proxy. The proxies of the environment are for images and packages, and cannot resolve
 * this cluster's addresses. Deno reads them from the environment when it creates a client, without an option against it, so
 * they are removed for that (synchronous) moment.
 * @throws {UserError} when a certificate or key cannot be used.
 */
export function openHttpClient(
  server: string,
  { caPem, client }: TlsIdentity,
  { direct }: { direct: boolean },
): Deno.HttpClient {
  const proxies = direct ? Object.entries(Deno.env.toObject()).filter(([name]) => PROXY_VARIABLE.test(name)) : [];
  for (const [name] of proxies) Deno.env.delete(name);
  try {
    return Deno.createHttpClient({
      caCerts: caPem === undefined ? [] : [caPem],
      ...(client === undefined ? {} : { cert: client.certificatePem, key: client.keyPem }),
    });
  } catch (error) {
    throw new UserError(
      `Cannot connect to "${server}": invalid CA certificate, client certificate or client key`,
      { cause: error },
    );
  } finally {
    for (const [name, value] of proxies) Deno.env.set(name, value);
  }
}

/** Why there was no answer. */
export interface Trouble {
  /** "its certificate is not valid for this name or address". */
  state: string;
  /** What TLS refused, which a retry does not change. Absent: a retry may succeed. */
  kind?: "issuer" | "name" | "time" | "tls" | "protocol";
}

/** Troubles by the messages of the TLS and HTTP libraries; the first match wins. */
const TROUBLES: readonly (Trouble & { said: RegExp })[] = [
  {
    said: /UnknownIssuer|BadSignature|InvalidCertificate|UnsupportedSignatureAlgorithm/,
    state: "its certificate is not signed by the cluster's CA",
    kind: "issuer",
  },
  {
    said: /not valid for name|NotValidForName/,
    state: "its certificate is not valid for this name or address",
    kind: "name",
  },
  {
    said: /certificate (expired|not valid yet)|Expired|NotValidYet/,
    state: "its certificate is not valid at this time",
    kind: "time",
  },
  { said: /invalid peer certificate/, state: "its certificate is not valid", kind: "tls" },
  {
    said: /fatal alert: \w*(Certificate|UnknownCA|AccessDenied|DecryptError)/,
    state: "it rejects our client certificate in the TLS handshake",
    kind: "tls",
  },
  { said: /fatal alert/, state: "it ended the TLS handshake" }, // as load balancers do while no server is available
  { said: /InvalidContentType|corrupt message/, state: "the server does not use TLS", kind: "protocol" },
  { said: /Connection refused/, state: "connection refused" },
  { said: /No route to host/, state: "no route to host" },
  { said: /Network is unreachable/, state: "the network is unreachable" },
  { said: /dns error|failed to lookup/, state: "its name does not resolve" },
  {
    said: /reset by peer|Broken pipe|closed|eof|end of file|incomplete|aborted|error reading a body/i,
    state: "the connection was closed",
  },
];

/** The meaning of an error of `fetch`. */
export function troubleOf(error: unknown): Trouble {
  const said = `${error instanceof Error ? error.message : error} ${error instanceof Error ? error.cause ?? "" : ""}`;
  return TROUBLES.find((trouble) => trouble.said.test(said)) ?? { state: said.trim() };
}

/** Reads a body of at most `limit` bytes (after decompression); undefined when it is longer: its rest is not read. */
export async function readText(response: Response, limit: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
