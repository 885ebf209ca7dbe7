/** Frames to the peer, one after another, within its windows. @module */
import { NotGrpc } from "../system/grpc.ts";
import { MAX_FRAME, SETTING } from "./frames.ts";

/** The initial windows of both sides, and the largest window, in bytes. */
export const FIRST_WINDOW = 65_535;
const MAX_WINDOW = 2 ** 31 - 1;
/** The longest frame that is sent, even if the peer accepts longer ones. */
const MAX_SENT = 64 * 1024;
/** Most replies that may wait to be sent. */
const MAX_REPLIES = 1_000;

/** A destination of bytes: it may write fewer bytes than given. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<number>;
}

export class Outgoing {
  readonly #sink: ByteSink;
  #writing: Promise<unknown> = Promise.resolve();
  #replies = 0;
  /** How much may be sent: of the connection, and of the stream, which new settings may make negative. */
  #sendable = { connection: FIRST_WINDOW, stream: FIRST_WINDOW };
  #peer = { window: FIRST_WINDOW, frame: MAX_FRAME };

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Writes frames, after pending writes. */
  put(...frames: Uint8Array[]): Promise<void> {
    const written = this.#writing.then(async () => {
      for (const bytes of frames) {
        for (let at = 0; at < bytes.length;) at += await this.#sink.write(bytes.subarray(at));
      }
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Writes a reply without waiting: a peer that does not read could also wait for us. @throws {NotGrpc} */
  reply(...frames: Uint8Array[]): void {
    if (++this.#replies > MAX_REPLIES) throw new NotGrpc("it requests too many replies and does not read them");
    this.put(...frames).catch(() => undefined).finally(() => this.#replies--);
  }

  /** How many bytes of data may be sent now, in one frame; they count as sent. */
  take(wanted: number): number {
    const size = Math.max(0, Math.min(this.#sendable.connection, this.#sendable.stream, this.#peer.frame, wanted));
    this.#sendable.connection -= size;
    this.#sendable.stream -= size;
    return size;
  }

  /** The peer has room for more, on the stream or the connection. @throws {NotGrpc} */
  widen(which: "stream" | "connection", more: number): void {
    this.#sendable[which] += more;
    if (more === 0 || this.#sendable[which] > MAX_WINDOW) throw new NotGrpc("it changes its window as HTTP/2 forbids");
  }

  /** Applies a setting of the peer that limits sending. @throws {NotGrpc} */
  set(id: number, value: number): void {
    if (id === SETTING.initialWindowSize) {
      if (value > MAX_WINDOW) throw new NotGrpc("its window is larger than HTTP/2 allows");
      this.#sendable.stream += value - this.#peer.window;
      this.#peer.window = value;
    } else if (id === SETTING.maxFrameSize) {
      if (value < MAX_FRAME || value >= 2 ** 24) throw new NotGrpc("its frames have a size that HTTP/2 does not allow");
      this.#peer.frame = Math.min(value, MAX_SENT);
    }
  }
}
