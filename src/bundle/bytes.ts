/**
 * A stream read in the lengths that a format asks for.
 * @module
 */

/** Reads a stream from its first byte to its last, without holding more than one piece of it. */
export interface ByteSource {
  /** Bytes read so far. */
  readonly position: number;
  /** The next `length` bytes; fewer only at the end of the stream. For short records. */
  take(length: number): Promise<Uint8Array>;
  /** The next `length` bytes in pieces, each valid until the next one is asked for; fewer only at the end of the stream. */
  pieces(length: number): AsyncGenerator<Uint8Array, void>;
  /** Passes over `length` bytes, or up to the end of the stream. */
  skip(length: number): Promise<void>;
  /** Stops reading. */
  cancel(): Promise<void>;
}

/** Reads `stream`, which must give pieces that stay valid until the next one is read. */
export function byteSource(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = stream.getReader();
  let piece = new Uint8Array();
  let position = 0;
  /** Up to `length` bytes of the current piece; an empty one at the end of the stream. */
  const next = async (length: number): Promise<Uint8Array> => {
    while (piece.length === 0) {
      const { value, done } = await reader.read();
      if (done) return piece;
      piece = value as Uint8Array<ArrayBuffer>;
    }
    const part = piece.subarray(0, length);
    piece = piece.subarray(part.length);
    position += part.length;
    return part;
  };
  async function* pieces(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0;) {
      const part = await next(left);
      if (part.length === 0) return;
      left -= part.length;
      yield part;
    }
  }
  return {
    get position() {
      return position;
    },
    pieces,
    async take(length) {
      const first = await next(length);
      if (first.length === length || first.length === 0) return first;
      const whole = new Uint8Array(length);
      whole.set(first);
      let filled = first.length;
      for await (const part of pieces(length - filled)) {
        whole.set(part, filled);
        filled += part.length;
      }
      return whole.subarray(0, filled);
    },
    async skip(length) {
      for await (const _ of pieces(length));
    },
    cancel: () => reader.cancel(),
  };
}
