import assert from "node:assert/strict";
import { makeCertificates } from "../../tests/fakes/api_server.ts";
import { framed, serveConnections, type Served, type ServedCall, serveHttp2 } from "../../tests/fakes/http2_server.ts";
import { GrpcBrokenOff, GrpcError, GrpcTimeout, GrpcTooLong, NoConnection, NotGrpc } from "../system/grpc.ts";
import { type GrpcClient, grpcClient } from "./client.ts";
import type { GrpcTarget } from "./connect.ts";
import { WINDOW } from "./exchange.ts";
import { FLAG, FRAME, frame, numberFrame } from "./frames.ts";
import { encodeHeaders } from "./hpack.ts";

const certificates = await makeCertificates();
const METHOD = "/test.Service/Method";
const MIB = 1 << 20;
const HELLO = new TextEncoder().encode("hello");

/** Where a server may listen: both kinds of transport. */
const PLACES: Readonly<Record<string, (dir: string) => { listener: Deno.Listener; target: GrpcTarget }>> = {
  "a unix socket": (dir) => {
    const path = `${dir}/grpc.sock`;
    return { listener: Deno.listen({ transport: "unix", path }) as Deno.Listener, target: { socket: path } };
  },
  "TLS": () => {
    const { certificate: cert, key, ca: caPem } = certificates;
    const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols: ["h2"] });
    return { listener, target: { hostname: "127.0.0.1", port: listener.addr.port, caPem } };
  },
};

type Body = (client: GrpcClient, target: GrpcTarget) => Promise<void>;

async function within(place: string, serve: (listener: Deno.Listener) => Served, body: Body): Promise<void> {
  const dir = await Deno.makeTempDir();
  const { listener, target } = PLACES[place]!(dir);
  const served = serve(listener);
  try {
    await body(grpcClient(target), target);
  } finally {
    await served.close();
    await Deno.remove(dir, { recursive: true });
  }
}

/** The same test on each transport. */
function onBoth(name: string, handle: (call: ServedCall) => Promise<unknown>, body: Body): void {
  for (const place of Object.keys(PLACES)) {
    Deno.test(`grpc over ${place}: ${name}`, () => within(place, (listener) => serveHttp2(listener, handle), body));
  }
}

const all = async (messages: AsyncIterable<Uint8Array>) => await Array.fromAsync(messages);

onBoth("a unary call sends one message and its headers, and has one for an answer", async (call) => {
  const body = await call.whole();
  assert.deepEqual(body, framed(HELLO));
  assert.equal(call.header(":path"), METHOD);
  assert.equal(call.header("te"), "trailers");
  assert.equal(call.header("grpc-timeout"), "60000m");
  await call.respond();
  await call.send(framed([...body, ...new TextEncoder().encode(call.header("containerd-namespace"))]));
  await call.end();
}, async (client) => {
  const metadata = { "containerd-namespace": "k8s.io" };
  const answer = await client.unary(METHOD, HELLO, { metadata, timeoutMs: 60_000 });
  assert.equal(new TextDecoder().decode(answer.subarray(5)), "hellok8s.io");
});

onBoth("a server's stream of many messages comes whole, whatever its frames are", async (call) => {
  await call.respond();
  const messages = new Uint8Array(3000 * 1005);
  for (let i = 0; i < 3000; i++) messages.set(framed(new Uint8Array(1000).fill(i % 256)), i * 1005);
  await call.send(messages.subarray(0, 7)); // within the first message
  await call.send(messages.subarray(7));
  await call.end();
}, async (client) => {
  const answer = await all(client.stream(METHOD, [HELLO]));
  assert.equal(answer.length, 3000);
  assert.ok(answer.every((message, i) => message.length === 1000 && message.every((byte) => byte === i % 256)));
});

onBoth("a client's stream of 3 MiB goes by the server's window, and its end is seen", async (call) => {
  const { length } = await call.whole();
  await call.respond();
  await call.send(framed(new TextEncoder().encode(String(length))));
  await call.end();
}, async (client) => {
  const requests = (function* () {
    for (let i = 0; i < 3; i++) yield new Uint8Array(MIB);
  })();
  const [answer] = await all(client.stream(METHOD, requests));
  assert.equal(new TextDecoder().decode(answer), String(3 * (MIB + 5)));
});

