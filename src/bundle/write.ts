/**
 * A bundle as a stream: the manifest, its signature, then every file in the manifest's order. The same inputs give the same
 * bytes.
 * @module
 */
import {
  BadBundle,
  type BundleManifest,
  CHECKSUM,
  checksumText,
  damaged,
  MANIFEST,
  manifestText,
  SIGNATURE,
} from "./manifest.ts";
import { type Hash, modeOf } from "./read.ts";
import { END, fileHeader, padding } from "./tar.ts";

/** Opens the content of a file of the bundle, from its first byte. */
export type Open = (path: string) => Promise<ReadableStream<Uint8Array>>;

/** Size of the whole bundle, in bytes. */
export function bundleSize(manifest: BundleManifest, signature?: Uint8Array): number {
  const sizes = [
    new TextEncoder().encode(manifestText(manifest)).length,
    checksumText("0".repeat(64)).length,
    ...signature ? [signature.length] : [],
    ...manifest.files.map(({ size }) => size),
  ];
  return sizes.reduce((sum, size) => sum + 512 + size + padding(size), END.length);
}

/**
 * The bytes of the bundle, in pieces.
 * @param newHash makes a SHA-256.
 * @throws what `open` throws; {BadBundle} when a file does not have the size and the hash of the manifest.
 */
export async function* writeBundle(
  manifest: BundleManifest,
  open: Open,
  newHash: () => Hash,
  signature?: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  const bytes = new TextEncoder().encode(manifestText(manifest));
  yield* short(MANIFEST, bytes);
  const hash = newHash();
  hash.update(bytes);
  yield* short(CHECKSUM, new TextEncoder().encode(checksumText(hash.digest("hex"))));
  if (signature) yield* short(SIGNATURE, signature);
  for (const file of manifest.files) {
    const { path, size } = file;
    yield fileHeader(path, size, modeOf(path));
    const hash = newHash();
    let written = 0;
    for await (const piece of await open(path)) {
      written += piece.length;
      hash.update(piece);
      yield piece;
    }
    if (written !== size) throw new BadBundle(`"${path}" has ${written} bytes, expected ${size}`);
    if (hash.digest("hex") !== file.sha256) throw damaged(file);
    yield new Uint8Array(padding(size));
  }
  yield END;
}

function* short(name: string, bytes: Uint8Array): Generator<Uint8Array, void> {
  yield fileHeader(name, bytes.length);
  yield bytes;
  yield new Uint8Array(padding(bytes.length));
}
