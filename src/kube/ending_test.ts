/** What a signal does to requests under way. */
import assert from "node:assert/strict";
import { makeCertificates } from "../../tests/fakes/api_server.ts";
import { serveConnections, serveHttp2 } from "../../tests/fakes/http2_server.ts";
import { containerRuntime } from "../cri/client.ts";
import { Interruption } from "../errors.ts";
import { etcdClient } from "../etcd/client.ts";
import { kubeClient } from "./client.ts";
import { httpDownload } from "./download.ts";
import { unverifiedHttp } from "./unverified.ts";

const { ca: caPem, certificate: certificatePem, key: keyPem } = await makeCertificates();
const CONFIG = { apiVersion: "v1", kind: "ConfigMap", name: "a", namespace: "b" };
const REASON = new Interruption("SIGTERM");

type Ask = (url: string, signal: AbortSignal) => Promise<unknown>;
const kube = (url: string, signal: AbortSignal) => kubeClient({ server: url, caPem }, () => {}, { signal });

/** Calls that only ask, by what makes them. */
const ASKING: Readonly<Record<string, Ask>> = {
  "the API's client": async (url, signal) => {
    const client = kube(url, signal);
    await client.get(CONFIG).finally(() => client.close());
  },
  "etcd's client": (url, signal) =>
    etcdClient(url, { caPem, certificatePem, keyPem }, () => {}, undefined, signal).members(),
  "a download": (url, signal) => httpDownload(signal).get(url, { caPem, timeoutMs: 60_000, limit: 1000 }),
  "a client that verifies nothing": (url, signal) => unverifiedHttp(signal).get(url, 60_000),
};

for (const [what, ask] of Object.entries(ASKING)) {
  Deno.test(`a signal ends what ${what} asks: its connection is closed, and nothing is tried again`, async () => {
    const stop = new AbortController();
    const gone = Promise.withResolvers<void>();
    let connections = 0;
    const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificatePem, key: keyPem });
    const server = serveConnections(listener, async (connection) => {
      connections++;
      await connection.read(new Uint8Array(65_536));
      stop.abort(REASON);
      while (await connection.read(new Uint8Array(65_536)).catch(() => null) !== null);
      gone.resolve();
    });
    await assert.rejects(ask(`https://127.0.0.1:${listener.addr.port}`, stop.signal), REASON);
    await gone.promise;
    assert.equal(connections, 1);
    await assert.rejects(ask(`https://127.0.0.1:${listener.addr.port}`, stop.signal), REASON);
    assert.equal(connections, 1);
    await server.close();
  });
}

Deno.test("a signal ends what the runtime's client asks, and lets a change come to its end", async () => {
  const dir = await Deno.makeTempDir();
  const stop = new AbortController();
  const paths: string[] = [];
  const server = serveHttp2(Deno.listen({ transport: "unix", path: `${dir}/s` }), async (call) => {
    await call.whole();
    paths.push(call.header(":path")!.split("/").at(-1)!);
    stop.abort(REASON);
    if (paths.at(-1) === "Version") return await call.clientGone();
    await call.respond();
    await call.send(new Uint8Array(5));
    await call.end();
  });
  const runtime = () => containerRuntime(`unix://${dir}/s`, () => {}, undefined, stop.signal);
  await runtime().removeContainer({ id: "c", name: "n" });
  await assert.rejects(runtime().removeContainer({ id: "c", name: "n" }), REASON);
  assert.deepEqual(paths, ["RemoveContainer"]);
  const other = new AbortController();
  const asking = containerRuntime(`unix://${dir}/s`, () => {}, undefined, other.signal).version();
  while (paths.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  other.abort(REASON);
  await assert.rejects(asking, REASON);
  await server.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a signal ends the tries of what only asks, in the pause between them", async () => {
  const stop = new AbortController();
  const client = kubeClient({ server: "https://127.0.0.1:1", caPem }, () => {}, {
    signal: stop.signal,
    onRetry: () => stop.abort(REASON),
  });
  await assert.rejects(client.get(CONFIG), REASON);
  client.close();
});
