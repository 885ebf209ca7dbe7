/**
 * A stream in pieces of one length, all in one buffer: however long it is, nothing of it is garbage.
 * @module
 */

/** Length of a piece, in bytes: of servers come some kilobytes at a time, and each write is a call of the kernel. */
export const PIECE_BYTES = 256 << 10;

/**
 * The stream's bytes; every piece but the last one has PIECE_BYTES. A piece is good until the next one is asked for.
 * Whoever stops early cancels the stream.
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
        if (value === undefined) break; // it was cancelled from elsewhere, and the buffer is gone
        buffer = value.buffer;
        filled += value.length;
      }
      if (filled > 0) yield new Uint8Array(buffer, 0, filled);
    }
  } catch (error) {
    ended = true; // it has failed: there is nothing to cancel
    throw error;
  } finally {
    if (!ended) await reader.cancel();
  }
}

/** A reader that is given the buffer; what another kind of stream gives is copied into it. */
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
