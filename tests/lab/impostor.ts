/**
 * Servers that pass for an API server, on the lab's bridge: they keep every byte that they were sent.
 *
 * @module
 */

import type { Pair } from "./authority.ts";
import type { Lab } from "./lab.ts";
import { run } from "./process.ts";

/** What an impostor does with a request. */
export type Answer = (path: string) => string | Endless;
/** An answer that never ends. */
export class Endless {}

/** An HTTP answer as text. */
export function http(status: string, body: string, headers: readonly string[] = []): string {
  const length = new TextEncoder().encode(body).length;
  return [`HTTP/1.1 ${status}`, `Content-Length: ${length}`, "Connection: close", ...headers, "", body].join("\r\n");
}

/** A server of ours at the lab's gateway; ends with its block (`using`). */
export class Impostor implements Disposable {
  readonly endpoint: string;
  readonly #listener: Deno.Listener;
  #received = "";

  private constructor(listener: Deno.Listener, answer: Answer) {
    this.#listener = listener;
    const { hostname, port } = listener.addr as Deno.NetAddr;
    this.endpoint = `${hostname}:${port}`;
    this.#serve(answer);
  }

  /** With the certificate that is given, one of its own for the gateway's address, or without TLS. */
  static async open(lab: Lab, answer: Answer, options: { tls?: false | Pair } = {}): Promise<Impostor> {
    const place = { hostname: lab.network.gateway, port: 0 };
    if (options.tls) return new Impostor(Deno.listenTls({ ...place, ...options.tls }), answer);
    if (options.tls === false) return new Impostor(Deno.listen(place), answer);
    const folder = await Deno.makeTempDir();
    try {
      const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
      const subject = [
        "-subj",
        "/CN=kube-apiserver",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        `subjectAltName=IP:${place.hostname}`,
      ];
      await run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject]);
      const [keyPem, certPem] = await Promise.all([Deno.readTextFile(key), Deno.readTextFile(cert)]);
      return new Impostor(Deno.listenTls({ ...place, key: keyPem, cert: certPem }), answer);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  /** Everything that anybody sent, decrypted. */
  get received(): string {
    return this.#received;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #serve(answer: Answer): Promise<void> {
    try {
      for await (const connection of this.#listener) this.#talk(connection, answer).catch(() => {});
    } catch {
      // closed
    }
  }

  async #talk(connection: Deno.Conn, answer: Answer): Promise<void> {
    using _closing = connection;
    const buffer = new Uint8Array(65536);
    let request = "";
    // Who speaks TLS to a server without it never sends a whole request.
    while (!request.includes("\r\n\r\n") && !request.startsWith("\x16\x03")) {
      const size = await connection.read(buffer);
      if (size === null) return;
      const text = new TextDecoder("latin1").decode(buffer.subarray(0, size));
      this.#received += text;
      request += text;
    }
    const given = answer(request.split(" ")[1] ?? "/");
    if (typeof given === "string") return await sendAll(connection, given);
    await sendAll(connection, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
    const block = "x".repeat(65536);
    while (true) await sendAll(connection, block);
  }
}

async function sendAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
