/**
 * What every HTTPS connection has in common: whom it trusts, which way it goes, and its troubles in words.
 * @module
 */
import { UserError } from "../errors.ts";

/** Whom to trust, and how to prove who we are. PEM texts. */
export interface TlsIdentity {
  /** The only CA certificates that the server's may be of. */
  caPem?: string;
  client?: { certificatePem: string; keyPem: string };
}

/** Names of the environment variables that make `fetch` go through a proxy. */
const PROXY_VARIABLE = /^(https?|all)_proxy$/i;

/**
 * Makes a client for `fetch`.
 * @param options.direct do not go through a proxy. Those of the environment are for images and packages, and would see
 * addresses that only this cluster knows. Deno takes them from the environment when a client is made, with no option
 * against it, so they are taken out for that (synchronous) moment.
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
      `Cannot connect to "${server}": the CA certificate, or the client certificate with its key, is not valid`,
      { cause: error },
    );
  } finally {
    for (const [name, value] of proxies) Deno.env.set(name, value);
  }
}

/** Why there was no answer. */
export interface Trouble {
  /** "its certificate is for other names and addresses". */
  state: string;
  /** What TLS did not like; it stays however often one tries. Absent: another try may go better. */
  kind?: "issuer" | "name" | "time" | "tls" | "protocol";
}

/** Troubles by what the TLS and HTTP libraries say, first match wins. */
const TROUBLES: readonly (Trouble & { said: RegExp })[] = [
  {
    said: /UnknownIssuer|BadSignature|InvalidCertificate|UnsupportedSignatureAlgorithm/,
    state: "its certificate is not signed by the cluster's CA",
    kind: "issuer",
  },
  {
    said: /not valid for name|NotValidForName/,
    state: "its certificate is for other names and addresses",
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
    state: "it refuses the TLS handshake with our certificate",
    kind: "tls",
  },
  { said: /fatal alert/, state: "it ended the TLS handshake" }, // as what stands before servers does while there is none
  { said: /InvalidContentType|corrupt message/, state: "what listens there does not speak TLS", kind: "protocol" },
  { said: /Connection refused/, state: "connection refused" },
  { said: /No route to host/, state: "no route to host" },
  { said: /Network is unreachable/, state: "the network is unreachable" },
  { said: /dns error|failed to lookup/, state: "its name does not resolve" },
  {
    said: /reset by peer|Broken pipe|closed|eof|end of file|incomplete|aborted|error reading a body/i,
    state: "the connection broke off",
  },
];

/** What an error of `fetch` means. */
export function troubleOf(error: unknown): Trouble {
  const said = `${error instanceof Error ? error.message : error} ${error instanceof Error ? error.cause ?? "" : ""}`;
  return TROUBLES.find((trouble) => trouble.said.test(said)) ?? { state: said.trim() };
}

/** Reads a body of at most `limit` bytes (after decompression); undefined when it is longer, whose rest is not read. */
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
