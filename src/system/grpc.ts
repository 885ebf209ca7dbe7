/** What may become of a gRPC call. Whatever goes wrong is one of these; an abort is the signal's own reason. @module */

/** The server answered with a status other than OK. Its message is the server's, as it came. */
export class GrpcError extends Error {
  /** The status code (https://grpc.io/docs/guides/status-codes/). */
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "GrpcError";
    this.code = code;
  }
}

/** gRPC status codes that callers tell apart. */
export const GRPC_STATUS = { notFound: 5, alreadyExists: 6, unimplemented: 12, unavailable: 14 } as const;

/** The other side does not speak gRPC, or not as the protocol wants it. */
export class NotGrpc extends Error {
  override readonly name = "NotGrpc";
}

/** The other side spoke HTTP/2, and ended the call before it was over: a reset, GOAWAY, a closed connection. */
export class GrpcBrokenOff extends Error {
  override readonly name = "GrpcBrokenOff";
}

/** A message, or all of a stream, is longer than the caller takes. */
export class GrpcTooLong extends Error {
  override readonly name = "GrpcTooLong";
}

/** The call was not over in time. */
export class GrpcTimeout extends Error {
  override readonly name = "GrpcTimeout";
}

/** The connection failed: there is no socket, nobody listens, it may not be used, or TLS refused the other side. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
  /** `ENOENT`, `ECONNREFUSED`, `EACCES`; `TLS` when the handshake failed, which the cause tells. */
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(code, { cause });
    this.code = code;
  }
}
