/**
 * For tests only: certificates made by openssl, and a small API server on loopback that keeps objects in memory.
 * @module
 */
import type { KubeObject } from "../../src/system.ts";
import { covers, isRecord, mergePatch } from "../../src/kube/objects.ts";

/** A CA and a server certificate of it for localhost, 127.0.0.1 and ::1. PEM texts. */
export interface TestCertificates {
  ca: string;
  certificate: string;
  key: string;
}

/** Makes a new CA and a server certificate. */
export async function makeCertificates(names = "DNS:localhost,IP:127.0.0.1,IP:::1"): Promise<TestCertificates> {
  const dir = await Deno.makeTempDir();
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: dir, stdout: "null" }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  try {
    await openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2");
    await openssl("req", ...newKey, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server");
    await Deno.writeTextFile(`${dir}/extensions`, `subjectAltName=${names}\n`);
    const signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions"];
    await openssl("x509", "-req", "-in", "server.csr", ...signer, "-out", "server.pem");
    const read = (name: string) => Deno.readTextFile(`${dir}/${name}`);
    return { ca: await read("ca.pem"), certificate: await read("server.pem"), key: await read("server.key") };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The server's side: what it keeps, what it was asked, and what it is to do instead of answering. */
export interface TestApi {
  server: string;
  objects: Map<string, KubeObject>;
  /** `GET /api/v1/…`, in order. */
  requests: string[];
  headers: Headers[];
  /** Answers to give before any other, one a request; a number is a status. */
  instead: (Response | number)[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server that knows GET, lists, apply and merge patch (without defaulting) and delete, at any path. */
export function serveApi(certificates: TestCertificates, hostname = "127.0.0.1"): TestApi {
  let version = 1;
  const objects = new Map<string, KubeObject>();
  const requests: string[] = [];
  const headers: Headers[] = [];
  const instead: (Response | number)[] = [];
  const store = (path: string, object: Record<string, unknown>) => {
    const metadata = isRecord(object.metadata) ? object.metadata : {};
    const stored = {
      ...object,
      metadata: { ...metadata, resourceVersion: String(version++) },
    } as unknown as KubeObject;
    objects.set(path, stored);
    return stored;
  };
  const status = (code: number, reason: string, message = "") =>
    Response.json({ kind: "Status", apiVersion: "v1", reason, message, code }, { status: code });
  const stop = new AbortController();
  const server = Deno.serve({
    hostname,
    signal: stop.signal,
    port: 0,
    cert: certificates.certificate,
    key: certificates.key,
    onListen() {},
  }, async (request) => {
    const { pathname: path, search, searchParams } = new URL(request.url);
    requests.push(`${request.method} ${path}${search}`);
    headers.push(new Headers(request.headers));
    const text = await request.text();
    const next = instead.shift();
    if (next !== undefined) return typeof next === "number" ? status(next, "Injected", "as told") : next;
    const there = objects.get(path);
    if (request.method === "PATCH") {
      const body: unknown = JSON.parse(text);
      if (request.headers.get("content-type") !== "application/apply-patch+yaml" && there === undefined) {
        return status(404, "NotFound", "no such object");
      }
      if (there !== undefined && covers(there, body)) return Response.json(there);
      return Response.json(store(path, mergePatch(there ?? {}, body) as Record<string, unknown>));
    }
    if (request.method === "DELETE") {
      return objects.delete(path) ? status(200, "") : status(404, "NotFound");
    }
    if (there !== undefined) return Response.json(there);
    const below = [...objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, object]) => object);
    if (below.length === 0) return status(404, "NotFound", "nothing here");
    const start = Number(searchParams.get("continue") ?? 0);
    const page = Math.min(Number(searchParams.get("limit")), 2);
    const rest = start + page < below.length ? { continue: String(start + page) } : {};
    const items = below.slice(start, start + page).map(({ apiVersion: _a, kind: _k, ...item }) => item);
    return Response.json({ kind: "List", apiVersion: "v1", metadata: rest, items });
  });
  const authority = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    server: `https://${authority}:${server.addr.port}`,
    objects,
    requests,
    headers,
    instead,
    [Symbol.asyncDispose]: () => {
      stop.abort(); // not shutdown(), which would wait for idle connections of a client that a failed test left open
      return server.finished;
    },
  };
}
