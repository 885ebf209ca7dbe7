/**
 * A child's standard streams: what it reads, and what it prints, each no faster than the other side can.
 * @module
 */
import type { Command } from "../system.ts";
import type { Kept, Lines } from "./output.ts";

/** What a child reads. */
export interface Input {
  /** Settles when all is written, or the child reads no more. Never rejects. */
  done: Promise<void>;
  /** Takes nothing more from its source. */
  stop(): void;
}

/**
 * Writes to the child's standard input. A child that ends without reading it is no error of ours.
 * @param failed is told what the source fails with. The input is not ended then, as the child would take it for whole.
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

/** Where a child's output goes. */
export interface Sinks {
  kept?: Kept;
  lines?: Lines | undefined;
  stream?: WritableStreamDefaultWriter<Uint8Array> | undefined;
}

/** What a child prints. */
export interface Output {
  /** Settles when it prints no more. Never rejects. */
  done: Promise<void>;
  /** Reads no more. */
  stop(): void;
}

/**
 * Reads what the child prints, to its end, so that it is never held up.
 * @param failed is told what a sink fails with; from then on what is read is dropped.
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

/** Lets go of the streams of a command that is not executed. */
export async function releaseStreams({ stdin, stdout }: Command, why?: string): Promise<void> {
  if (typeof stdin === "object") await stdin.cancel(why);
  await (why === undefined ? stdout?.close() : stdout?.abort(new Error(why)));
}
