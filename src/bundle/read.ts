/**
 * A bundle read from its first byte to its last: every byte of it is what its manifest says, or the reading fails.
 * @module
 */
import { type ByteSource, byteSource } from "./bytes.ts";
import {
  BadBundle,
  type BundleFile,
  type BundleManifest,
  CHECKSUM,
  checksumText,
  damaged,
  LONGEST_MANIFEST,
  MANIFEST,
  parseManifest,
  SIGNATURE,
} from "./manifest.ts";
import { BLOCK, END, fileHeader, padding } from "./tar.ts";

/** Hashes as bytes come: `createHash("sha256")` of node:crypto. */
export interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

/** Longest checksum file, in bytes. */
const LONGEST_CHECKSUM = 200;
/** Longest signature, in bytes. */
const LONGEST_SIGNATURE = 1024;

/** What stands before the files of a bundle. */
export interface BundleHead {
  manifest: BundleManifest;
  /** The manifest's bytes as they are in the bundle: what is signed. */
  text: string;
  /** The signature's bytes. */
  signature?: Uint8Array;
}

/** A bundle that is being read. */
export interface BundleReader {
  head: BundleHead;
  /**
   * Gives each file with its content, in pieces; what a caller does not read is passed over. At the end of each file its
   * hash has been compared, whether or not the caller read it.
   * @throws {BadBundle}
   */
  files(): AsyncGenerator<{ file: BundleFile; content: AsyncGenerator<Uint8Array, void> }, void>;
}

/**
 * Begins to read a bundle.
 * @param newHash makes a hash for each file.
 * @throws {BadBundle} when it is no bundle, or its manifest is not one.
 */
export async function readBundle(stream: ReadableStream<Uint8Array>, newHash: () => Hash): Promise<BundleReader> {
  const source = byteSource(stream);
  const bytes = await whole(source, MANIFEST, LONGEST_MANIFEST);
  const hash = newHash();
  hash.update(bytes);
  const checksum = new TextDecoder().decode(await whole(source, CHECKSUM, LONGEST_CHECKSUM));
  if (checksum !== checksumText(hash.digest("hex"))) {
    throw new BadBundle(`"${MANIFEST}" is damaged: its SHA-256 is not the one in "${CHECKSUM}"`);
  }
  const text = new TextDecoder().decode(bytes);
  const manifest = parseManifest(text);
  const next = await header(source);
  const isSigned = next.name === SIGNATURE;
  const signature = isSigned ? await content(source, next, LONGEST_SIGNATURE) : undefined;
  let pending = isSigned ? undefined : next;
  return {
    head: { manifest, text, ...(signature ? { signature } : {}) },
    async *files() {
      for (const file of manifest.files) {
        const found = pending ?? await header(source);
        pending = undefined;
        expectHeader(found, file);
        const hash = newHash();
        let read = 0;
        const hashed = (piece: Uint8Array) => {
          read += piece.length;
          hash.update(piece);
        };
        yield { file, content: observed(source.pieces(file.size), hashed) };
        for await (const piece of source.pieces(file.size - read)) hashed(piece); // what the caller left
        if (read < file.size) throw new BadBundle(`the bundle ends after ${source.position} bytes, in "${file.path}"`);
        if (hash.digest("hex") !== file.sha256) throw damaged(file);
        await skipPadding(source, file.size);
      }
      if (pending) throw new BadBundle(`the bundle holds "${pending.name}", which its manifest does not list`);
      const end = await source.take(END.length);
      if (end.length < END.length) {
        throw new BadBundle(`the bundle ends after ${source.position} bytes, before its end`);
      }
      if (end.some((byte) => byte !== 0)) {
        throw new BadBundle("the bundle holds a file that its manifest does not list");
      }
      if ((await source.take(1)).length > 0) throw new BadBundle("something follows the end of the bundle");
    },
  };
}

/** The same pieces, each shown to `look` first. */
async function* observed(
  pieces: AsyncGenerator<Uint8Array, void>,
  look: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) {
    look(piece);
    yield piece;
  }
}

interface Found {
  name: string;
  size: number;
  bytes: Uint8Array;
}

/** A header that `fileHeader` makes: another one is not kubewright's. */
async function header(source: ByteSource): Promise<Found> {
  const at = source.position;
  const bytes = (await source.take(BLOCK)).slice();
  if (bytes.length < BLOCK) throw new BadBundle(`the bundle ends after ${source.position} bytes`);
  const nameEnd = bytes.indexOf(0);
  const name = String.fromCharCode(...bytes.subarray(0, Math.min(nameEnd < 0 ? 100 : nameEnd, 100)));
  const size = parseInt(String.fromCharCode(...bytes.subarray(124, 135)), 8);
  const known = /^[\x21-\x7e]{1,100}$/.test(name) && Number.isSafeInteger(size) && size >= 0;
  const modes = [0o644, 0o755] as const;
  if (!known || !modes.some((mode) => equal(fileHeader(name, size, mode), bytes))) {
    throw new BadBundle(
      at === 0
        ? "the file is not a kubewright bundle"
        : `the bundle is damaged at byte ${at}: no header of kubewright's`,
    );
  }
  return { name, size, bytes };
}

function expectHeader(found: Found, { path, size }: BundleFile): void {
  if (found.name !== path) throw new BadBundle(`the bundle holds "${found.name}" where its manifest lists "${path}"`);
  if (!equal(found.bytes, fileHeader(path, size, modeOf(path)))) {
    throw new BadBundle(`"${path}" has ${found.size} bytes; its manifest lists ${size}`);
  }
}

/** Permission bits of a file in the bundle: programs may be executed. */
export function modeOf(path: string): 0o644 | 0o755 {
  return /^(?:bin|cni)\//.test(path) ? 0o755 : 0o644;
}

async function whole(source: ByteSource, name: string, longest: number): Promise<Uint8Array> {
  const found = await header(source);
  if (found.name !== name) throw new BadBundle(`the bundle holds "${found.name}", expected "${name}"`);
  return await content(source, found, longest);
}

async function content(source: ByteSource, { name, size }: Found, longest: number): Promise<Uint8Array> {
  if (size > longest) throw new BadBundle(`"${name}" has ${size} bytes, and at most ${longest} are read`);
  const bytes = (await source.take(size)).slice();
  if (bytes.length < size) throw new BadBundle(`the bundle ends after ${source.position} bytes, in "${name}"`);
  await skipPadding(source, size);
  return bytes;
}

async function skipPadding(source: ByteSource, size: number): Promise<void> {
  const bytes = await source.take(padding(size));
  if (bytes.length < padding(size)) throw new BadBundle(`the bundle ends after ${source.position} bytes`);
  if (bytes.some((byte) => byte !== 0)) throw new BadBundle(`the bundle is damaged at byte ${source.position}`);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
