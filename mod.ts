/**
 * kubewright as a library and, run directly, as a program. Only this file assembles the real outside world: the machine,
 * the API clients, the container runtime.
 * @module
 */
import { type Events, main } from "./src/main.ts";
import { containerdImages } from "./src/containerd/client.ts";
import { containerRuntime } from "./src/cri/client.ts";
import { etcdClient } from "./src/etcd/client.ts";
import { linuxHost } from "./src/host/linux.ts";
import { processSignals } from "./src/host/signals.ts";
import { receiptHost } from "./src/host/receipt.ts";
import { watchedEtcd, watchedImages, watchedKube, watchedRuntime, watchOf } from "./src/host/watched.ts";
import { kubeClient } from "./src/kube/client.ts";
import { httpDownload } from "./src/kube/download.ts";
import { checkEnvironment, trustNobodyElse } from "./src/kube/environment.ts";
import { unverifiedHttp } from "./src/kube/unverified.ts";
import type { Host, System } from "./src/system.ts";
import { OutputClosed } from "./src/system/output.ts";
import { type Build, SOURCE_BUILD } from "./src/version.ts";

export * from "./src/system.ts";
export * from "./src/errors.ts";
export * from "./src/system/grpc.ts";
export * from "./src/system/kube_error.ts";
export * from "./src/system/output.ts";
export { main } from "./src/main.ts";
export type { Build } from "./src/version.ts";

const encoder = new TextEncoder();

/** How long (ms) to wait before a pipe that is full, and does not block, is tried again. */
const FULL_PIPE_MS = 5;
/** Bytes that a pipe takes as a whole or not at all (PIPE_BUF). */
const WHOLE = 4096;

/** The end of the next piece: after a line end, because Deno buffers the rest of a line without an error. */
function pieceEnd(bytes: Uint8Array, start: number): number {
  const end = Math.min(start + WHOLE, bytes.length);
  const line = bytes.lastIndexOf(0x0a, end - 1);
  return line < start ? end : line + 1;
}

/** Writes all of the text, in pieces that the pipe takes. @throws the error of the stream: a closed pipe, a full disk. */
function writeAll(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  const bytes = encoder.encode(text);
  for (let done = 0; done < bytes.length;) {
    try {
      done += stream.writeSync(bytes.subarray(done, pieceEnd(bytes, done)));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed("the pipe is closed", { cause: error });
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
    }
  }
}

/** Reads up to the first line end or the end of standard input; undefined when standard input is empty. */
async function readLine(): Promise<string | undefined> {
  const bytes: number[] = [];
  for (const byte = new Uint8Array(1); await Deno.stdin.read(byte) && byte[0] !== 0x0a && bytes.length < 1024;) {
    bytes.push(byte[0]!);
  }
  return bytes.length === 0 ? undefined : new TextDecoder().decode(new Uint8Array(bytes));
}

/** The terminal's width; 80 where there is none, or it does not report one (serial consoles). */
function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** The real outside world, which reports to `events`. `around` wraps the machine, for tests. */
export function realSystem(events: Events, around: (host: Host) => Host = (host) => host): System {
  trustNobodyElse();
  const watch = watchOf(events.wait);
  const signals = processSignals(Deno.exit);
  const { signal } = signals;
  return {
    host: receiptHost(around(linuxHost(events.change, events.wait, undefined, signal))),
    signals,
    connect: (credentials, timeLimitMs) =>
      watchedKube(
        watch,
        (onRetry) =>
          kubeClient(credentials, events.change, {
            onRetry,
            signal,
            ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
          }),
      ),
    runtime: (socket) => watchedRuntime(watch, containerRuntime(socket, events.change, undefined, signal)),
    imageStore: (socket) => watchedImages(watch, containerdImages(socket, events.change, () => new Date(), signal)),
    etcd: (endpoint, credentials, limit) =>
      watchedEtcd(watch, etcdClient(endpoint, credentials, events.change, limit, signal)),
    unverified: unverifiedHttp(signal),
    download: httpDownload(signal),
    check: checkEnvironment,
    stdin: () => new Response(Deno.stdin.readable).bytes(),
    readLine,
    terminal: { out: Deno.stdout.isTerminal(), err: Deno.stderr.isTerminal(), columns },
    out: (line) => writeAll(Deno.stdout, `${line}\n`),
    err: (text) => writeAll(Deno.stderr, text),
  };
}

/**
 * Runs the program and ends the process with its exit code. `compile.sh` calls this with the stamped build; a test build
 * passes its own system.
 */
export async function run(build: Build, system: (events: Events) => System = realSystem): Promise<never> {
  const arch = Deno.build.arch === "x86_64" ? "amd64" : "arm64";
  Deno.exit(await main(Deno.args, system, { ...build, platform: `${Deno.build.os}/${arch}` }, Deno.exit));
}

if (import.meta.main) await run(SOURCE_BUILD);
