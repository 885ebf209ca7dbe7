/**
 * The summary of a file's content: its size, its SHA-256 and, for text that may be shown, a preview. Creates `write`
 * Changes, for the machine and for dry runs.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ContentDigest, ContentSource, FileContent, FileToPut, WriteChange } from "../system.ts";
import { PIECE_BYTES, pieces } from "./pieces.ts";

/** Longest text that a Change shows, in bytes. */
export const PREVIEW_BYTES = 64 << 10;

/** Longest content that is hashed in one piece, in bytes: WebCrypto has no other way, and requires no module to load. */
const ONE_PIECE = 1 << 20;

/** Size and hash of a file's content, with its text if that may be shown. */
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
 * Reads a stream to its end, with one piece in memory at a time. Each piece is passed to `write` and hashed before the next
 * one is read.
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
    if (size === 0 && piece.length < PIECE_BYTES) whole = await summaryOf(piece); // the only piece
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
 * The size and hash of content, as far as they are known without reading a stream; both for content in memory.
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
 * Whether a Change can be reported without reading the stream, so that a dry run does not fetch long content.
 * @param known what is known of the content.
 */
export function isTold(known: Partial<Summary>, { secret }: FileToPut): boolean {
  return known.sha256 !== undefined && known.size !== undefined && (secret === true || known.size > PREVIEW_BYTES);
}

/**
 * Reads a source to its end, as `drain`.
 * @throws {UserError} when it does not have the required size or hash; a source that is too long is not read further.
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
      throw new UserError(`${cannot} is longer than the expected ${wanted.size} bytes`);
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

/** A file as it is: enough to decide whether it must be written. */
export interface PresentFile extends ContentDigest {
  mode: number;
  uid: number;
  gid: number;
}

/** Whether the present file already equals the one to write; `content` is what is known of the latter. */
export function isAlready(there: PresentFile | undefined, file: FileToPut, content: Partial<ContentDigest>): boolean {
  return there !== undefined && there.mode === file.mode && there.sha256 === content.sha256 &&
    (content.size === undefined || there.size === content.size) &&
    (file.owner === undefined || there.uid === file.owner.uid && there.gid === file.owner.gid);
}

/** The Change for writing a file. */
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
    return {}; // not text
  }
}

interface Incremental {
  update(bytes: Uint8Array): Incremental;
  digest(encoding: "hex"): string;
}

/** Only for long content: loading `node:crypto` takes longer than hashing most files. */
async function incremental(): Promise<Incremental> {
  return (await import("node:crypto")).createHash("sha256");
}

function hexadecimal(hash: ArrayBuffer): string {
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
