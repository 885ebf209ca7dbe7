/**
 * HTTPS without verifying the server, for two uses: cluster-info, whose signature is verified afterwards, and health
 * endpoints on loopback with self-signed certificates. Nothing secret is ever sent.
 * @module
 */
import type { TLSSocket } from "node:tls";
import { Untrusted, UserError } from "../errors.ts";
import type { HttpAnswer, UnverifiedHttp } from "../system.ts";
import { troubleOf } from "./http_client.ts";

/** Longest body, in bytes. */
const MAX_BODY = 1024 * 1024;
/** Longest answer in all: head, chunk sizes and body. */
const MAX_ANSWER = MAX_BODY + 64 * 1024;

/** The one failure of an answer that a retry may fix. */
const BROKEN_OFF = "the connection was closed before the answer was complete";
/** Messages of rustls, OpenSSL and `troubleOf` for a peer with another protocol. */
const NOT_TLS = /InvalidContentType|wrong version number|does not use TLS/;
/** The message of Deno 2.6 for any error that ends a handshake. */
const ANYTHING = /^write UNKNOWN$/;
const NO_API_SERVER = "The server at this URL is not a Kubernetes API server: check the address and the port.";

/**
 * A client with the required subset of HTTP/1.1: Deno's fetch cannot skip verification for one request.
 * @param ending aborts requests in progress, with its reason: the connection is closed.
 */
export function unverifiedHttp(ending?: AbortSignal): UnverifiedHttp {
  return {
    async get(url, timeoutMs) {
      const target = parseUrl(url);
      const { connect } = await import("node:tls"); // 20 ms, so only here
      ending?.throwIfAborted();
      const host = target.hostname.replace(/^\[|\]$/g, "");
      const socket = connect({
        host,
        port: Number(target.port || 443),
        rejectUnauthorized: false,
        // Without this, Deno 2.8 and later closes the connection, because trustNobodyElse() left no CA.
        ca: [],
        ALPNProtocols: ["http/1.1"],
        ...(isAddress(host) ? {} : { servername: host.replace(/\.$/, "") }),
      });
      let timer: ReturnType<typeof setTimeout> | undefined;
      let end = () => {};
      try {
        return await new Promise<HttpAnswer>((resolve, reject) => {
          end = () => reject(ending?.reason);
          ending?.addEventListener("abort", end);
          timer = setTimeout(() => reject(cannot(url, `no answer within ${timeoutMs / 1000} s`)), timeoutMs);
          let asking = false;
          socket.on("error", (error) => {
            if (!ANYTHING.test(error.message)) return reject(failed(url, error));
            asking = true;
            handshakeTrouble(host, Number(target.port || 443)).then((why) => reject(failed(url, why)), reject);
          });
          exchange(socket, target, resolve, (state) => asking || reject(refused(url, state)));
        });
      } finally {
        clearTimeout(timer);
        ending?.removeEventListener("abort", end);
        socket.on("error", () => undefined);
        socket.destroy();
      }
    },
  };
}

/** Only https, and no credentials in the URL. */
function parseUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null) throw cannot(url, "it is not a URL");
  if (parsed.protocol !== "https:") throw cannot(url, "the URL must begin with https://");
  if (parsed.username !== "" || parsed.password !== "") {
    throw cannot(parsed.origin, "the URL must not contain credentials");
  }
  return parsed;
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

/** Sends the request; reads until the answer is complete, the server closes, or the answer is refused. */
function exchange(
  socket: TLSSocket,
  url: URL,
  resolve: (answer: HttpAnswer) => void,
  refuse: (state: string) => void,
): void {
  let received = new Uint8Array();
  const look = (ended: boolean) => {
    const outcome = parseAnswer(received, ended);
    if (outcome === undefined) return;
    if (typeof outcome === "string") refuse(outcome);
    else resolve(outcome);
  };
  socket.on("secureConnect", () => {
    const head = [
      `GET ${url.pathname}${url.search} HTTP/1.1`,
      `Host: ${url.host}`,
      "Accept: application/json, text/plain",
    ];
    socket.write([...head, "User-Agent: kubewright", "Connection: close", "", ""].join("\r\n"));
  });
  socket.on("data", (chunk: Uint8Array) => {
    const joined = new Uint8Array(received.length + chunk.length);
    joined.set(received);
    joined.set(chunk, received.length);
    received = joined;
    look(false);
    if (received.length > MAX_ANSWER) refuse(`the answer is longer than ${MAX_BODY} bytes`);
  });
  socket.on("end", () => look(true));
  socket.on("close", () => refuse(BROKEN_OFF));
}

