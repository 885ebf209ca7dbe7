import { EXIT } from "../errors.ts";
import { OutputClosed } from "../system/output.ts";

/** The exit code of a program that a closed pipe ended: 128 + SIGPIPE, as shells count it. */
export const BROKEN_PIPE = 141;

/** Where lines and texts go. */
export interface Streams {
  out(line: string): void;
  err(text: string): void;
}

/** Output that may be lost: a closed pipe, a full disk. */
export interface Outlet extends Streams {
  /** The exit code of a run that ended with this one: lost output is not a success. */
  exitCode(code: number): number;
}

/**
 * Before the first change, output that cannot be written ends the program, without a message when the pipe is closed. After
 * the first change the command continues to its end without output, because a half-done change is worse.
 * @param changed how many changes were made.
 * @param end ends the process at once.
 */
export function outletOf(streams: Streams, changed: () => number, end: (code: number) => never): Outlet {
  const lost: { out?: number; err?: number } = {};
  const write = (stream: keyof Streams, text: string) => {
    if (lost[stream] !== undefined) return;
    try {
      streams[stream](text);
    } catch (error) {
      failed(stream, error);
    }
  };
  const failed = (stream: keyof Streams, error: unknown) => {
    const quiet = error instanceof OutputClosed;
    lost[stream] = quiet ? BROKEN_PIPE : EXIT.failed;
    if (!quiet && stream === "out") {
      const why = (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\)$/, "");
      write("err", `error: Cannot write to standard output: ${why}\n`);
    }
    // The answer does not depend on standard error.
    if (changed() === 0 && (quiet || stream === "out")) end(lost[stream]);
  };
  return {
    out: (line) => write("out", line),
    err: (text) => write("err", text),
    exitCode: (code) => code === EXIT.ok ? lost.out ?? EXIT.ok : code,
  };
}
