import assert from "node:assert/strict";
import { kubeClient } from "./client.ts";
import { makeCertificates } from "../../tests/fakes/api_server.ts";
import { parseAnswer, unverifiedHttp } from "./unverified.ts";
import { KubeError, TLS_REFUSED, UNREACHABLE } from "../system/kube_error.ts";

const certificates = await makeCertificates("DNS:elsewhere");
const http = unverifiedHttp();

async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  body: (url: string) => Promise<void>,
  hostname = "127.0.0.1",
) {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname, port: 0, signal: stop.signal, cert: certificates.certificate, key: certificates.key, onListen() {} },
    answer,
  );
  try {
    await body(`https://${hostname.includes(":") ? `[${hostname}]` : hostname}:${server.addr.port}`);
  } finally {
    stop.abort();
    await server.finished;
  }
}

Deno.test("get: status and body of an unverified server, with and without length, IPv4 and IPv6", async () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    await withServer((request) => {
      assert.equal(request.headers.get("authorization"), null);
      const { pathname, search } = new URL(request.url);
      if (pathname !== "/chunked") return new Response(`ok ü ${search}`, { status: 503 });
      return new Response(ReadableStream.from(["a".repeat(70_000), "b"].map((text) => new TextEncoder().encode(text))));
    }, async (url) => {
      assert.deepEqual(await http.get(`${url}/livez?verbose`, 5000), { status: 503, body: "ok ü ?verbose" });
      assert.deepEqual(await http.get(`${url}/chunked`, 5000), { status: 200, body: `${"a".repeat(70_000)}b` });
    }, hostname);
  }
});

Deno.test("get: a name in upper case", async () => {
  await withServer(() => new Response("ok"), async (url) => {
    const named = url.replace("127.0.0.1", "LOCALHOST");
    assert.deepEqual(await http.get(named, 5000), { status: 200, body: "ok" });
  });
});

