/**
 * What a file holds or is to hold, in short: its size, its SHA-256 and, of text that may be shown, a preview. Here a
 * `write` Change is made, for the machine and for dry runs.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ContentDigest, ContentSource, FileContent, FileToPut, WriteChange } from "../system.ts";
import { PIECE_BYTES, pieces } from "./pieces.ts";

/** Longest text that a Change shows, in bytes. */
export const PREVIEW_BYTES = 64 << 10;

/** Longest content that is hashed in one piece, in bytes; WebCrypto has no other way, and needs nothing to be loaded. */
const ONE_PIECE = 1 << 20;

/** A file's content in short, with its text where that may be shown. */
export type Summary = ContentDigest & { preview?: string };

/** Whether the content streams. */
export function isSource(content: FileContent): content is ContentSource {
  return typeof content === "object" && "open" in content;
}

/** The bytes of content that is in memory. */
export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** Content as a stream. */
export function streamOf(content: FileContent): ReadableStream<Uint8Array> {
  return isSource(content) ? content.open() : new Blob([bytesOf(content) as Uint8Array<ArrayBuffer>]).stream();
}

/** Size and hash of bytes, and their text. */
export async function summaryOf(bytes: Uint8Array): Promise<Summary> {
  const size = bytes.length;
  const sha256 = size > ONE_PIECE
    ? (await incremental()).update(bytes).digest("hex")
    : hexadecimal(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return { size, sha256, ...previewOf(bytes) };
}

/**
 * Reads a stream to its end; what is held of it is one piece. Each is given to `write`, and hashed meanwhile, before the
 * next one is read.
 * @throws what the stream or `write` throws.
 */
export async function drain(
  stream: ReadableStream<Uint8Array>,
  write: (piece: Uint8Array) => void | Promise<void> = () => {},
): Promise<Summary> {
  let hash: Incremental | undefined;
  let whole: Summary | undefined;
  let size = 0;
  const look = async (piece: Uint8Array) => {
    if (size === 0 && piece.length < PIECE_BYTES) whole = await summaryOf(piece); // there is no other one
    else (hash ??= await incremental()).update(piece);
  };
  for await (const piece of pieces(stream)) {
    await Promise.all([write(piece), look(piece)]);
    size += piece.length;
  }
  if (hash) return { size, sha256: hash.digest("hex") };
  return whole ?? await summaryOf(new Uint8Array());
}

/**
 * The size and hash that content will have, as far as that is known without reading a stream; of content in memory, all.
 */
export async function knownOf(content: FileContent): Promise<Partial<Summary>> {
  if (!isSource(content)) return await summaryOf(bytesOf(content));
  const { size, sha256 } = content;
  return {
    ...(size === undefined ? {} : { size }),
    ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }),
  };
}

/**
 * Whether a Change can be told without reading the stream, so that a dry run fetches nothing that is long.
 * @param known what is known of the content.
 */
export function isTold(known: Partial<Summary>, { secret }: FileToPut): boolean {
  return known.sha256 !== undefined && known.size !== undefined && (secret === true || known.size > PREVIEW_BYTES);
}

/**
 * Reads a source to its end, as `drain`.
 * @throws {UserError} when it does not have the size or the hash that it must have; one that is too long is not read on.
 */
export async function drainSource(
  path: string,
  source: ContentSource,
  write?: (piece: Uint8Array) => void | Promise<void>,
): Promise<Summary> {
  const wanted = await knownOf(source);
  const cannot = `Cannot write "${path}": ${
    source.from === undefined ? "its content" : `the content of "${source.from}"`
  }`;
  let size = 0;
  const made = await drain(source.open(), async (piece) => {
    size += piece.length;
    if (wanted.size !== undefined && size > wanted.size) {
      throw new UserError(`${cannot} is longer than ${wanted.size} bytes, as it must be`);
    }
    await write?.(piece);
  });
  if (wanted.size !== undefined && size !== wanted.size) {
    throw new UserError(`${cannot} has ${size} bytes, expected ${wanted.size}`);
  }
  if (wanted.sha256 !== undefined && made.sha256 !== wanted.sha256) {
    throw new UserError(`${cannot} has SHA-256 ${made.sha256}, expected ${wanted.sha256}`);
  }
  return made;
}

/** What a file is: enough to see whether anything has to be done. */
export interface PresentFile extends ContentDigest {
  mode: number;
  uid: number;
  gid: number;
}

/** Whether the file that is there is already as it is to be; `content` is what is known of that. */
export function isAlready(there: PresentFile | undefined, file: FileToPut, content: Partial<ContentDigest>): boolean {
  return there !== undefined && there.mode === file.mode && there.sha256 === content.sha256 &&
    (content.size === undefined || there.size === content.size) &&
    (file.owner === undefined || there.uid === file.owner.uid && there.gid === file.owner.gid);
}

/** The Change of a file that is written. */
export function writeChange(file: FileToPut, content: Summary, before: ContentDigest | undefined): WriteChange {
  return {
    kind: "write",
    path: file.path,
    mode: file.mode,
    ...(file.owner === undefined ? {} : { owner: file.owner }),
    size: content.size,
    sha256: content.sha256,
    ...(before === undefined ? {} : { before: { size: before.size, sha256: before.sha256 } }),
    ...(file.secret ? { secret: true as const } : content.preview === undefined ? {} : { preview: content.preview }),
  };
}

function previewOf(bytes: Uint8Array): { preview?: string } {
  if (bytes.length > PREVIEW_BYTES) return {};
  try {
    return { preview: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return {}; // no text
  }
}

interface Incremental {
  update(bytes: Uint8Array): Incremental;
  digest(encoding: "hex"): string;
}

/** Loaded only for what is long: `node:crypto` takes longer to load than most files take to be hashed. */
async function incremental(): Promise<Incremental> {
  return (await import("node:crypto")).createHash("sha256");
}

function hexadecimal(hash: ArrayBuffer): string {
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
