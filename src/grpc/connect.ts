/**
 * Connections for gRPC: a unix socket, or TLS to one server that only the given CA verifies.
 * @module
 */
import { NoConnection } from "../system/grpc.ts";
import type { ByteStream } from "./exchange.ts";

/** The address of a gRPC server, and the identities of both sides. */
export type GrpcTarget =
  /** The path of a unix socket. */
  | { socket: string }
  /** A server with TLS. PEM texts; the server's certificate must be signed by this CA, for this name or address. */
  | { hostname: string; port: number; caPem: string; client?: { certificatePem: string; keyPem: string } };

/** Errors of `connect(2)` by number, as Deno's error texts have them. */
const ERRNO: Readonly<Record<string, string>> = {
  "1": "EPERM",
  "2": "ENOENT",
  "13": "EACCES",
  "20": "ENOENT",
  "101": "ENETUNREACH",
  "111": "ECONNREFUSED",
  "113": "EHOSTUNREACH",
};

/** Connects. @throws {NoConnection} */
export async function connect(target: GrpcTarget): Promise<ByteStream> {
  try {
    return "socket" in target ? await Deno.connect({ transport: "unix", path: target.socket }) : await overTls(target);
  } catch (error) {
    throw new NoConnection(codeOf(error), error);
  }
}

/** The CA stores that Deno would add are emptied when the program starts (kube/environment.ts). */
async function overTls(target: Exclude<GrpcTarget, { socket: string }>): Promise<ByteStream> {
  const { hostname, port, caPem, client } = target;
  const connection = await Deno.connectTls({
    hostname,
    port,
    caCerts: [caPem],
    alpnProtocols: ["h2"],
    ...(client === undefined ? {} : { cert: client.certificatePem, key: client.keyPem }),
  });
  try {
    await connection.handshake();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function codeOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const errno = /\(os error (\d+)\)/.exec(said)?.[1];
  if (errno !== undefined) return ERRNO[errno] ?? `errno ${errno}`;
  return /failed to lookup|dns error/.test(said) ? "ENOTFOUND" : "TLS";
}