Deno.test("get: works in a process of its own that trusts nobody, whatever its environment is", async () => {
  const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    import { trustNobodyElse } from ${source("./environment.ts")};
    import { unverifiedHttp } from ${source("./unverified.ts")};
    trustNobodyElse();
    for (let i = 0; i < 2; i++) console.log((await unverifiedHttp().get(Deno.args[0], 5000)).body);
    console.log(await fetch(Deno.args[0]).then(() => "trusted", (error) => \`\${error.message} \${error.cause}\`));
  `;
  const dir = await Deno.makeTempDir();
  try {
    const caFile = `${dir}/ca.pem`;
    await Deno.writeTextFile(caFile, certificates.ca);
    const { HOME = "", PATH = "", DENO_DIR, XDG_CACHE_HOME } = Deno.env.toObject();
    const own = { HOME, PATH, ...(DENO_DIR ? { DENO_DIR } : {}), ...(XDG_CACHE_HOME ? { XDG_CACHE_HOME } : {}) };
    for (const more of [{}, { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: caFile }] as Record<string, string>[]) {
      await withServer(() => new Response("ok"), async (url) => {
        const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["eval", "--no-check", "--ext=ts", program, `${url}/livez`],
          env: { ...own, ...more },
          clearEnv: true,
        }).output();
        const said = new TextDecoder().decode(stdout);
        assert.match(said, /^ok\nok\n/, new TextDecoder().decode(stderr));
        assert.match(said, /UnknownIssuer/);
      });
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("get: refuses redirects, long bodies, silence, plain HTTP and credentials", async () => {
  let slow = Promise.resolve();
  await withServer(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/redirect") return Response.redirect("https://127.0.0.1/");
    if (pathname === "/long") return new Response("x".repeat(1024 * 1024 + 1));
    if (pathname === "/slow") await (slow = new Promise((resolve) => setTimeout(resolve, 600)));
    return new Response(ReadableStream.from(function* () {
      while (true) yield new Uint8Array(65_536);
    }()));
  }, async (url) => {
    await assert.rejects(http.get(`${url}/redirect`, 5000), {
      name: "Untrusted",
      message: /redirects are not allowed \(HTTP status 302\)/,
    });
    await assert.rejects(http.get(`${url}/long`, 5000), /longer than 1048576 bytes/);
    await assert.rejects(http.get(`${url}/endless`, 5000), /longer than 1048576 bytes/);
    await assert.rejects(http.get(`${url}/slow`, 200), /no answer within 0\.2 s/);
    await slow;
  });
  await assert.rejects(http.get("http://127.0.0.1/", 100), /must begin with https:/);
  await assert.rejects(http.get("https://me:pw@127.0.0.1/", 100), (error: Error) => !error.message.includes("pw"));
  await assert.rejects(http.get("https://127.0.0.1:2/", 5000), /connection refused/);
  const plain = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("ok"));
  await assert.rejects(http.get(`https://127.0.0.1:${plain.addr.port}/`, 5000), {
    name: "Untrusted",
    message: /does not use TLS/,
  });
  await plain.shutdown();
});

/** What a peer does instead of a handshake, and whether another try may go better. */
const HANDSHAKES: Record<string, { peer(connection: Deno.Conn): Promise<unknown>; again: boolean }> = {
  "a reset": { peer: () => new Promise((done) => setTimeout(done, 50)), again: true }, // closed with bytes unread
  "the end": { peer: (connection) => connection.read(new Uint8Array(4096)), again: true },
  "half a record": { peer: (connection) => connection.write(new Uint8Array([22, 3, 3, 0, 100, 2, 0])), again: true },
  "an alert of its own trouble": { peer: (connection) => alert(connection, 80), again: true },
  "an alert about the handshake": { peer: (connection) => alert(connection, 40), again: true },
  "plain HTTP": { peer: (connection) => text(connection, "HTTP/1.1 400 Bad Request\r\n\r\n"), again: false },
  "SSH": { peer: (connection) => text(connection, "SSH-2.0-OpenSSH_9.2\r\n"), again: false },
};

const text = (connection: Deno.Conn, said: string) => connection.write(new TextEncoder().encode(said));

async function alert(connection: Deno.Conn, description: number) {
  await connection.read(new Uint8Array(4096));
  await connection.write(new Uint8Array([21, 3, 3, 0, 2, 2, description]));
}

for (const [what, { peer, again }] of Object.entries(HANDSHAKES)) {
  Deno.test(`get: ${what} instead of a handshake is ${again ? "trouble that may pass" : "no API server"}`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = (async () => {
      for await (const connection of listener) {
        await peer(connection).catch(() => {});
        if (!again) await connection.read(new Uint8Array(4096)).catch(() => {});
        connection.close();
      }
    })().catch(() => {});
    try {
      const url = `https://127.0.0.1:${listener.addr.port}/`;
      await assert.rejects(http.get(url, 20_000), (error: Error) => {
        assert.equal(error.name, again ? "UserError" : "Untrusted", error.message);
        return true;
      });
      const client = kubeClient({ server: url.slice(0, -1), caPem: certificates.ca }, () => {});
      await assert.rejects(client.probe("/version"), (error: Error) => {
        assert.ok(error instanceof KubeError);
        assert.equal(error.reason, again ? UNREACHABLE : TLS_REFUSED, error.message);
        return true;
      });
      client.close();
    } finally {
      listener.close();
      await serving;
    }
  });
}

Deno.test("parseAnswer: needs more, takes the end as end, refuses what is malformed", () => {
  const parse = (text: string, ended = false) => parseAnswer(new TextEncoder().encode(text), ended);
  assert.equal(parse("HTTP/1.1 200 OK\r\n"), undefined);
  assert.equal(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), undefined);
  assert.match(String(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", true)), /closed before/);
  assert.deepEqual(parse("HTTP/1.0 200 OK\r\n\r\nab", true), { status: 200, body: "ab" });
  assert.deepEqual(parse("HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n"), { status: 404, body: "" });
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  assert.deepEqual(parse(`${chunked}2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n`), { status: 200, body: "abc" });
  assert.equal(parse(`${chunked}5\r\nab`), undefined);
  assert.match(String(parse(`${chunked}zz\r\n`)), /malformed/);
  assert.match(String(parse(`${chunked}ffffffff\r\n`)), /longer than/);
  assert.match(String(parse("SSH-2.0-x\r\n\r\n\r\n")), /not HTTP/);
  assert.match(String(parse("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")), /not a number/);
});
