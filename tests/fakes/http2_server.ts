/**
 * A server of HTTP/2 for tests, of one call a connection, which does what the test says, frame by frame. Deno 2.6's own
 * (`node:http2`) loses headers and ends the process when a peer breaks off.
 * @module
 */
import { FLAG, FRAME, type Frame, frame, FrameReader, numberFrame, PREFACE, SETTING } from "../../src/grpc/frames.ts";
import { decodeHeaders, encodeHeaders, type HeaderList } from "../../src/grpc/hpack.ts";

/** A message of gRPC behind its head, or fewer bytes than the head says. */
export function framed(bytes: Uint8Array | readonly number[], length = bytes.length, flag = 0): Uint8Array {
  const all = new Uint8Array([flag, 0, 0, 0, 0, ...bytes]);
  new DataView(all.buffer).setUint32(1, length);
  return all;
}

/** One call, as the server sees it. */
export class ServedCall {
  headers: HeaderList = [];
  /** Bytes of data that were sent. */
  sent = 0;
  /** The error code of the client's RST_STREAM. */
  reset: number | undefined;
  gone = false;
  readonly #connection: Deno.Conn;
  #chunks: Uint8Array[] = [];
  #ended = false;
  #waiting: (() => void)[] = [];
  #window = { connection: 65_535, stream: 65_535, first: 65_535 };
  #writing: Promise<unknown> = Promise.resolve();

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  header(name: string): string | undefined {
    return this.headers.find(([key]) => key === name)?.[1];
  }

  /** The body of the request, in parts; only what was taken makes room for more. */
  async *body(): AsyncGenerator<Uint8Array, void> {
    while (true) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        await this.raw(
          numberFrame(FRAME.windowUpdate, 1, chunk.length),
          numberFrame(FRAME.windowUpdate, 0, chunk.length),
        );
        yield chunk;
      } else if (this.#ended || this.gone) return;
      else await this.change();
    }
  }

  /** All of the body. */
  async whole(): Promise<Uint8Array> {
    return await new Response(ReadableStream.from(this.body())).bytes();
  }

  async respond(headers: Record<string, string> = {}, { end = false } = {}): Promise<void> {
    const list = Object.entries({ ":status": "200", "content-type": "application/grpc", ...headers });
    await this.raw(frame(FRAME.headers, FLAG.endHeaders | (end ? FLAG.end : 0), 1, encodeHeaders(list)));
  }

  /** Sends data, as the client has room for it. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.gone;) {
      const size = Math.min(16_384, bytes.length - at, this.#window.connection, this.#window.stream);
      if (size <= 0) await this.change();
      else {
        this.#window.connection -= size;
        this.#window.stream -= size;
        this.sent += size;
        await this.raw(frame(FRAME.data, 0, 1, bytes.subarray(at, at + size)));
        at += size;
      }
    }
  }

  /** Ends the answer by its trailers. */
  async end(trailers: Record<string, string> = { "grpc-status": "0" }): Promise<void> {
    await this.raw(frame(FRAME.headers, FLAG.endHeaders | FLAG.end, 1, encodeHeaders(Object.entries(trailers))));
  }

  /** Sends bytes as they are; nothing happens when the client has gone. */
  async raw(...parts: Uint8Array[]): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      for (const bytes of parts) {
        for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
      }
    }).catch(() => void (this.gone = true));
    await this.#writing;
  }

  /** Sends bytes until the client has gone. */
  async flood(bytes: Uint8Array): Promise<void> {
    while (!this.gone) await this.raw(bytes);
  }

  /** Waits until the client has done something. */
  async change(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Waits until the client has gone. */
  async clientGone(): Promise<void> {
    while (!this.gone) await this.change();
  }

  hangUp(): void {
    this.gone = true;
    this.wake();
  }

  wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Takes what the client says. */
  async take({ type, flags, payload, stream }: Frame): Promise<void> {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (type === FRAME.headers) this.headers = decodeHeaders(payload);
    if (type === FRAME.data && payload.length > 0) this.#chunks.push(payload);
    if (type === FRAME.data && flags & FLAG.end) this.#ended = true;
    if (type === FRAME.reset) this.reset = view.getUint32(0);
    if (type === FRAME.windowUpdate) this.#window[stream === 0 ? "connection" : "stream"] += view.getUint32(0);
    if (type === FRAME.settings && !(flags & FLAG.ack)) {
      for (let at = 0; at < payload.length; at += 6) {
        if (view.getUint16(at) === SETTING.initialWindowSize) this.#window.stream = view.getUint32(at + 2);
      }
      await this.raw(frame(FRAME.settings, FLAG.ack, 0));
    }
    this.wake();
  }
}

/** A server that listens until it is closed. */
export interface Served {
  close(): Promise<void>;
}

/** Serves each connection in its own way; it is closed when that has come to its end, and all are with the server. */
export function serveConnections(listener: Deno.Listener, talk: (connection: Deno.Conn) => Promise<unknown>): Served {
  const open = new Map<Deno.Conn, Promise<unknown>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const talking = talk(connection).catch(() => undefined).finally(() => {
        close(connection);
        open.delete(connection);
      });
      open.set(connection, talking);
    }
  })().catch(() => undefined);
  return {
    async close() {
      close(listener);
      await accepting;
      for (const connection of open.keys()) close(connection);
      await Promise.all(open.values());
    },
  };
}

/** Serves calls of HTTP/2. A call is handled as soon as its headers are there. */
export function serveHttp2(listener: Deno.Listener, handle: (call: ServedCall) => Promise<unknown>): Served {
  return serveConnections(listener, async (connection) => {
    for (let left = PREFACE.length; left > 0;) left -= await connection.read(new Uint8Array(left)) ?? left;
    const call = new ServedCall(connection);
    const reader = new FrameReader(connection);
    await call.raw(frame(FRAME.settings, 0, 0));
    let handled: Promise<unknown> | undefined;
    try {
      while (true) {
        const next = await reader.next();
        if (next === undefined) return;
        await call.take(next);
        if (next.type === FRAME.headers) {
          handled = handle(call).catch((error) => console.error("the test's server:", error));
        }
      }
    } finally {
      call.hangUp();
      await handled;
    }
  });
}

function close(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // closed already
  }
}