/**
 * Reads an HTTP/1.1 answer.
 * @returns The answer; why it is refused; or undefined when more bytes are needed.
 */
export function parseAnswer(bytes: Uint8Array, ended: boolean): HttpAnswer | string | undefined {
  const text = new TextDecoder("latin1").decode(bytes); // one character a byte
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return ended ? BROKEN_OFF : undefined;
  const [statusLine = "", ...fields] = text.slice(0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})( |$)/.exec(statusLine)?.[1]);
  if (!(status >= 200)) return "the answer is not HTTP/1.1";
  if (status >= 300 && status < 400) return `redirects are not allowed (HTTP status ${status})`;
  const headers = new Map(fields.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
  }));
  const rest = bytes.subarray(headEnd + 4);
  const body = headers.get("transfer-encoding")?.toLowerCase() === "chunked"
    ? readChunks(rest, text.slice(headEnd + 4))
    : readPlain(rest, headers.get("content-length"), ended);
  if (typeof body === "string") return body;
  if (body !== undefined) return { status, body: new TextDecoder().decode(body) };
  return ended ? BROKEN_OFF : undefined;
}

/** A body with a Content-Length, or, without one, up to the end of the connection. */
function readPlain(
  rest: Uint8Array,
  contentLength: string | undefined,
  ended: boolean,
): Uint8Array | string | undefined {
  if (contentLength === undefined) return ended ? bounded(rest) : undefined;
  if (!/^\d{1,15}$/.test(contentLength)) return "its Content-Length is not a number";
  const length = Number(contentLength);
  if (length > MAX_BODY) return `the answer is longer than ${MAX_BODY} bytes`;
  return rest.length >= length ? rest.subarray(0, length) : undefined;
}

/** A chunked body; `text` is `rest`, one character a byte. */
function readChunks(rest: Uint8Array, text: string): Uint8Array | string | undefined {
  const chunks: Uint8Array[] = [];
  for (let at = 0;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(;.*)?$/.exec(text.slice(at, lineEnd))?.[1];
    if (size === undefined) return "its chunks are malformed";
    const length = Number.parseInt(size, 16);
    if (length > MAX_BODY) return `the answer is longer than ${MAX_BODY} bytes`;
    if (length === 0) return bounded(concatenated(chunks));
    const start = lineEnd + 2;
    if (rest.length < start + length + 2) return undefined;
    chunks.push(rest.subarray(start, start + length));
    at = start + length + 2;
  }
}

function bounded(body: Uint8Array): Uint8Array | string {
  return body.length > MAX_BODY ? `the answer is longer than ${MAX_BODY} bytes` : body;
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Why a handshake fails, found out with the other TLS implementation, which verifies. */
async function handshakeTrouble(hostname: string, port: number): Promise<Error> {
  let connection: Deno.TlsConn | undefined;
  try {
    connection = await Deno.connectTls({ hostname, port, alpnProtocols: ["http/1.1"] });
    await connection.handshake();
  } catch (error) {
    const why = error instanceof Error ? error : new Error(String(error));
    if (!/invalid peer certificate/.test(why.message)) return new Error(troubleOf(why).state, { cause: why });
  } finally {
    connection?.close();
  }
  return new Error("the connection was closed"); // the failure did not repeat
}

/** A socket error as text. */
function stateOf(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  return {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "the connection was closed",
    EHOSTUNREACH: "no route to host",
    ENETUNREACH: "the network is unreachable",
    ENOTFOUND: "its name does not resolve",
    EAI_AGAIN: "its name does not resolve (temporary failure)",
  }[code] ?? error.message;
}

/** The error for an answer that does not come from an API server. */
function refused(url: string, state: string): UserError {
  return state === BROKEN_OFF
    ? cannot(url, state)
    : new Untrusted(`Cannot get "${url}": ${state}`, { hint: NO_API_SERVER });
}

/** The error for a connection that failed. */
function failed(url: string, error: Error): UserError {
  if (!NOT_TLS.test(error.message)) return cannot(url, stateOf(error), error);
  return new Untrusted(`Cannot get "${url}": the server does not use TLS, as an API server does`, {
    hint: NO_API_SERVER,
    cause: error,
  });
}

function cannot(url: string, state: string, cause?: Error): UserError {
  return new UserError(`Cannot get "${url}": ${state}`, cause === undefined ? {} : { cause });
}
