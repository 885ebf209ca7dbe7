/**
 * The client beside an HTTP/2 server that is not of this project, nghttp2 by `node:http2`, with client certificates. Deno
 * 2.6's is another one, which loses headers and ends the process when a peer breaks off: `test-oldest` leaves this file out.
 */
import assert from "node:assert/strict";
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { makeCertificates } from "../../tests/fakes/api_server.ts";
import { GrpcError } from "../system/grpc.ts";
import { grpcClient } from "./client.ts";

const MESSAGE = new Uint8Array(100_000).fill(7);

/** Sends back what it is sent, `times`; then this status. */
function echo(stream: ServerHttp2Stream, headers: Record<string, unknown>): void {
  stream.on("error", () => undefined);
  const chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  stream.on("end", async () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    const code = String(headers["status-wanted"] ?? "0");
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": code, "grpc-message": "as wanted" }));
    for (let i = 0; i < Number(headers.times ?? 1); i++) {
      for (const chunk of chunks) {
        if (!stream.write(chunk)) await new Promise((resolve) => stream.once("drain", resolve));
      }
    }
    stream.end();
  });
}

async function check(client: ReturnType<typeof grpcClient>): Promise<void> {
  const options = { timeoutMs: 60_000 };
  assert.deepEqual(await client.unary("/a/B", MESSAGE, options), MESSAGE);
  let [count, length] = [0, 0];
  for await (const message of client.stream("/a/B", [MESSAGE, MESSAGE], { ...options, metadata: { times: "20" } })) {
    count++;
    length += message.length;
  }
  assert.deepEqual([count, length], [40, 40 * MESSAGE.length]);
  const metadata = { "status-wanted": "9" };
  await assert.rejects(client.unary("/a/B", MESSAGE, { ...options, metadata }), (error: unknown) => {
    assert.ok(error instanceof GrpcError);
    assert.deepEqual([error.code, error.message], [9, "as wanted"]);
    return true;
  });
}

async function served(server: Http2Server, where: string | number, body: () => Promise<void>): Promise<void> {
  server.on("stream", echo);
  await new Promise<void>((resolve) => server.listen(where, resolve));
  try {
    await body();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

Deno.test("grpc: nghttp2 at a unix socket", async () => {
  const dir = await Deno.makeTempDir();
  await served(createServer(), `${dir}/s`, () => check(grpcClient({ socket: `${dir}/s` })));
  await Deno.remove(dir, { recursive: true });
});

Deno.test("grpc: nghttp2 behind TLS that wants a client certificate", async () => {
  const { ca, certificate, key } = await makeCertificates();
  const seen: boolean[] = [];
  const server = createSecureServer({ ca, cert: certificate, key, requestCert: true, rejectUnauthorized: true });
  server.on("secureConnection", (socket: TLSSocket) => seen.push(socket.authorized));
  server.on("tlsClientError", () => undefined);
  await served(server as unknown as Http2Server, 0, async () => {
    const target = { hostname: "localhost", port: (server.address() as AddressInfo).port, caPem: ca };
    await check(grpcClient({ ...target, client: { certificatePem: certificate, keyPem: key } }));
    const refused = grpcClient(target).unary("/a/B", MESSAGE, { timeoutMs: 10_000 });
    await assert.rejects(refused, { name: "NoConnection", code: "TLS" });
  });
  assert.equal(seen.filter((authorized) => authorized).length, 3);
});
