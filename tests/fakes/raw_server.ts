/**
 * An HTTP server of plain sockets, for tests: it says what it is told to, wrong or broken off as that may be.
 * @module
 */

/** A request, as far as a test looks at it. Names of headers are in lower case. */
export interface RawRequest {
  path: string;
  headers: Readonly<Record<string, string>>;
}

/** An answer: its status line and headers, a line each; its body; and what comes then. */
export interface RawAnswer {
  head: readonly string[];
  body?: Uint8Array | string;
  /** `close` (the default) ends the connection; `hang` says nothing more, and does not end it. */
  then?: "close" | "hang";
}

/** The server. */
export interface RawServer {
  origin: string;
  /** What it was asked, in order. */
  requests: RawRequest[];
  [Symbol.dispose](): void;
}

/** @param answer is called for each request; `index` counts them from 0. */
export function rawServer(answer: (request: RawRequest, index: number) => RawAnswer): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const requests: RawRequest[] = [];
  const serve = async (connection: Deno.TcpConn) => {
    open.add(connection);
    try {
      const request = await readRequest(connection);
      requests.push(request);
      const { head, body = "", then = "close" } = answer(request, requests.length - 1);
      const encoder = new TextEncoder();
      const writer = connection.writable.getWriter();
      await writer.write(encoder.encode(`HTTP/1.1 ${head.join("\r\n")}\r\n\r\n`));
      await writer.write(typeof body === "string" ? encoder.encode(body) : body);
      if (then === "close") await writer.close();
    } catch {
      // The client went.
    }
  };
  (async () => {
    for await (const connection of listener) serve(connection);
  })();
  return {
    origin: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // It is closed already.
        }
      }
    },
  };
}

async function readRequest(connection: Deno.TcpConn): Promise<RawRequest> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  while (!text.includes("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("the client ended without a request");
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  const [first = "", ...lines] = text.split("\r\n\r\n")[0]!.split("\r\n");
  const headers = lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return { path: first.split(" ")[1] ?? "", headers: Object.fromEntries(headers) };
}
