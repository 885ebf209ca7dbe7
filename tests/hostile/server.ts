/**
 * A server that does whatever it likes below and above TLS, and keeps every byte that it was sent.
 *
 * @module
 */

/** What happens on a connection after the handshake and the head of a request, of which `path` is a part. */
export type Talk = (connection: Deno.Conn, path: string) => Promise<unknown>;

export interface ServerOptions {
  /** Certificate and key; absent: no TLS. */
  tls?: { certificate: string; key: string };
  alpn?: readonly string[];
  /** Talk at once, without waiting for a request. */
  first?: boolean;
}

/** Listens on loopback until it is disposed of. */
export class HostileServer implements Disposable {
  readonly port: number;
  /** All that was sent, decrypted. */
  received = "";
  readonly #listener: Deno.Listener;
  readonly #open = new Set<Deno.Conn>();

  constructor(talk: Talk, { tls, alpn, first }: ServerOptions) {
    const place = { hostname: "127.0.0.1", port: 0 };
    const pair = tls && { cert: tls.certificate, key: tls.key, ...(alpn ? { alpnProtocols: [...alpn] } : {}) };
    this.#listener = pair ? Deno.listenTls({ ...place, ...pair }) : Deno.listen(place);
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#serve(talk, first === true);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
  }

  async #serve(talk: Talk, first: boolean): Promise<void> {
    while (true) {
      try {
        const connection = await this.#listener.accept();
        this.#open.add(connection);
        this.#talk(connection, talk, first).catch(() => {}).finally(() => {
          close(connection);
          this.#open.delete(connection);
        });
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      }
    }
  }

  async #talk(connection: Deno.Conn, talk: Talk, first: boolean): Promise<void> {
    if (first) return void await talk(connection, "");
    while (true) {
      const request = await this.#head(connection);
      if (request === undefined) return;
      if (await talk(connection, request.split(" ")[1] ?? "") !== KEEP) return;
    }
  }

  async #head(connection: Deno.Conn): Promise<string | undefined> {
    const buffer = new Uint8Array(65536);
    let request = "";
    while (!request.includes("\r\n\r\n")) {
      const size = await connection.read(buffer);
      if (size === null) return undefined;
      const text = new TextDecoder("latin1").decode(buffer.subarray(0, size));
      this.received += text;
      request += text;
    }
    return request;
  }
}

/** The connection stays open for another request. */
export const KEEP = Symbol("keep");

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // closed already
  }
}

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Writes all of it. */
export async function send(connection: Deno.Conn, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? bytesOf(content) : content;
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Writes the same again and again until nobody reads it. */
export async function flood(connection: Deno.Conn, content: string | Uint8Array): Promise<never> {
  const bytes = typeof content === "string" ? bytesOf(content) : content;
  while (true) await send(connection, bytes);
}

/** Writes a character every 50 ms. */
export async function trickle(connection: Deno.Conn, text: string): Promise<void> {
  for (const character of text) {
    await send(connection, character);
    await pause(50);
  }
}
