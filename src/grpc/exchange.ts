/**
 * One request and its answer over HTTP/2 (RFC 9113), on its own connection: stream 1 only. Data read ahead of the caller
 * never exceeds the window of the peer; data to send waits for the peer's window.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { GrpcBrokenOff, NoConnection, NotGrpc } from "../system/grpc.ts";
import {
  type ByteSource,
  FLAG,
  FRAME,
  type Frame,
  frame,
  FrameReader,
  numberFrame,
  PREFACE,
  SETTING,
  settingsFrame,
} from "./frames.ts";
import { encodeHeaders, type HeaderList } from "./hpack.ts";
import { type ByteSink, FIRST_WINDOW, Outgoing } from "./outgoing.ts";
import { headersIn, numberIn, settingsIn, unpadded } from "./payloads.ts";

/** A connection. */
export interface ByteStream extends ByteSource, ByteSink {
  close(): void;
}

/** How much the peer may send ahead of the caller, in bytes. */
export const WINDOW = 1024 * 1024;
/** Chunks are kept together up to this length, in bytes. */
const SHORT = 4096;
/** Longest header block, in bytes, and of how many frames. */
const MAX_BLOCK = 64 * 1024;
const MAX_CONTINUATIONS = 16;
/** Most consecutive frames without progress of the answer. */
const MAX_IDLE = 10_000;

const NO_HTTP2 = "it does not use HTTP/2";
const STREAM = 1;

export class Exchange {
  readonly #connection: ByteStream;
  readonly #reader: FrameReader;
  readonly #receiving: Promise<void>;
  readonly #outgoing: Outgoing;
  /** How much the peer may still send, and how much was consumed since the last window update. */
  #receivable = WINDOW;
  #taken = 0;
  #chunks: Uint8Array[] = [];
  #headers: HeaderList | undefined;
  #trailers: HeaderList | undefined;
  #failure: { error: unknown } | undefined;
  #waiting: (() => void)[] = [];

