/** Streams of every kind in pieces of one length. @module */
import assert from "node:assert/strict";
import { PIECE_BYTES, pieces } from "./pieces.ts";

/** Bytes that tell where they are. */
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

/** Streams that give the bytes, `step` at a time. */
const STREAMS: Readonly<Record<string, (bytes: Uint8Array, step: number) => ReadableStream<Uint8Array>>> = {
  "of bytes": (bytes, step) => {
    let at = 0;
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        if (at < bytes.length) return controller.enqueue(bytes.slice(at, at += step));
        controller.close();
        controller.byobRequest?.respond(0);
      },
    });
  },
  "of anything, with empty ones between": (bytes, step) => {
    let at = 0;
    let empty = false;
    return new ReadableStream({
      pull(controller) {
        if ((empty = !empty)) controller.enqueue(new Uint8Array());
        else if (at < bytes.length) controller.enqueue(bytes.subarray(at, at += step));
        else controller.close();
      },
    });
  },
};

for (const [kind, streamOf] of Object.entries(STREAMS)) {
  for (const step of [4_096, PIECE_BYTES, 1_000_003]) {
    Deno.test(`pieces: a stream ${kind}, ${step} bytes at a time: all full but the last`, async () => {
      for (const length of [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES]) {
        const bytes = bytesOf(length);
        const got = new Uint8Array(length);
        const lengths: number[] = [];
        let at = 0;
        for await (const piece of pieces(streamOf(bytes, step))) {
          lengths.push(piece.length);
          got.set(piece, at);
          at += piece.length;
        }
        assert.deepEqual(lengths.slice(0, -1), lengths.slice(1).map(() => PIECE_BYTES));
        assert.equal(lengths.length, Math.ceil(length / PIECE_BYTES));
        assert.ok(got.every((byte, i) => byte === bytes[i]) && at === length);
      }
    });
  }

  Deno.test(`pieces: a stream ${kind}: the source's own bytes stay its own`, async () => {
    const bytes = bytesOf(10);
    for await (const piece of pieces(streamOf(bytes, 10))) piece.fill(0);
    assert.deepEqual(bytes, bytesOf(10));
  });
}

for (const type of ["bytes", undefined]) {
  const source = (own: UnderlyingDefaultSource<Uint8Array>) =>
    new ReadableStream({ ...own, type } as UnderlyingDefaultSource<Uint8Array>);
  const endless = (controller: ReadableStreamDefaultController<Uint8Array>) => controller.enqueue(new Uint8Array(1000));

  Deno.test(`pieces: who stops early cancels the stream (type ${type})`, async () => {
    let cancelled = 0;
    for await (const piece of pieces(source({ pull: endless, cancel: () => void cancelled++ }))) {
      assert.equal(piece.length, PIECE_BYTES);
      break;
    }
    assert.equal(cancelled, 1);
  });

  Deno.test(`pieces: what the stream throws is thrown (type ${type})`, async () => {
    let times = 0;
    const broken = source({
      pull: (controller) => times++ < 300 ? endless(controller) : controller.error(new Error("broken off")),
    });
    let got = 0;
    await assert.rejects(async () => {
      for await (const piece of pieces(broken)) got += piece.length;
    }, /^Error: broken off$/);
    assert.equal(got, PIECE_BYTES);
  });
}
