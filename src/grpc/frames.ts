/**
 * Frames of HTTP/2 (RFC 9113, 4 and 6).
 * @module
 */

/** Types of frames. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames; `end` is END_STREAM, and `ack` the same bit of SETTINGS and PING. */
export const FLAG = { end: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Settings by number. */
export const SETTING = { headerTableSize: 1, enablePush: 2, initialWindowSize: 4, maxFrameSize: 5 } as const;

/** The first bytes of a client. */
export const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** Longest payload that a peer may send, and the least that it must accept: the default before settings. */
export const MAX_FRAME = 16_384;
/** Bytes before a payload: its length (3), type, flags, and stream (4). */
const HEAD = 9;

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Uint8Array;
}

/** A frame as bytes. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(HEAD + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length << 8 | type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  bytes.set(payload, HEAD);
  return bytes;
}

/** A SETTINGS frame. */
export function settingsFrame(settings: readonly (readonly [number, number])[]): Uint8Array {
  const payload = new DataView(new ArrayBuffer(6 * settings.length));
  settings.forEach(([id, value], i) => {
    payload.setUint16(6 * i, id);
    payload.setUint32(6 * i + 2, value);
  });
  return frame(FRAME.settings, 0, 0, new Uint8Array(payload.buffer));
}

/** A frame whose payload is one number of 32 bits: WINDOW_UPDATE, RST_STREAM. */
export function numberFrame(type: number, stream: number, value: number): Uint8Array {
  const payload = new DataView(new ArrayBuffer(4));
  payload.setUint32(0, value);
  return frame(type, 0, stream, new Uint8Array(payload.buffer));
}

/** The source of frames. */
export interface ByteSource {
  /** Fills the buffer and returns the number of bytes; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** How much is read at once, in bytes. */
const BLOCK = 65_536;

/** Reads frames, one after another. Payloads are views of the blocks read and stay valid: no block is used twice. */
export class FrameReader {
  readonly #source: ByteSource;
  #block = new Uint8Array(BLOCK);
  #start = 0;
  #end = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * The next frame; undefined at the end of the source, also when it ends within a frame.
   * @throws {RangeError} when the frame is too long.
   */
  async next(): Promise<Frame | undefined> {
    if (!await this.#have(HEAD)) return undefined;
    const view = new DataView(this.#block.buffer, this.#start, HEAD);
    const first = view.getUint32(0);
    const length = first >>> 8;
    if (length > MAX_FRAME) throw new RangeError(`a frame of ${length} bytes`);
    const [type, flags, stream] = [first & 255, view.getUint8(4), view.getUint32(5) & 0x7fffffff];
    if (!await this.#have(HEAD + length)) return undefined;
    const payload = this.#block.subarray(this.#start + HEAD, this.#start + HEAD + length);
    this.#start += HEAD + length;
    return { type, flags, stream, payload };
  }

  /** Reads until this many bytes are available; false at the end of the source. */
  async #have(size: number): Promise<boolean> {
    while (this.#end - this.#start < size) {
      if (this.#start + size > this.#block.length) { // the rest of the block is too short for it
        const rest = this.#block.subarray(this.#start, this.#end);
        this.#block = new Uint8Array(BLOCK);
        this.#block.set(rest);
        [this.#start, this.#end] = [0, rest.length];
      }
      const read = await this.#source.read(this.#block.subarray(this.#end));
      if (read === null) return false;
      this.#end += read;
    }
    return true;
  }
}
