/**
 * What `script(1)` records of a terminal: bytes, and in a file of its own when they came.
 * @see https://man7.org/linux/man-pages/man1/script.1.html
 * @module
 */

/** A recording. */
export interface Recording {
  /** Size of the terminal, where the recording holds it. */
  columns?: number;
  rows?: number;
  /** What was written to the terminal, up to the moment that was asked for. */
  text: string;
}

const HEADER = /^Script started on [^\n]*\n/;
const TRAILER = /\r?\n?Script done on [^\n]*\n?$/;

/** Bytes written by so many seconds. Lines are `delay bytes`, or `O delay bytes` among others (`--log-timing`, advanced). */
function bytesUntil(timing: string, seconds: number): number {
  let [at, bytes] = [0, 0];
  for (const line of timing.split("\n")) {
    const [, kind = "O", delay, count] = /^(?:([A-Z]) )?([\d.]+) (\d+)?/.exec(line) ?? [];
    if (delay === undefined) continue;
    at += Number(delay);
    if (at > seconds) break;
    if (kind === "O") bytes += Number(count ?? 0);
  }
  return bytes;
}

/**
 * Reads a recording.
 * @param until its timing file, and the moment in seconds at which to stop; absent: the end.
 */
export function readRecording(file: Uint8Array, until?: { timing: string; seconds: number }): Recording {
  const decoder = new TextDecoder();
  const beginning = decoder.decode(file.subarray(0, 1_000));
  const [header = ""] = HEADER.exec(beginning) ?? [];
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(header)?.[1] ?? 0);
  const [columns, rows] = [number("COLUMNS"), number("LINES")];
  let bytes = file.subarray(new TextEncoder().encode(header).length);
  if (until) bytes = bytes.subarray(0, bytesUntil(until.timing, until.seconds));
  const text = decoder.decode(bytes);
  return {
    text: header === "" ? text : text.replace(TRAILER, ""),
    ...(columns > 0 ? { columns } : {}),
    ...(rows > 0 ? { rows } : {}),
  };
}
