/** What may come instead of TLS, and instead of HTTP/2 behind it. @module */
import { bytesOf, flood, pause, send, type Talk, trickle } from "./server.ts";
import type { Mode } from "./http_modes.ts";

const record = (type: number, bytes: readonly number[], length = bytes.length) =>
  new Uint8Array([type, 3, 3, length >> 8, length & 255, ...bytes]);

/** Reads the ClientHello first. */
const after = (talk: Talk): Talk => async (connection, path) => {
  await connection.read(new Uint8Array(4096));
  return await talk(connection, path);
};

/** Peers that never finish a handshake. */
export function tlsModes(): Mode[] {
  const modes: Record<string, Talk> = {
    "a reset before the handshake": () => pause(30),
    "the end before the handshake": after(() => Promise.resolve()),
    "silence before the handshake": () => pause(60_000),
    "half a close before the handshake": after(async (connection) => {
      await connection.closeWrite();
      await pause(60_000);
    }),
    ...Object.fromEntries(
      [0, 10, 40, 42, 46, 48, 70, 71, 80, 86, 90, 109, 112, 116, 120, 255].map((description) => [
        `alert ${description}`,
        after((connection) => send(connection, record(21, [2, description]))),
      ]),
    ),
    "warnings without end": after((connection) => flood(connection, record(21, [1, 90]))),
    "half a record": after((connection) => send(connection, record(22, [2, 0, 0, 1], 100))),
    "a record of 64 KiB": after((connection) =>
      send(connection, record(22, Array.from({ length: 1000 }, () => 2), 65535))
    ),
    "a ServerHello of nonsense": after((connection) => send(connection, record(22, [2, 0, 0, 2, 1, 1]))),
    "handshakes of 16 MiB": after((connection) =>
      flood(connection, record(22, [11, 255, 255, 255, ...Array(900).fill(0)]))
    ),
    "application data at once": after((connection) => send(connection, record(23, [1, 2, 3]))),
    "a handshake, slowly": after((connection) => trickle(connection, "\x16\x03\x03\x00\x64".repeat(100))),
    "plain HTTP": after((connection) => send(connection, "HTTP/1.1 400 Bad Request\r\n\r\nClient sent HTTP")),
    "SSH": (connection) => send(connection, "SSH-2.0-OpenSSH_9.2\r\n"),
    "nonsense without end": (connection) => flood(connection, "nonsense".repeat(8192)),
  };
  return Object.entries(modes).map(([name, talk]) => ({ name, talk }));
}

function frame(type: number, flags: number, stream: number, bytes: Uint8Array | readonly number[] = []): Uint8Array {
  const length = bytes.length;
  return new Uint8Array([length >> 16, length >> 8 & 255, length & 255, type, flags, 0, 0, 0, stream, ...bytes]);
}

const together = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
const SETTINGS = frame(4, 0, 0);
/** `:status: 200` by HPACK's static table. */
const HEADERS = frame(1, 4, 1, [0x88]);

/** Servers of HTTP/2, to which a client came that speaks it. */
export function http2Modes(): Mode[] {
  const begun = (talk: Talk): Talk => async (connection, path) => {
    await connection.read(new Uint8Array(4096));
    await send(connection, SETTINGS);
    return await talk(connection, path);
  };
  const sent = (...parts: Uint8Array[]): Talk =>
    begun(async (connection) => {
      await send(connection, together(...parts));
      await pause(60_000);
    });
  const modes: Record<string, Talk> = {
    "HTTP/1.1 where HTTP/2 was agreed": begun((connection) => send(connection, "HTTP/1.1 200 OK\r\n\r\n{}")),
    "HTTP/2: silence after the settings": sent(),
    "HTTP/2: the end after the settings": begun(() => Promise.resolve()),
    "HTTP/2: goes away": sent(frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 2])),
    "HTTP/2: resets the stream": sent(frame(3, 0, 1, [0, 0, 0, 8])),
    "HTTP/2: refuses the stream": sent(frame(3, 0, 1, [0, 0, 0, 7])),
    "HTTP/2: a frame of 16 MiB": sent(new Uint8Array([255, 255, 255, 0, 0, 0, 0, 0, 1])),
    "HTTP/2: data before headers": sent(frame(0, 0, 1, bytesOf("{}"))),
    "HTTP/2: no end of the stream": sent(HEADERS, frame(0, 0, 1, bytesOf("{}"))),
    "HTTP/2: data without end": begun(async (connection) => {
      await send(connection, HEADERS);
      return await flood(connection, frame(0, 0, 1, new Uint8Array(16384).fill(0x20)));
    }),
    "HTTP/2: settings without end": begun((connection) => flood(connection, SETTINGS)),
    "HTTP/2: pings without end": begun((connection) => flood(connection, frame(6, 0, 0, new Uint8Array(8)))),
    "HTTP/2: continuations without end": begun(async (connection) => {
      await send(connection, frame(1, 0, 1, [0x88]));
      return await flood(connection, frame(9, 0, 1, bytesOf("\x00\x01a\x01b".repeat(100))));
    }),
    "HTTP/2: headers that are no HPACK": sent(frame(1, 5, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
    "HTTP/2: a window that is passed": sent(frame(8, 0, 0, [127, 255, 255, 255]), frame(8, 0, 0, [127, 255, 255, 255])),
    "HTTP/2: a push": sent(frame(5, 4, 1, [0, 0, 0, 2, 0x88])),
    "HTTP/2: nonsense": begun((connection) => flood(connection, "nonsense".repeat(1000))),
  };
  return Object.entries(modes).map(([name, talk]) => ({ name, talk }));
}
