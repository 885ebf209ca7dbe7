/**
 * Unary gRPC calls over a unix socket (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 * @module
 */
import type { ClientHttp2Session } from "node:http2";

/** gRPC status codes that callers tell apart. */
export const UNIMPLEMENTED = 12;
export const NOT_FOUND = 5;
/** Longest answer that is read, in bytes: what containerd itself sends at most. */
const MAX_MESSAGE = 16 * 1024 * 1024;

/** A call that the server answered with a status other than OK. */
export class GrpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "GrpcError";
    this.code = code;
  }
}

/** What is at the socket does not speak gRPC. */
export class NotGrpc extends Error {}

/** The call had no answer in time. */
export class GrpcTimeout extends Error {}

/**
 * Calls `method` (`/runtime.v1.RuntimeService/Version`) on a connection of its own and returns the answer's bytes.
 * @param timeoutMs Undefined: no limit.
 * @throws {GrpcError | NotGrpc | GrpcTimeout}, or the socket's own error (`code` ENOENT, ECONNREFUSED, EACCES).
 */
export async function callUnary(
  socketPath: string,
  method: string,
  request: Uint8Array,
  timeoutMs: number | undefined,
): Promise<Uint8Array> {
  const [http2, net] = await Promise.all([import("node:http2"), import("node:net")]); // 20 ms, so only here
  const socket = net.connect(socketPath); // Deno 2.6 waits for "connect" itself: a connected socket would never be used
  const session = http2.connect("http://localhost", { createConnection: () => socket });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      if (timeoutMs !== undefined) timer = setTimeout(() => reject(new GrpcTimeout(method)), timeoutMs);
      const broken = (error?: Error) => reject(new NotGrpc(error?.message ?? "the connection was closed"));
      let connected = false;
      socket.once("connect", () => connected = true);
      socket.once("error", (error) => connected ? broken(error) : reject(error));
      session.once("error", (error) => connected && broken(error));
      session.once("close", () => connected && broken());
      exchange(session, method, request).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    session.on("error", () => undefined);
    socket.on("error", () => undefined);
    session.destroy();
    socket.destroy();
  }
}

/** One request and its answer: headers, a message with 5 bytes before it (not compressed, length), trailers. */
function exchange(session: ClientHttp2Session, method: string, request: Uint8Array): Promise<Uint8Array> {
  const frame = new Uint8Array(5 + request.length);
  new DataView(frame.buffer).setUint32(1, request.length);
  frame.set(request, 5);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": method,
      "content-type": "application/grpc",
      "te": "trailers",
      "user-agent": "kubewright",
    });
    let status: GrpcStatus = {};
    const chunks: Uint8Array[] = [];
    let size = 0;
    stream.on("response", (headers) => {
      if (headers[":status"] !== 200) reject(new NotGrpc(`HTTP status ${headers[":status"]}`));
      status = { ...status, ...statusIn(headers) }; // an error without a message has its status here
    });
    stream.on("trailers", (trailers) => status = { ...status, ...statusIn(trailers) });
    stream.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      chunks.push(chunk);
      const refusal = tooMuch(chunks, size);
      if (refusal === undefined) return;
      chunks.length = 0;
      reject(new NotGrpc(refusal));
    });
    stream.on("error", (error) => reject(new NotGrpc(error.message)));
    stream.on("end", () => {
      if (status.code === undefined || Number.isNaN(status.code)) reject(new NotGrpc("the answer has no gRPC status"));
      else if (status.code !== 0) reject(new GrpcError(status.code, status.message ?? ""));
      else unframe(chunks).then(resolve, reject);
    });
    stream.end(frame);
  });
}

interface GrpcStatus {
  code?: number;
  message?: string;
}

function statusIn(headers: Record<string, unknown>): GrpcStatus {
  const code = headers["grpc-status"];
  const message = headers["grpc-message"];
  return {
    ...(code === undefined ? {} : { code: Number(code) }),
    ...(typeof message === "string" ? { message: percentDecoded(message) } : {}),
  };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Why an answer is refused before it is whole: its length, which comes first, is too much, or is passed. */
function tooMuch(chunks: readonly Uint8Array[], size: number): string | undefined {
  if (size < 5) return undefined;
  const head = new Uint8Array(5);
  let at = 0;
  for (const chunk of chunks) {
    head.set(chunk.subarray(0, 5 - at), at);
    at += Math.min(chunk.length, 5 - at);
    if (at === 5) break;
  }
  const length = new DataView(head.buffer).getUint32(1);
  if (length > MAX_MESSAGE) return `an answer of more than ${MAX_MESSAGE} bytes`;
  return size - 5 > length ? "the answer is longer than its length says" : undefined;
}

/** The message inside its frame. */
async function unframe(chunks: Uint8Array[]): Promise<Uint8Array> {
  const body = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  if (body.length < 5 || body[0] !== 0 || new DataView(body.buffer).getUint32(1) !== body.length - 5) {
    throw new NotGrpc("the answer is not one uncompressed message");
  }
  return body.subarray(5);
}
