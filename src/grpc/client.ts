/**
 * gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): calls of one message and streams, each on a
 * connection of its own. Loaded only where a call is made.
 * @module
 */
import { GrpcError, GrpcTooLong, NotGrpc } from "../system/grpc.ts";
import { connect, type GrpcTarget } from "./connect.ts";
import { Exchange } from "./exchange.ts";
import type { HeaderList } from "./hpack.ts";
import { limitOf } from "./limit.ts";

/** Longest message that is read, in bytes: what containerd itself sends at most. */
const MAX_MESSAGE = 16 * 1024 * 1024;
/** Bytes before a message: whether it is compressed (1), its length (4). */
const HEAD = 5;

/** How a call goes. */
export interface CallOptions {
  /** Milliseconds from the connection to the end of the answer, sent as `grpc-timeout`; absent: no limit. */
  timeoutMs?: number;
  /** Aborts the call: it throws the signal's reason, and the connection is closed. */
  signal?: AbortSignal;
  /** More headers, such as `containerd-namespace`; names in lower case. */
  metadata?: Readonly<Record<string, string>>;
  /** Longest message of the answer, in bytes (16 MiB). */
  maxMessage?: number;
  /** Longest answer in total, in bytes; absent: no limit. */
  maxAnswer?: number;
}

/** Messages to send. The next one is requested when there is room for it. */
export type Messages = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A server's methods by name, `/containerd.services.content.v1.Content/Write`. Connects with every call. */
export interface GrpcClient {
  /**
   * Sends one message and returns the message of the answer.
   * @throws {GrpcError | NotGrpc | GrpcBrokenOff | GrpcTooLong | GrpcTimeout | NoConnection} see `system/grpc.ts`
   */
  unary(method: string, request: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  /**
   * Sends any number of messages and yields those of the answer at the same time: server, client and bidirectional streams.
   * It begins with the first `next`, reads ahead by at most a window of 1 MiB, and is cancelled when the caller stops early.
   * @throws as `unary`, and the errors of the iterator of `requests`.
   */
  stream(method: string, requests: Messages, options?: CallOptions): AsyncGenerator<Uint8Array, void>;
}

/** A client for one server. Nothing happens before the first call. */
export function grpcClient(target: GrpcTarget): GrpcClient {
  async function* stream(method: string, requests: Messages, options: CallOptions = {}) {
    const limit = limitOf(options);
    let exchange: Exchange | undefined;
    try {
      const connection = await limit.during(connect(target), (late) => late.close());
      const call = exchange = new Exchange(connection, headersOf(target, method, options));
      limit.onEnd((reason) => call.fail(reason));
      sendAll(call, requests).catch((error) => call.fail(error));
      yield* answerOf(call, options);
    } finally {
      limit.clear();
      await exchange?.close();
    }
  }
  return {
    stream,
    async unary(method, request, options) {
      let answer: Uint8Array | undefined;
      for await (const message of stream(method, [request], options)) {
        if (answer !== undefined) throw new NotGrpc("the answer has more than one message");
        answer = message;
      }
      if (answer === undefined) throw new NotGrpc("the answer has no message");
      return answer;
    },
  };
}

function headersOf(target: GrpcTarget, method: string, { timeoutMs, metadata = {} }: CallOptions): HeaderList {
  const [scheme, authority] = "socket" in target
    ? ["http", "localhost"]
    : ["https", `${target.hostname.includes(":") ? `[${target.hostname}]` : target.hostname}:${target.port}`];
  return [
    [":method", "POST"],
    [":scheme", scheme],
    [":path", method],
    [":authority", authority],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ["user-agent", "kubewright"],
    ...(timeoutMs === undefined ? [] : [["grpc-timeout", timeoutText(timeoutMs)] as const]),
    ...Object.entries(metadata),
  ];
}

/** At most eight digits and a unit. */
function timeoutText(ms: number): string {
  return ms < 1e8 ? `${Math.ceil(ms)}m` : `${Math.min(Math.ceil(ms / 1000), 99_999_999)}S`;
}

/** Sends each message with its head, and the end. */
async function sendAll(call: Exchange, requests: Messages): Promise<void> {
  for await (const message of requests) {
    const framed = new Uint8Array(HEAD + message.length);
    new DataView(framed.buffer).setUint32(1, message.length);
    framed.set(message, HEAD);
    if (!await call.write(framed)) return;
  }
  await call.end();
}

/** The messages of an answer, then its status: any status other than OK is an error. */
async function* answerOf(call: Exchange, options: CallOptions): AsyncGenerator<Uint8Array, void> {
  const headers = await call.headers();
  const status = valueOf(headers, ":status") ?? "";
  if (status !== "200") throw new NotGrpc(`HTTP status ${status}`);
  const type = valueOf(headers, "content-type");
  if (!type?.startsWith("application/grpc")) throw new NotGrpc(`the content type is ${JSON.stringify(type ?? "")}`);
  yield* messagesOf(call, options);
  const code = valueOf(call.trailers, "grpc-status");
  if (code === undefined) throw new NotGrpc("the answer has no gRPC status");
  if (!/^\d{1,3}$/.test(code)) throw new NotGrpc("its gRPC status is not a number");
  if (Number(code) !== 0) {
    throw new GrpcError(Number(code), percentDecoded(valueOf(call.trailers, "grpc-message") ?? ""));
  }
}

async function* messagesOf(call: Exchange, options: CallOptions): AsyncGenerator<Uint8Array, void> {
  const { maxMessage = MAX_MESSAGE, maxAnswer = Infinity } = options;
  const body = new Body(call);
  for (let total = 0;;) {
    const head = await body.take(HEAD);
    if (head === undefined) return;
    const length = new DataView(head.buffer, head.byteOffset, HEAD).getUint32(1);
    if (head[0] !== 0) throw new NotGrpc("the answer is compressed, although compression was not requested");
    if (length > maxMessage) throw new GrpcTooLong(`an answer of more than ${maxMessage} bytes`);
    total += length;
    if (total > maxAnswer) throw new GrpcTooLong(`an answer of more than ${maxAnswer} bytes`);
    const message = await body.take(length);
    if (message === undefined) throw new NotGrpc("the answer ends within a message");
    yield message;
  }
}

/** The body of an answer, by lengths. */
class Body {
  readonly #call: Exchange;
  #rest = new Uint8Array();

  constructor(call: Exchange) {
    this.#call = call;
  }

  /** This many bytes; undefined when the body has ended before the first. @throws {NotGrpc} when it ends after that. */
  async take(size: number): Promise<Uint8Array | undefined> {
    if (size <= this.#rest.length && size > 0) return this.#cut(size);
    const whole = new Uint8Array(size);
    for (let at = 0; at < size;) {
      if (this.#rest.length === 0) {
        const more = await this.#call.read();
        if (more === undefined && at === 0) return undefined;
        if (more === undefined) throw new NotGrpc("the answer ends within a message");
        this.#rest = more as Uint8Array<ArrayBuffer>;
      }
      const part = this.#cut(Math.min(size - at, this.#rest.length));
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #cut(size: number): Uint8Array {
    const part = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return part;
  }
}

function valueOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
