import assert from "node:assert/strict";
import { Exchange, WINDOW } from "./exchange.ts";
import { FLAG, FRAME, frame } from "./frames.ts";
import { encodeHeaders } from "./hpack.ts";

/** A connection that says these bytes and then nothing more; `silent` is resolved when they were read. */
function saying(...parts: Uint8Array[]) {
  const silent = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<null>();
  let written = 0;
  return {
    silent: silent.promise,
    closed: closed.promise,
    written: () => written,
    read(buffer: Uint8Array): Promise<number | null> {
      const part = parts.shift();
      if (part === undefined) silent.resolve();
      if (part === undefined) return closed.promise;
      if (part.length > buffer.length) parts.unshift(part.subarray(buffer.length));
      const size = Math.min(part.length, buffer.length);
      buffer.set(part.subarray(0, size));
      return Promise.resolve(size);
    },
    write(bytes: Uint8Array): Promise<number> {
      written += bytes.length;
      return Promise.resolve(bytes.length);
    },
    close: () => closed.resolve(null),
  };
}

const HEAD = [
  frame(FRAME.settings, 0, 0),
  frame(FRAME.headers, FLAG.endHeaders, 1, encodeHeaders([[":status", "200"]])),
];

Deno.test("exchange: short frames are kept together, so that a full window of them takes little more than its bytes", async () => {
  const byte = frame(FRAME.data, 0, 1, new Uint8Array([7]));
  const bytes = new Uint8Array(byte.length * 50_000);
  for (let i = 0; i < 50_000; i++) bytes.set(byte, i * byte.length);
  const connection = saying(...HEAD, bytes);
  const exchange = new Exchange(connection, []);
  await connection.silent;
  let [chunks, size] = [0, 0];
  for (; size < 50_000; chunks++) size += (await exchange.read())!.length;
  assert.ok(chunks <= 50_000 / 4096 + 1, `${chunks} chunks`);
  await exchange.close();
});

Deno.test("exchange: the window is opened again only by what the caller takes", async () => {
  const data = frame(FRAME.data, 0, 1, new Uint8Array(16_384));
  const connection = saying(...HEAD, ...Array.from({ length: WINDOW / 16_384 }, () => data));
  const exchange = new Exchange(connection, []);
  await connection.silent;
  const before = connection.written();
  for (let taken = 0; taken + 16_384 < WINDOW / 2;) taken += (await exchange.read())!.length;
  assert.equal(connection.written(), before);
  await exchange.read();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(connection.written(), before + 2 * 13); // two WINDOW_UPDATEs
  await exchange.close();
});

Deno.test("exchange: one byte more than the window ends it", async () => {
  const data = frame(FRAME.data, 0, 1, new Uint8Array(16_384));
  const parts = Array.from({ length: WINDOW / 16_384 }, () => data);
  const connection = saying(...HEAD, ...parts, frame(FRAME.data, 0, 1, new Uint8Array(1)));
  const exchange = new Exchange(connection, []);
  await connection.closed;
  await assert.rejects(async () => {
    while (await exchange.read() !== undefined);
  }, { name: "NotGrpc", message: "it sends more than its window allows" });
  await exchange.close();
});
