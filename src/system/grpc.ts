/** The errors of gRPC calls. Every failure is one of these; an abort is the signal's own reason. @module */

/** The server answered with a status other than OK. The message is the server's, unchanged. */
export class GrpcError extends Error {
  /** The status code (https://grpc.io/docs/guides/status-codes/). */
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "GrpcError";
    this.code = code;
  }
}

/** gRPC status codes that callers distinguish. */
export const GRPC_STATUS = { notFound: 5, alreadyExists: 6, unimplemented: 12, unavailable: 14 } as const;

/** The server does not use gRPC, or violates the protocol. */
export class NotGrpc extends Error {
  override readonly name = "NotGrpc";
}

/** The server ended the call early: a reset, GOAWAY, a closed connection. */
export class GrpcBrokenOff extends Error {
  override readonly name = "GrpcBrokenOff";
}

/** A message, or a whole stream, is longer than the caller allows. */
export class GrpcTooLong extends Error {
  override readonly name = "GrpcTooLong";
}

/** The call exceeded its time limit. */
export class GrpcTimeout extends Error {
  override readonly name = "GrpcTimeout";
}

/** The connection failed: no socket, no listener, no permission, or TLS refused the server. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
  /** `ENOENT`, `ECONNREFUSED`, `EACCES`; `TLS` when the handshake failed: the cause has the reason. */
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(code, { cause });
    this.code = code;
  }
}
