/** The payloads of a peer's frames. @module */
import { concat } from "@std/bytes/concat";
import { NotGrpc } from "../system/grpc.ts";
import { FLAG, type Frame } from "./frames.ts";
import { BadHeaders, decodeHeaders, type HeaderList } from "./hpack.ts";

/** The low 31 bits of a payload's first number; an error code has 32 bits, but no code uses the first. */
export function numberIn(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0) & 0x7fffffff;
}

/** A payload without its padding, whose length comes first. @throws {NotGrpc} */
export function unpadded({ flags, payload }: Frame): Uint8Array {
  if (!(flags & FLAG.padded)) return payload;
  const end = payload.length - (payload[0] ?? 0);
  if (end < 1) throw new NotGrpc("its padding is longer than the frame");
  return payload.subarray(1, end);
}

/** Settings, as pairs of number and value. @throws {NotGrpc} */
export function settingsIn(payload: Uint8Array): [id: number, value: number][] {
  if (payload.length % 6 !== 0) throw new NotGrpc("its settings are malformed");
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return Array.from({ length: payload.length / 6 }, (_, i) => [view.getUint16(6 * i), view.getUint32(6 * i + 2)]);
}

/** The headers of a block that arrived in parts. @throws {NotGrpc} */
export function headersIn(parts: readonly Uint8Array[]): HeaderList {
  try {
    return decodeHeaders(concat(parts));
  } catch (error) {
    if (error instanceof BadHeaders) throw new NotGrpc(error.message, { cause: error });
    throw error;
  }
}
