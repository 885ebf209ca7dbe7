/**
 * A document as one stream, resumed when its connection breaks.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import type { FileDownloadOptions } from "../system.ts";
import { realTimer, type Timer } from "../timer.ts";
import { failed, shown } from "./download_trouble.ts";
import { type Answer, getFollowing } from "./redirects.ts";
import { type Document, documentOf, restHeaders, restOf } from "./resumption.ts";

/** How long (ms) a connection may be idle. */
const IDLE_MS = 60_000;
/** Pauses (ms) before a retry: the first one, and the longest. */
const PAUSE_MS = { first: 1_000, longest: 30_000 };
/** Default number of retries. */
const RETRIES = 10;
/** Answers that may improve on a retry: the server or a proxy is busy or restarts. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** Longest piece, in bytes. Pieces are copied into the reader's buffer, because a broken connection takes its buffer along. */
const PIECE_BYTES = 64 << 10;

/** The rest may belong to another document: the download must start over. */
export class BeginAgain extends UserError {}

/** State of one download that all its tries share. */
export interface Attempts {
  /** Number of retries so far. */
  retries: number;
  signal?: AbortSignal | undefined;
  timer?: Timer | undefined;
}

/** An error that may disappear on a retry. */
class Broken extends UserError {}

/**
 * The document from its first byte. It connects when the first piece is requested.
 * @throws (the stream) {@linkcode BeginAgain} when it broke and cannot be resumed, {@linkcode Untrusted} when the server
 * cannot be trusted or sends more than allowed, {@linkcode UserError} for all other errors.
 */
export function downloadStream(
  url: string,
  options: FileDownloadOptions,
  attempts: Attempts,
): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const signal = attempts.signal === undefined ? ending.signal : AbortSignal.any([ending.signal, attempts.signal]);
  const limit = Math.min(options.limit, options.size ?? Infinity);
  let document: Document = {};
  let bytes = 0;
  let body: Body | undefined;

  async function open(): Promise<Body> {
    const { validator } = document;
    const headers = bytes === 0 || validator === undefined ? {} : restHeaders(validator, bytes);
    const made = await bodyOf(url, options, headers, signal, attempts.timer ?? realTimer);
    try {
      const { status } = made.response;
      if (PASSING.has(status)) throw new Broken(`${cannot(url)}: the server answered ${status}`);
      if (bytes > 0) {
        const rest = restOf(made.response, document, bytes);
        if (rest === undefined) {
          throw new BeginAgain(`${cannot(url)}: the connection broke, and the rest belongs to another document`);
        }
        document = rest;
      } else {
        if (status !== 200) throw new UserError(`${cannot(url)}: the server answered ${status}, expected 200`);
        const encoding = made.response.headers.get("content-encoding") ?? "identity";
        // Deno 2.9 leaves it encoded; 2.6 decodes it and removes this header.
        if (encoding !== "identity") {
          throw new UserError(`${cannot(url)}: unsupported content encoding "${encoding}"`);
        }
        document = documentOf(made.response);
      }
      const { total } = document;
      if (total !== undefined && total > limit) throw tooLong(url, limit);
      if (total !== undefined && total !== (options.size ?? total)) {
        throw new UserError(`${cannot(url)}: it has ${total} bytes, expected ${options.size}`);
      }
      return made;
    } catch (error) {
      made.close();
      throw error;
    }
  }

  /** The next piece, of `longest` bytes at most; empty at the end. */
  async function read(longest: number): Promise<Uint8Array> {
    body ??= await open();
    const piece = await body.read(longest);
    const { total } = document;
    if (piece.length === 0) {
      if (total === undefined || bytes === total) return piece;
      throw new Broken(`${cannot(url)}: it ended after ${bytes} of ${total} bytes`);
    }
    bytes += piece.length;
    if (bytes > limit) throw tooLong(url, limit);
    if (bytes > (total ?? Infinity)) {
      throw new BeginAgain(`${cannot(url)}: it is longer than the announced ${total} bytes`);
    }
    options.progress?.({ bytes, ...(total === undefined ? {} : { total }) });
    return piece;
  }

  const close = () => {
    body?.close();
    body = undefined;
  };
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: PIECE_BYTES,
    async pull(controller) {
      const request = controller.byobRequest!; // always present with autoAllocateChunkSize
      const into = request.view as Uint8Array;
      while (true) {
        try {
          const piece = await read(into.length);
          into.set(piece);
          if (piece.length === 0) {
            close();
            controller.close();
          }
          return request.respond(piece.length);
        } catch (error) {
          close();
          const lost = error instanceof Broken && bytes > 0 && document.validator === undefined;
          await again(lost ? new BeginAgain(error.message, { cause: error.cause }) : error, options, attempts, signal);
        }
      }
    },
    cancel(reason) {
      ending.abort(reason);
      close();
    },
  });
}

/** Pauses before a retry. @throws the error when no retry is left. */
async function again(
  error: unknown,
  { retries = RETRIES }: FileDownloadOptions,
  attempts: Attempts,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (!(error instanceof Broken || error instanceof BeginAgain)) throw error;
  if (attempts.retries >= retries) {
    const tries = retries === 0 ? "" : ` (tried ${retries + 1} times)`;
    throw new UserError(`${error.message}${tries}`, { cause: error.cause });
  }
  const pause = Math.min(PAUSE_MS.first * 2 ** attempts.retries++, PAUSE_MS.longest);
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      callOff();
      reject(signal.reason);
    };
    const callOff = (attempts.timer ?? realTimer)(pause, () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    signal.addEventListener("abort", abort, { once: true });
  });
  if (error instanceof BeginAgain) throw error;
}

/** An answer whose body is read. */
interface Body {
  response: Response;
  /** The next piece, valid until the next call; empty at the end. @throws {Broken} when the connection broke or was idle for too long. */
  read(longest: number): Promise<Uint8Array>;
  close(): void;
}

async function bodyOf(
  url: string,
  options: FileDownloadOptions,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  timer: Timer,
): Promise<Body> {
  const idleMs = options.idleMs ?? IDLE_MS;
  const idle = new AbortController();
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    const callOff = timer(idleMs, () => idle.abort());
    try {
      return await work;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      const broken = failed(url, error, idle.signal.aborted ? idleMs : undefined);
      throw broken instanceof Untrusted ? broken : new Broken(broken.message, { cause: broken.cause });
    } finally {
      callOff();
    }
  };
  const answer: Answer = await watched(getFollowing(url, options, headers, AbortSignal.any([signal, idle.signal])));
  const reader = answer.response.body?.getReader({ mode: "byob" });
  let buffer = new Uint8Array(PIECE_BYTES);
  return {
    response: answer.response,
    async read(longest) {
      if (reader === undefined) return new Uint8Array();
      const { value } = await watched(reader.read(buffer.subarray(0, longest)));
      if (value === undefined) return new Uint8Array();
      buffer = new Uint8Array(value.buffer);
      return value;
    },
    close() {
      reader?.cancel().catch(() => undefined);
      answer.close();
    },
  };
}

function cannot(url: string): string {
  return `Cannot get "${shown(url)}"`;
}

function tooLong(url: string, limit: number): Untrusted {
  return new Untrusted(`${cannot(url)}: it is longer than ${limit} bytes`);
}
