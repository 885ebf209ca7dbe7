/**
 * A stream in pieces of one length, all in one buffer: a long stream creates no garbage.
 * @module
 */

/** Length of a piece, in bytes: servers send some kilobytes at a time, and each write is a system call. */
export const PIECE_BYTES = 256 << 10;

/**
 * The stream's bytes; every piece but the last one has PIECE_BYTES. A piece is valid until the next one is requested.
 * Stopping early cancels the stream.
 * @throws what the stream throws.
 */
export async function* pieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = byteReader(stream);
  let buffer = new ArrayBuffer(PIECE_BYTES);
  let ended = false;
  try {
    while (!ended) {
      let filled = 0;
      while (filled < PIECE_BYTES && !ended) {
        const { value, done } = await reader.read(new Uint8Array(buffer, filled));
        ended = done;
        if (value === undefined) break; // cancelled from outside, and the buffer is detached
        buffer = value.buffer;
        filled += value.length;
      }
      if (filled > 0) yield new Uint8Array(buffer, 0, filled);
    }
  } catch (error) {
    ended = true; // a failed stream needs no cancel
    throw error;
  } finally {
    if (!ended) await reader.cancel();
  }
}

/** A reader that fills the given buffer; data of other kinds of streams is copied into it. */
function byteReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader {
  try {
    return stream.getReader({ mode: "byob" });
  } catch (error) {
    if (stream.locked || !(error instanceof TypeError)) throw error;
  }
  const source = stream.getReader();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      let piece: ReadableStreamReadResult<Uint8Array>;
      do piece = await source.read(); while (!piece.done && piece.value.length === 0);
      if (!piece.done) return controller.enqueue(piece.value.slice());
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: (reason) => source.cancel(reason),
  }).getReader({ mode: "byob" });
}
