/**
 * Everything outside the program, as contracts: types only, one file for each boundary. `mod.ts` builds the real ones, tests
 * build fakes, and a dry run wraps them (`host/recording.ts`). **Methods observe or change, never both**; changing methods
 * return nothing.
 * @module
 */
import type { Clock } from "./system/clock.ts";
import type { ContainerRuntime } from "./system/container_runtime.ts";
import type { EtcdClient, EtcdCredentials } from "./system/etcd.ts";
import type { Files } from "./system/files.ts";
import type { Download, UnverifiedHttp } from "./system/http.ts";
import type { KubeClient, KubeCredentials } from "./system/kube.ts";
import type { Lock } from "./system/lock.ts";
import type { ImageStore } from "./system/image_store.ts";
import type { Machine } from "./system/machine.ts";
import type { Processes } from "./system/processes.ts";
import type { Services } from "./system/services.ts";
import type { Signals } from "./system/signals.ts";

export type * from "./system/changes.ts";
export type * from "./system/clock.ts";
export type * from "./system/container_runtime.ts";
export type * from "./system/etcd.ts";
export type * from "./system/files.ts";
export type * from "./system/http.ts";
export type * from "./system/image_store.ts";
export type * from "./system/kube.ts";
export type * from "./system/lock.ts";
export type * from "./system/machine.ts";
export type * from "./system/processes.ts";
export type * from "./system/services.ts";
export type * from "./system/signals.ts";

/** The machine: all its contracts together. */
export interface Host extends Machine, Clock, Files, Processes, Lock {
  readonly services: Services;
}

/** Everything outside the program. */
export interface System {
  readonly host: Host;
  /** @param timeLimitMs how long a call is retried (60 s). */
  connect(credentials: KubeCredentials, timeLimitMs?: number): KubeClient;
  runtime(socket: string): ContainerRuntime;
  /** The image store of the container runtime at the socket: containerd alone has one. */
  imageStore(socket: string): ImageStore;
  /** etcd at a client URL, `https://127.0.0.1:2379`. @param timeLimitMs how long a call is retried (120 s). */
  etcd(endpoint: string, credentials: EtcdCredentials, timeLimitMs?: number): EtcdClient;
  readonly unverified: UnverifiedHttp;
  readonly download: Download;
  /** Signals to the program; absent: there are no signals. */
  readonly signals?: Signals;
  /** @throws {InvalidInput} when the environment would leak secrets; absent: it cannot. */
  check?(): void;
  /** Reads all of standard input. */
  stdin(): Promise<Uint8Array>;
  /** Reads one line of standard input, an answer to a question; undefined at its end. */
  readLine(): Promise<string | undefined>;
  /** Whether standard output / error is a terminal, and its current width in columns. */
  readonly terminal: { out: boolean; err: boolean; columns(): number };
  /** Writes one line of result to standard output. @throws {OutputClosed} (`system/output.ts`) when the reader has closed it; other errors of the stream. */
  out(line: string): void;
  /** Writes raw text to standard error (progress, diagnosis). @throws as `out`. */
  err(text: string): void;
}