onBoth("in a stream of both, each request may wait for the answer to the one before", async (call) => {
  await call.respond();
  for await (const chunk of call.body()) await call.send(chunk);
  await call.end();
}, async (client) => {
  let answered = () => {};
  const requests = (async function* () {
    for (let i = 0; i < 5; i++) {
      const next = new Promise<void>((resolve) => answered = resolve);
      yield new Uint8Array([i]);
      await next;
    }
  })();
  const seen: number[] = [];
  for await (const message of client.stream(METHOD, requests)) {
    seen.push(message[0]!);
    answered();
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
});

const sent: Record<string, number> = {};
onBoth("a caller that does not read lets the server send no more than a window", async (call) => {
  await call.respond();
  const message = framed(new Uint8Array(50_000));
  const filling = (async () => {
    while (!call.gone) await call.send(message);
  })();
  await call.whole();
  const key = call.header(":authority")!;
  for (let before = -1; before !== call.sent;) { // as long as it sends any
    before = call.sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  sent[key] = call.sent;
  await filling;
}, async (client, target) => {
  const key = "socket" in target ? "localhost" : `127.0.0.1:${target.port}`;
  const stream = client.stream(METHOD, [HELLO]);
  await stream.next();
  while (sent[key] === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(sent[key] >= 500_000 && sent[key] <= WINDOW + 50_005, `${sent[key]} bytes were sent`);
  for (let i = 0; i < 100; i++) assert.equal((await stream.next()).value?.length, 50_000); // 5 MB more
  await stream.return();
});

onBoth("a server that takes nothing is sent no more than its window, and requests are not asked for", async (call) => {
  await call.clientGone();
}, async (client) => {
  let asked = 0;
  const requests = (function* () {
    while (true) {
      asked++;
      yield new Uint8Array(10_000);
    }
  })();
  await assert.rejects(all(client.stream(METHOD, requests, { timeoutMs: 300 })), GrpcTimeout);
  assert.ok(asked >= 6 && asked <= 8, `${asked} messages`);
});

onBoth("who stops reading a stream without end closes the connection", async (call) => {
  await call.respond();
  while (!call.gone) await call.send(framed(HELLO));
}, async (client) => {
  let count = 0;
  for await (const message of client.stream(METHOD, [])) {
    assert.deepEqual(message, HELLO);
    if (++count === 1000) break;
  }
  assert.equal(count, 1000);
});

onBoth("a signal ends a call with its reason, before and within", async (call) => {
  await call.respond();
  await call.send(framed(HELLO));
  await call.clientGone();
}, async (client) => {
  const reason = new Error("interrupted");
  await assert.rejects(client.unary(METHOD, HELLO, { signal: AbortSignal.abort(reason) }), reason);
  const stop = new AbortController();
  const stream = client.stream(METHOD, [HELLO], { signal: stop.signal });
  assert.deepEqual((await stream.next()).value, HELLO);
  const next = stream.next();
  stop.abort(reason);
  await assert.rejects(next, reason);
});

onBoth("an error within a stream comes behind its messages, with status and text", async (call) => {
  await call.respond();
  await call.send(framed(HELLO));
  await call.end({ "grpc-status": "11", "grpc-message": "etcdserver%3A 50%25" });
}, async (client) => {
  const stream = client.stream(METHOD, [HELLO]);
  assert.deepEqual((await stream.next()).value, HELLO);
  await assert.rejects(stream.next(), (error: unknown) => {
    assert.ok(error instanceof GrpcError);
    assert.deepEqual([error.code, error.message], [11, "etcdserver: 50%"]);
    return true;
  });
});

onBoth("what the requests throw ends the call", async (call) => {
  await call.clientGone();
}, async (client) => {
  // deno-lint-ignore require-yield
  const requests = (function* (): Generator<Uint8Array> {
    throw new Error("cannot read the file");
  })();
  await assert.rejects(all(client.stream(METHOD, requests)), /cannot read the file/);
});

const head = (...headers: [string, string][]) => encodeHeaders([[":status", "200"], ...headers]);
const GRPC: [string, string] = ["content-type", "application/grpc"];
const answering = (body: (call: ServedCall) => Promise<unknown>) => async (call: ServedCall) => {
  await call.respond();
  await body(call);
  await call.end();
};

/** What a server may do wrong, the error that it is, and words of it. */
const TROUBLES: Readonly<
  Record<string, [(call: ServedCall) => Promise<unknown>, new (...args: never[]) => Error, RegExp]>
> = {
  "an error without an answer": [
    (call) => call.respond({ "grpc-status": "12", "grpc-message": "unknown service" }, { end: true }),
    GrpcError,
    /^unknown service$/,
  ],
  "HTTP 503": [(call) => call.respond({ ":status": "503" }, { end: true }), NotGrpc, /HTTP status 503/],
  "another content type": [
    (call) => call.respond({ "content-type": "text/html" }, { end: true }),
    NotGrpc,
    /content type is "text\/html"/,
  ],
  "no status": [(call) => call.respond({}, { end: true }), NotGrpc, /no gRPC status/],
  "a status of words": [(call) => call.respond({ "grpc-status": "ok" }, { end: true }), NotGrpc, /not a number/],
  "no message": [answering(() => Promise.resolve()), NotGrpc, /has no message/],
  "two messages": [
    answering((call) => call.send(new Uint8Array([...framed(HELLO), ...framed(HELLO)]))),
    NotGrpc,
    /more than one message/,
  ],
  "half a message": [answering((call) => call.send(framed(HELLO, 100))), NotGrpc, /ends within a message/],
  "half a head": [answering((call) => call.send(new Uint8Array(3))), NotGrpc, /ends within a message/],
  "a compressed message": [answering((call) => call.send(framed(HELLO, 5, 1))), NotGrpc, /compressed/],
  "a long message": [answering((call) => call.send(framed([], 17 * MIB))), GrpcTooLong, /more than 16777216 bytes/],
  "a reset": [(call) => call.raw(numberFrame(FRAME.reset, 1, 8)), GrpcBrokenOff, /reset the call \(HTTP\/2 error 8\)/],
  "GOAWAY": [
    (call) => call.raw(frame(FRAME.goAway, 0, 0, new Uint8Array([0, 0, 0, 0, 0, 0, 0, 11]))),
    GrpcBrokenOff,
    /accepts no more calls \(HTTP\/2 error 11\)/,
  ],
  "data before headers": [(call) => call.send(framed(HELLO)), NotGrpc, /data before headers/],
  "headers within the body": [
    async (call) => {
      await call.respond();
      await call.respond();
    },
    NotGrpc,
    /headers within the body/,
  ],
  "more data than it may": [
    async (call) => {
      await call.respond();
      for (let i = 0; i < 65; i++) await call.raw(frame(FRAME.data, 0, 1, new Uint8Array(16_384)));
    },
    NotGrpc,
    /more than one message|more than its window allows/,
  ],
  "a frame that is too long": [
    (call) => call.raw(new Uint8Array([0, 0x40, 1, 0, 0, 0, 0, 0, 1])),
    NotGrpc,
    /a frame of 16385 bytes/,
  ],
  "a promise": [(call) => call.raw(frame(FRAME.pushPromise, 4, 1, new Uint8Array(4))), NotGrpc, /type 5/],
  "padding that is too long": [
    async (call) => {
      await call.respond();
      await call.raw(frame(FRAME.data, FLAG.padded, 1, new Uint8Array([200, 1, 2])));
    },
    NotGrpc,
    /padding/,
  ],
  "headers that go on and on": [
    async (call) => {
      await call.raw(frame(FRAME.headers, 0, 1, head(GRPC)));
      await call.flood(frame(FRAME.continuation, 0, 1, new Uint8Array([0, 1, 97, 1, 98])));
    },
    NotGrpc,
    /headers are longer/,
  ],
  "pings without end": [
    (call) => call.flood(frame(FRAME.ping, 0, 0, new Uint8Array(8))),
    NotGrpc,
    /too many/,
  ],
  "a window of nothing more": [(call) => call.raw(numberFrame(FRAME.windowUpdate, 0, 0)), NotGrpc, /window/],
  "a window that overflows": [
    (call) => call.raw(numberFrame(FRAME.windowUpdate, 1, 2 ** 31 - 1)),
    NotGrpc,
    /window/,
  ],
};

for (const [what, [handle, type, says]] of Object.entries(TROUBLES)) {
  const serve = async (call: ServedCall) => {
    await call.whole();
    await handle(call);
  };
  onBoth(`${what} has its own error`, serve, async (client) => {
    await assert.rejects(client.unary(METHOD, HELLO, { timeoutMs: 30_000 }), (error: unknown) => {
      assert.ok(error instanceof type, `${error}`);
      assert.match(error.message, says);
      return true;
    });
  });
}

onBoth("a refusal that comes before the request is whole is told, and ends the sending", async (call) => {
  await call.respond({ "grpc-status": "7", "grpc-message": "no" }, { end: true });
  await call.raw(numberFrame(FRAME.reset, 1, 0));
}, async (client) => {
  const endless = (function* () {
    while (true) yield new Uint8Array(100_000);
  })();
  await assert.rejects(all(client.stream(METHOD, endless)), { name: "GrpcError", code: 7 });
});

onBoth(
  "answers in odd frames are read: 1xx, padding, continuations, other streams, unknown types, pings",
  async (call) => {
    await call.whole();
    await call.raw(frame(FRAME.headers, FLAG.endHeaders, 1, encodeHeaders([[":status", "103"]])));
    await call.raw(
      frame(FRAME.ping, 0, 0, new Uint8Array(8)),
      frame(99, 255, 7),
      numberFrame(FRAME.windowUpdate, 3, 1),
    );
    const block = head(GRPC);
    await call.raw(
      frame(
        FRAME.headers,
        FLAG.padded | FLAG.priority,
        1,
        new Uint8Array([2, 0, 0, 0, 0, 9, ...block.subarray(0, 4), 0, 0]),
      ),
      frame(FRAME.continuation, FLAG.endHeaders, 1, block.subarray(4)),
      frame(FRAME.goAway, 0, 0, new Uint8Array([127, 255, 255, 255, 0, 0, 0, 0])), // it ends what it has begun
      frame(FRAME.data, FLAG.padded, 1, new Uint8Array([3, ...framed(HELLO), 0, 0, 0])),
    );
    await call.end();
  },
  async (client) => {
    assert.deepEqual(await client.unary(METHOD, HELLO), HELLO);
  },
);

onBoth("an answer of more than the caller takes in all is refused while it is read", async (call) => {
  await call.respond();
  while (!call.gone) await call.send(framed(new Uint8Array(1000)));
}, async (client) => {
  let count = 0;
  await assert.rejects(async () => {
    for await (const _ of client.stream(METHOD, [], { maxAnswer: 100_500 })) count++;
  }, GrpcTooLong);
  assert.equal(count, 100);
});

for (const place of Object.keys(PLACES)) {
  const talking = (talk: (connection: Deno.Conn) => Promise<unknown>, body: Body) =>
    within(place, (listener) => serveConnections(listener, talk), body);
  const read = (connection: Deno.Conn) => connection.read(new Uint8Array(65_536));

  Deno.test(`grpc over ${place}: what is no HTTP/2, or ends in the middle, is told`, async () => {
    const text = (words: string) => new TextEncoder().encode(words);
    for (const said of ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH\r\n".repeat(5), "", "\0\0"]) {
      await talking(async (connection) => {
        await read(connection);
        if (said) await connection.write(text(said));
      }, async (client) => {
        await assert.rejects(client.unary(METHOD, HELLO), { name: "NotGrpc", message: /does not use HTTP\/2/ });
      });
    }
    await talking(async (connection) => {
      await read(connection);
      await connection.write(new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 100, 1])); // settings, and a part of headers
    }, async (client) => {
      await assert.rejects(client.unary(METHOD, HELLO), { name: "GrpcBrokenOff", message: /closed before/ });
    });
  });

  Deno.test(`grpc over ${place}: silence ends at the deadline`, async () => {
    const gone = Promise.withResolvers<void>();
    await talking(async (connection) => {
      while (await read(connection) !== null);
      gone.resolve();
    }, async (client) => {
      await assert.rejects(client.unary(METHOD, HELLO, { timeoutMs: 200 }), {
        name: "GrpcTimeout",
        message: "no answer within 0.2 s",
      });
      await gone.promise;
    });
  });
}

Deno.test("grpc: no socket, nobody who listens, another CA, another name: each has its code", async () => {
  const dir = await Deno.makeTempDir();
  const code = async (target: GrpcTarget) =>
    await grpcClient(target).unary(METHOD, HELLO).then(() => "none", (error) => {
      assert.ok(error instanceof NoConnection, `${error}`);
      return error.code;
    });
  assert.equal(await code({ socket: `${dir}/none` }), "ENOENT");
  Deno.listen({ transport: "unix", path: `${dir}/left` }).close();
  await Deno.writeTextFile(`${dir}/file`, "");
  assert.match(await code({ socket: `${dir}/left` }), /^(ENOENT|ECONNREFUSED)$/); // Deno may take the file away
  assert.equal(await code({ socket: `${dir}/file` }), "ECONNREFUSED");
  await Deno.remove(dir, { recursive: true });
  const { ca: caPem } = certificates;
  assert.equal(await code({ hostname: "127.0.0.1", port: 1, caPem }), "ECONNREFUSED");
  await within("TLS", (listener) => serveHttp2(listener, (call) => call.clientGone()), async (_, target) => {
    if ("socket" in target) throw new Error("it is TLS");
    assert.equal(await code({ ...target, caPem: (await makeCertificates()).ca }), "TLS");
  });
  const { certificate: cert, key, ca } = await makeCertificates("DNS:elsewhere");
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols: ["h2"] });
  const elsewhere = serveHttp2(listener, (call) => call.clientGone());
  assert.equal(await code({ hostname: "127.0.0.1", port: listener.addr.port, caPem: ca }), "TLS");
  await elsewhere.close();
});
