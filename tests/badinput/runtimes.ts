/** Answers of a container runtime, over a socket, to `config images pull` and `init`. @module */
import { fake } from "../fakes/fake.ts";
import { framed, serveConnections, type Served, type ServedCall, serveHttp2 } from "../fakes/http2_server.ts";
import { containerRuntime } from "../../src/cri/client.ts";
import { EXIT } from "../../src/errors.ts";
import { FRAME, numberFrame } from "../../src/grpc/frames.ts";
import type { ContainerRuntime } from "../../src/system.ts";
import { QUICK } from "../program/program.ts";
import { type BadInput, type Category, line, TIME_LIMIT_MS } from "./case.ts";

/** What listens at the path of a socket. */
export type Listener = (path: string) => Served;

const listen = (path: string) => Deno.listen({ transport: "unix", path });

/** A gRPC server whose every call goes like this, once the request is whole. */
export function grpc(answer: (call: ServedCall) => Promise<unknown>): Listener {
  return (path) =>
    serveHttp2(listen(path), async (call) => {
      await call.whole();
      await answer(call);
    });
}

/** A message behind its length, then this status. */
export function message(bytes: Uint8Array, trailers: Record<string, string> = { "grpc-status": "0" }): Listener {
  return grpc(async (call) => {
    await call.respond();
    await call.send(bytes);
    await call.end(trailers);
  });
}

/** Something at the socket that talks as it likes. */
export function talks(talk: (connection: Deno.Conn) => Promise<unknown>): Listener {
  return (path) => serveConnections(listen(path), talk);
}

/** An error as servers tell it: there is no message, and the status is among the headers. */
const failed = (code: string, text: string) =>
  grpc((call) => call.respond({ "grpc-status": code, "grpc-message": encodeURIComponent(text) }, { end: true }));

/** Something else than HTTP/2. */
function speaks(text: string): Listener {
  return talks(async (connection) => {
    await connection.read(new Uint8Array(65536));
    await connection.write(new TextEncoder().encode(text));
  });
}

const NO_RUNTIME = /the server is not a container runtime/;

export const ANSWERS: readonly (readonly [string, Listener, RegExp])[] = [
  [
    "a service that there is not",
    failed("12", "unknown service runtime.v1.RuntimeService"),
    /does not serve runtime\.v1/,
  ],
  ["a method that there is not", failed("12", "unknown method Version"), /unknown method Version/],
  ["no permission", failed("7", "not for you"), /not for you \(gRPC status 7\)/],
  ["trouble inside", failed("13", "panic: 100% broken"), /panic: 100% broken \(gRPC status 13\)/],
  ["that it starts", failed("14", "containerd is not ready"), /containerd is not ready \(gRPC status 14\)/],
  ["trouble without words", failed("2", ""), /gRPC status 2/],
  ["a status of words", failed("fine", ""), NO_RUNTIME],
  ["a version of nothing", message(framed([]), {}), NO_RUNTIME],
  ["no message", message(new Uint8Array()), /Cannot call Version/],
  ["less than a length", message(new Uint8Array([0, 0])), /Cannot call Version/],
  ["less than the length says", message(framed([10, 1, 97], 100)), /Cannot call Version/],
  ["more than the length says", message(framed([10, 1, 97, 10, 1, 98], 3)), /Cannot call Version/],
  ["something compressed", message(framed([10, 1, 97], 3, 1)), /Cannot call Version/],
  ["a field that goes on behind the end", message(framed([10, 200, 1])), /Cannot call Version/],
  ["a number without end", message(framed(Array.from({ length: 40 }, () => 0xff))), /Cannot call Version/],
  ["a number for text", message(framed([16, 5])), /Cannot call Version/],
  ["a type that there is not", message(framed([15, 1, 2, 3])), /Cannot call Version/],
  ["17 MiB", message(framed([], 17 << 20)), /more than \d+ bytes/],
  ["17 MiB of nothing", message(new Uint8Array(17 << 20)), /more than one message/],
  ["HTTP 404", grpc((call) => call.respond({ ":status": "404" }, { end: true })), /HTTP status 404/],
  [
    "HTTP 200 of a web server",
    grpc(async (call) => {
      await call.respond({ "content-type": "text/html" });
      await call.send(new TextEncoder().encode("<html>"));
      await call.end({});
    }),
    NO_RUNTIME,
  ],
  ["a stream that breaks off", grpc((call) => call.raw(numberFrame(FRAME.reset, 1, 2))), NO_RUNTIME],
  ["HTTP/1.1", speaks("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), NO_RUNTIME],
  ["SSH", speaks("SSH-2.0-OpenSSH_9.2\r\n".repeat(5)), NO_RUNTIME],
  ["nothing, and the end", speaks(""), NO_RUNTIME],
];

/** The runtime behind a socket that is there for as long as one call takes. */
function behind(listener: Listener): () => ContainerRuntime {
  const socket = "unix:///run/x.sock";
  async function called(name: string, given: readonly unknown[]): Promise<unknown> {
    const directory = await Deno.makeTempDir();
    const server = listener(`${directory}/x.sock`);
    try {
      const runtime = containerRuntime(`unix://${directory}/x.sock`, () => {}, TIME_LIMIT_MS.clock); // tests share the machine
      return await (runtime as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[name]!(...given);
    } finally {
      await server.close();
      await Deno.remove(directory, { recursive: true });
    }
  }
  const runtime = new Proxy(fake<ContainerRuntime>("container runtime", { socket }), {
    get: (known, name) => name === "socket" ? known.socket : (...given: unknown[]) => called(String(name), given),
  });
  return () => runtime;
}

function pull([name, listener, says]: typeof ANSWERS[number]): BadInput {
  const args = ["config", "images", "pull", "--config", QUICK];
  return line(`a runtime answers with ${name}`, args, says, {
    code: EXIT.failed,
    world: { runtime: behind(listener) },
  });
}

/** `init` on the same, which is told as a check. */
function init([name, listener]: typeof ANSWERS[number]): BadInput {
  return line(`a runtime answers init with ${name}`, ["init", "--config", QUICK], /^ {2}CRI: /m, {
    code: EXIT.preflight,
    world: { runtime: behind(listener) },
  });
}

/** Answers of a container runtime that are none. */
export const RUNTIME_CASES: Category = {
  name: "answers of a container runtime",
  cases: () => [
    ...ANSWERS.map(pull),
    ...ANSWERS.filter(([name]) => /^(no permission|no message|HTTP 404|SSH|a field|less than the)/.test(name)).map(
      init,
    ),
  ],
};
