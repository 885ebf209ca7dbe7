/**
 * The output of child processes: kept within limits, and reported line by line.
 * @module
 */

/** Longest answer that is kept, in bytes. */
export const ANSWER_BYTES = 64 << 20;
/** How much is kept of output that is only shown when a program fails: its end, in bytes. */
export const END_BYTES = 64 << 10;
/** Longest line that is reported, in characters; the rest of a longer one is dropped. */
const LINE_LENGTH = 4_096;

/** Collects pieces, and returns them as text. */
export interface Kept {
  add(piece: Uint8Array): void;
  text(): string;
}

/** Keeps everything, up to a limit. @param tooLong is called with the first piece beyond it; nothing is kept then. */
export function keepAll(limit: number, tooLong: () => void): Kept {
  let pieces: Uint8Array[] = [];
  let size = 0;
  return {
    add(piece) {
      size += piece.length;
      if (size <= limit) pieces.push(piece);
      else {
        pieces = [];
        tooLong();
      }
    },
    text: () => decode(pieces),
  };
}

/** Keeps the last bytes; "…" stands for the bytes before them. */
export function keepEnd(limit: number): Kept {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let dropped = false;
  return {
    add(piece) {
      // A copy, as a piece may be a small part of a large buffer.
      pieces.push(piece.slice(-limit));
      size += Math.min(piece.length, limit);
      dropped ||= piece.length > limit;
      while (size - pieces[0]!.length >= limit) {
        size -= pieces.shift()!.length;
        dropped = true;
      }
    },
    text() {
      const surplus = Math.max(0, size - limit);
      if (surplus > 0) pieces[0] = pieces[0]!.subarray(surplus);
      return `${dropped || surplus > 0 ? "…" : ""}${decode(pieces)}`;
    },
  };
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}

/** Splits output into lines. */
export interface Lines {
  add(piece: Uint8Array): void;
  /** Reports an unfinished last line. */
  end(): void;
}

/** @param report receives each line as soon as it is complete, cut with "…" when it is too long. */
export function linesTo(report: (line: string) => void): Lines {
  const decoder = new TextDecoder();
  let line = "";
  const more = (text: string) => {
    if (line.length <= LINE_LENGTH) line += text.slice(0, LINE_LENGTH + 1 - line.length); // one extra marks it as too long
  };
  const ended = () => {
    report(line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line);
    line = "";
  };
  const add = (text: string) => {
    const parts = text.split("\n");
    for (const [i, part] of parts.entries()) {
      if (i > 0) ended();
      more(part);
    }
  };
  return {
    add: (piece) => add(decoder.decode(piece, { stream: true })),
    end() {
      add(decoder.decode());
      if (line !== "") ended();
    },
  };
}
