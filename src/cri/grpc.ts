/**
 * Unary gRPC calls over a unix socket (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), by `fetch`: HTTP/2
 * with prior knowledge. It shows no trailers, and a unary call needs none: servers put the status of a failed call into the
 * headers ("Trailers-Only"), and a message that is as long as it says is the answer of one that succeeded.
 * `node:http2` has them, but on Deno 2.6 a peer that breaks off ends the whole program, and it takes 20 ms to load.
 * @module
 */

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

/** The connection failed: there is no socket, nobody listens, or it may not be used. */
export class NoConnection extends Error {
  /** `ENOENT`, `ECONNREFUSED`, `EACCES`. */
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** Errors of `connect(2)` by number, as Deno's error texts have them. */
const ERRNO: Readonly<Record<string, string>> = {
  "1": "EPERM",
  "2": "ENOENT",
  "13": "EACCES",
  "20": "ENOENT",
  "111": "ECONNREFUSED",
};

/**
 * Calls `method` (`/runtime.v1.RuntimeService/Version`) on a connection of its own and returns the answer's bytes.
 * @param timeoutMs Undefined: no limit.
 * @throws {GrpcError | NotGrpc | GrpcTimeout | NoConnection}
 */
export async function callUnary(
  socketPath: string,
  method: string,
  request: Uint8Array,
  timeoutMs: number | undefined,
): Promise<Uint8Array> {
  const client = Deno.createHttpClient({
    proxy: { transport: "unix", path: socketPath },
    http1: false,
    http2: true,
  });
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`http://localhost${method}`, {
      client,
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/grpc", "te": "trailers", "user-agent": "kubewright" },
      body: framed(request),
      ...(signal ? { signal } : {}),
    });
    return await answerOf(response);
  } catch (error) {
    throw signal?.aborted ? new GrpcTimeout(method) : failureOf(error);
  } finally {
    client.close();
  }
}

/** A message with 5 bytes before it: not compressed, length. */
function framed(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  return frame;
}

/** The message of an answer, read as far as it is one. */
async function answerOf(response: Response): Promise<Uint8Array> {
  if (response.status !== 200) throw new NotGrpc(`HTTP status ${response.status}`);
  const type = response.headers.get("content-type");
  if (!type?.startsWith("application/grpc")) throw new NotGrpc(`the content type is ${JSON.stringify(type ?? "")}`);
  const { code, message = "" } = statusIn(response.headers);
  if (code !== undefined && code !== 0) throw new GrpcError(code, message);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    chunks.push(chunk);
    const refusal = tooMuch(chunks, size);
    if (refusal !== undefined) throw new NotGrpc(refusal);
  }
  if (size === 0) throw new NotGrpc("the answer has no gRPC status and no message");
  return await unframe(chunks);
}

/** What an error of `fetch` means; one of ours stays as it is. */
function failureOf(error: unknown): Error {
  if (error instanceof GrpcError || error instanceof NotGrpc) return error;
  const said = `${error instanceof Error ? error.message : error} ${error instanceof Error ? error.cause ?? "" : ""}`;
  const errno = /client error \(Connect\).*\(os error (\d+)\)/.exec(said)?.[1];
  if (errno !== undefined) return new NoConnection(ERRNO[errno] ?? `errno ${errno}`, error);
  return new NotGrpc("the connection was closed, or does not speak HTTP/2", { cause: error });
}

/** The status that an answer's headers have, when it has no message. */
function statusIn(headers: Headers): { code?: number; message?: string } {
  const code = headers.get("grpc-status");
  const message = headers.get("grpc-message");
  if (code !== null && !/^\d{1,3}$/.test(code)) throw new NotGrpc("its gRPC status is not a number");
  return {
    ...(code === null ? {} : { code: Number(code) }),
    ...(message === null ? {} : { message: percentDecoded(message) }),
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