  /** Sends the head of the request; the body goes by `write` and `end`. */
  constructor(connection: ByteStream, headers: HeaderList) {
    this.#connection = connection;
    this.#reader = new FrameReader(connection);
    this.#outgoing = new Outgoing(connection);
    this.#outgoing.put(
      PREFACE,
      settingsFrame([[SETTING.headerTableSize, 0], [SETTING.enablePush, 0], [SETTING.initialWindowSize, WINDOW]]),
      numberFrame(FRAME.windowUpdate, 0, WINDOW - FIRST_WINDOW),
      frame(FRAME.headers, FLAG.endHeaders, STREAM, encodeHeaders(headers)),
    ).catch(() => undefined); // reading reports the error
    this.#receiving = this.#receive().catch((error) => this.#end(error)).finally(() => this.#wake());
  }

  /** The head of the answer. @throws {NotGrpc | GrpcBrokenOff} or what `fail` was given; so does all else here. */
  async headers(): Promise<HeaderList> {
    while (this.#headers === undefined) await this.#change();
    return this.#headers;
  }

  /** The next part of the body; undefined at its end. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && this.#trailers === undefined) await this.#change();
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) this.#take(chunk.length);
    return chunk;
  }

  /** The trailers, after the end of the body; an answer without a body has only its head. */
  get trailers(): HeaderList {
    return this.#trailers ?? [];
  }

  /** Sends a part of the body as the peer's window allows; false when the answer is already complete. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length;) {
      if (this.#trailers !== undefined) return false;
      const size = this.#outgoing.take(bytes.length - at);
      if (size === 0) {
        await this.#change();
        continue;
      }
      if (!await this.#send(frame(FRAME.data, 0, STREAM, bytes.subarray(at, at + size)))) return false;
      at += size;
    }
    return true;
  }

  /** The body of the request has ended. */
  async end(): Promise<void> {
    if (this.#trailers === undefined) await this.#send(frame(FRAME.data, FLAG.end, STREAM));
  }

  /** Ends the exchange with an error, for all waiting calls; unread data is lost. */
  fail(error: unknown): void {
    this.#chunks = [];
    this.#end(error);
    this.#wake();
  }

  /** Closes the connection, also during the exchange. */
  async close(): Promise<void> {
    this.fail(new GrpcBrokenOff("the call is over"));
    await this.#receiving;
  }

  #end(error: unknown): void {
    this.#failure ??= { error };
    try {
      this.#connection.close();
    } catch { // it is closed
    }
  }

  /** Waits until something has happened. */
  async #change(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Writes a frame of the request; when that fails, reading reports why. False: the answer is complete. */
  async #send(bytes: Uint8Array): Promise<boolean> {
    try {
      await this.#outgoing.put(bytes);
      return true;
    } catch {
      await this.#receiving;
      if (this.#trailers !== undefined) return false;
      throw this.#failure?.error;
    }
  }

  /** This many bytes were consumed: the peer may send as many more. */
  #take(size: number): void {
    this.#taken += size;
    if (this.#taken < WINDOW / 2 || this.#trailers !== undefined) return;
    this.#receivable += this.#taken;
    const updates = [STREAM, 0].map((stream) => numberFrame(FRAME.windowUpdate, stream, this.#taken));
    this.#taken = 0;
    this.#outgoing.put(...updates).catch(() => undefined);
  }

  async #receive(): Promise<void> {
    for (let first = true, idle = 0; this.#trailers === undefined; first = false) {
      const next = await this.#next(first);
      const progress = await this.#handle(next);
      idle = progress ? 0 : idle + 1;
      if (idle > MAX_IDLE) throw new NotGrpc("it sends too many frames without an answer");
      this.#wake();
    }
  }

  /** The next frame; the first one must be the peer's settings. */
  async #next(first: boolean): Promise<Frame> {
    let next: Frame | undefined;
    let cause: unknown;
    try {
      next = await this.#reader.next();
    } catch (error) {
      if (error instanceof RangeError) {
        throw new NotGrpc(first ? NO_HTTP2 : `it sends ${error.message}`, { cause: error });
      }
      if (first && /fatal alert/.test(String(error))) throw new NoConnection("TLS", error); // it rejects our certificate
      cause = error;
    }
    if (next === undefined) {
      if (first) throw new NotGrpc("the connection was closed, or does not use HTTP/2", { cause });
      throw new GrpcBrokenOff("the connection was closed before the answer was complete", { cause });
    }
    if (first && (next.type !== FRAME.settings || next.flags & FLAG.ack)) throw new NotGrpc(NO_HTTP2);
    return next;
  }

  /** Handles a frame; whether it was a part of the answer. */
  async #handle(next: Frame): Promise<boolean> {
    const { type, flags, stream, payload } = next;
    const ours = stream === STREAM;
    if (type === FRAME.data && ours) return this.#data(next);
    if (type === FRAME.headers && ours) return await this.#head(next);
    if (type === FRAME.reset && ours && payload.length === 4) {
      throw new GrpcBrokenOff(`the server reset the call (HTTP/2 error ${numberIn(payload)})`);
    }
    if (type === FRAME.goAway && stream === 0 && payload.length >= 8) {
      if (numberIn(payload) >= STREAM) return false; // it completes this call
      throw new GrpcBrokenOff(`the server accepts no more calls (HTTP/2 error ${numberIn(payload.subarray(4))})`);
    }
    if (type === FRAME.settings && stream === 0) this.#settings(next);
    else if (type === FRAME.windowUpdate && payload.length === 4) {
      if (stream <= STREAM) this.#outgoing.widen(ours ? "stream" : "connection", numberIn(payload));
    } else if (type === FRAME.ping && stream === 0 && payload.length === 8) {
      if (!(flags & FLAG.ack)) this.#outgoing.reply(frame(FRAME.ping, FLAG.ack, 0, payload));
    } else if (type <= FRAME.continuation && type !== FRAME.priority && !(type === FRAME.reset && stream !== 0)) {
      throw new NotGrpc(`it sends a frame that HTTP/2 does not allow here (type ${type})`);
    }
    return false;
  }

  #data(next: Frame): boolean {
    if (this.#headers === undefined) throw new NotGrpc("it sends data before headers");
    this.#receivable -= next.payload.length;
    if (this.#receivable < 0) throw new NotGrpc("it sends more than its window allows");
    const chunk = unpadded(next);
    this.#take(next.payload.length - chunk.length);
    if (chunk.length > 0) this.#keep(chunk);
    if (next.flags & FLAG.end) this.#trailers = [];
    return chunk.length > 0;
  }

  /** Keeps a chunk until it is read; short chunks are joined, because each has a cost that no window counts. */
  #keep(chunk: Uint8Array): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length + chunk.length > SHORT) this.#chunks.push(chunk);
    else this.#chunks[this.#chunks.length - 1] = concat([last, chunk]);
  }

  /** A header block with its continuations: the head of the answer, or its trailers. */
  async #head(next: Frame): Promise<boolean> {
    const parts = [unpadded(next).subarray(next.flags & FLAG.priority ? 5 : 0)];
    let size = parts[0]!.length;
    for (let last = next, frames = 0; !(last.flags & FLAG.endHeaders); frames++) {
      last = await this.#next(false);
      size += last.payload.length;
      if (last.type !== FRAME.continuation || last.stream !== STREAM) throw new NotGrpc("a header block is incomplete");
      if (size > MAX_BLOCK || frames > MAX_CONTINUATIONS) {
        throw new NotGrpc(`the headers are longer than ${MAX_BLOCK} bytes`);
      }
      parts.push(last.payload);
    }
    const headers = headersIn(parts);
    const ended = (next.flags & FLAG.end) !== 0;
    if (this.#headers === undefined && !ended && headers.some(([name, value]) => name === ":status" && value < "200")) {
      return false; // 1xx: the final head follows
    }
    if (this.#headers !== undefined && !ended) throw new NotGrpc("it sends headers within the body");
    this.#headers ??= headers;
    if (ended) this.#trailers = headers;
    return true;
  }

  #settings({ flags, payload }: Frame): void {
    if (flags & FLAG.ack) return;
    for (const [id, value] of settingsIn(payload)) this.#outgoing.set(id, value);
    this.#outgoing.reply(frame(FRAME.settings, FLAG.ack, 0));
  }
}
