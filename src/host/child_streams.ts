/**
 * The standard streams of a child process, each no faster than the other side.
 * @module
 */
import type { Command } from "../system.ts";
import type { Kept, Lines } from "./output.ts";

/** The standard input of a child. */
export interface Input {
  /** Settles when everything is written, or the child stops reading. Never rejects. */
  done: Promise<void>;
  /** Stops reading the source. */
  stop(): void;
}

/**
 * Writes to the child's standard input. A child that exits without reading it is not an error.
 * @param failed receives the error of the source. The input is then not closed, because the child would treat it as complete.
 */
export function feed(child: Deno.ChildProcess, { stdin }: Command, failed: (error: unknown) => void): Input {
  if (stdin === undefined) return { done: Promise.resolve(), stop: () => {} };
  const source = (typeof stdin === "string" ? new Blob([stdin]).stream() : stdin).getReader();
  const writer = child.stdin.getWriter();
  const stop = () => void source.cancel().catch(() => undefined);
  const write = async () => {
    while (true) {
      let next: ReadableStreamReadResult<Uint8Array>;
      try {
        next = await source.read();
      } catch (error) {
        failed(error);
        await child.status;
        return await writer.abort().catch(() => undefined);
      }
      try {
        if (next.done) return await writer.close();
        await writer.write(next.value);
      } catch {
        stop();
        return await writer.abort().catch(() => undefined);
      }
    }
  };
  return { done: write(), stop };
}

/** The destinations of a child's output. */
export interface Sinks {
  kept?: Kept;
  lines?: Lines | undefined;
  stream?: WritableStreamDefaultWriter<Uint8Array> | undefined;
}

/** The output of a child. */
export interface Output {
  /** Settles at its end. Never rejects. */
  done: Promise<void>;
  /** Stops reading. */
  stop(): void;
}

/**
 * Reads the child's output to its end, so that the child never blocks.
 * @param failed receives the error of a sink; later output is dropped.
 */
export function collect(
  from: ReadableStream<Uint8Array>,
  { kept, lines, stream }: Sinks,
  failed: (error: unknown) => void,
): Output {
  const reader = from.getReader();
  const read = async () => {
    let good = true;
    const guarded = async (work: () => void | Promise<void>) => {
      try {
        if (good) await work();
      } catch (error) {
        good = false;
        failed(error);
      }
    };
    while (true) {
      const { value } = await reader.read().catch(() => ({ value: undefined }));
      if (value === undefined) break;
      await guarded(async () => {
        kept?.add(value);
        lines?.add(value);
        await stream?.write(value);
      });
    }
    await guarded(() => lines?.end());
  };
  return { done: read(), stop: () => void reader.cancel().catch(() => undefined) };
}

/** Releases the streams of a command that is not executed. */
export async function releaseStreams({ stdin, stdout }: Command, why?: string): Promise<void> {
  if (typeof stdin === "object") await stdin.cancel(why);
  await (why === undefined ? stdout?.close() : stdout?.abort(new Error(why)));
}
