/**
 * What child processes print: kept within bounds, and told line by line.
 * @module
 */

/** Longest answer that is kept, in bytes. */
export const ANSWER_BYTES = 64 << 20;
/** How much is kept of what is only looked at when a program fails: its end, in bytes. */
export const END_BYTES = 64 << 10;
/** Longest line that is told, in characters; the rest of a longer one is dropped. */
const LINE_LENGTH = 4_096;

/** Takes pieces, and has text in the end. */
export interface Kept {
  add(piece: Uint8Array): void;
  text(): string;
}

/** Keeps all, up to a limit. @param tooLong is called by the piece that goes beyond it; nothing is kept then. */
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

/** Keeps the last bytes; "…" stands for what was before them. */
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

/** Cuts what comes into lines. */
export interface Lines {
  add(piece: Uint8Array): void;
  /** Tells what came after the last line's end. */
  end(): void;
}

/** @param tell gets each line as soon as its end is there, cut with "…" where it is too long. */
export function linesTo(tell: (line: string) => void): Lines {
  const decoder = new TextDecoder();
  let line = "";
  const more = (text: string) => {
    if (line.length <= LINE_LENGTH) line += text.slice(0, LINE_LENGTH + 1 - line.length); // one more shows that it is too long
  };
  const ended = () => {
    tell(line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line);
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
