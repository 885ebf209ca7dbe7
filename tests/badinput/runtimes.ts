/** Answers of a container runtime, over a socket, to `config images pull` and `init`. @module */
import { createServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createNetServer, type Server } from "node:net";
import { fake } from "../fakes/fake.ts";
import { containerRuntime } from "../../src/cri/client.ts";
import { EXIT } from "../../src/errors.ts";
import type { ContainerRuntime } from "../../src/system.ts";
import { QUICK } from "../program/program.ts";
import { type BadInput, type Category, line, TIME_LIMIT_MS } from "./case.ts";

/** What listens: a server that was not told yet where. */
export type Listener = () => Server | ReturnType<typeof createServer>;

/** A gRPC server whose every call goes like this. */
export function grpc(answer: (stream: ServerHttp2Stream) => void): Listener {
  return () => {
    const server = createServer();
    server.on("stream", (stream) => {
      stream.on("error", () => undefined);
      stream.resume();
      stream.on("end", () => answer(stream));
    });
    return server;
  };
}

/** A message behind its length, then this status. */
export function message(bytes: Uint8Array, trailers: Record<string, string> = { "grpc-status": "0" }): Listener {
  return grpc((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(bytes);
  });
}

/** Five bytes and these, or fewer than they say. */
export function frame(bytes: readonly number[], length = bytes.length, flag = 0): Uint8Array {
  const all = new Uint8Array([flag, 0, 0, 0, 0, ...bytes]);
  new DataView(all.buffer).setUint32(1, length);
  return all;
}

/** An error as servers tell it: there is no message, and the status is among the headers. */
const failed = (code: string, text: string) =>
  grpc((stream) =>
    stream.respond({
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": code,
      "grpc-message": encodeURIComponent(text),
    }, { endStream: true })
  );

/** Something else than HTTP/2. */
function speaks(text: string): Listener {
  return () =>
    createNetServer((socket) => {
      socket.on("error", () => undefined);
      socket.resume();
      socket.end(text);
    });
}

const NO_RUNTIME = /what listens there is not a container runtime/;

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
  ["a version of nothing", message(frame([]), {}), NO_RUNTIME],
  ["no message", message(new Uint8Array()), /Cannot call Version/],
  ["less than a length", message(new Uint8Array([0, 0])), /Cannot call Version/],
  ["less than the length says", message(frame([10, 1, 97], 100)), /Cannot call Version/],
  ["more than the length says", message(frame([10, 1, 97, 10, 1, 98], 3)), /Cannot call Version/],
  ["something compressed", message(frame([10, 1, 97], 3, 1)), /Cannot call Version/],
  ["a field that goes on behind the end", message(frame([10, 200, 1])), /Cannot call Version/],
  ["a number without end", message(frame(Array.from({ length: 40 }, () => 0xff))), /Cannot call Version/],
  ["a number for text", message(frame([16, 5])), /Cannot call Version/],
  ["a type that there is not", message(frame([15, 1, 2, 3])), /Cannot call Version/],
  ["17 MiB", message(frame([], 17 << 20)), /more than \d+ bytes/],
  ["17 MiB of nothing", message(new Uint8Array(17 << 20)), /longer than its length says/],
  ["HTTP 404", grpc((stream) => stream.respond({ ":status": 404 }, { endStream: true })), /HTTP status 404/],
  [
    "HTTP 200 of a web server",
    grpc((stream) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.end("<html>");
    }),
    NO_RUNTIME,
  ],
  ["a stream that breaks off", grpc((stream) => stream.close(2)), NO_RUNTIME],
  ["HTTP/1.1", speaks("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), NO_RUNTIME],
  ["SSH", speaks("SSH-2.0-OpenSSH_9.2\r\n".repeat(5)), NO_RUNTIME],
  ["nothing, and the end", speaks(""), NO_RUNTIME],
];

/** The runtime behind a socket that is there for as long as one call takes. */
function behind(listener: Listener): () => ContainerRuntime {
  const socket = "unix:///run/x.sock";
  async function called(name: string, given: readonly unknown[]): Promise<unknown> {
    const directory = await Deno.makeTempDir();
    const server = listener();
    try {
      await new Promise<void>((resolve) => server.listen(`${directory}/x.sock`, resolve));
      const runtime = containerRuntime(`unix://${directory}/x.sock`, () => {}, TIME_LIMIT_MS.clock); // tests share the machine
      return await (runtime as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[name]!(...given);
    } finally {
      await new Promise((resolve) => server.close(resolve));
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
