import assert from "node:assert/strict";
import { Untrusted, UserError } from "../errors.ts";
import { httpDownload } from "./download.ts";
import { makeCertificates, type TestCertificates } from "../../tests/fakes/api_server.ts";

/** Answers each request by `answer`, with TLS when there are certificates, while `work` runs. */
async function serving(
  certificates: TestCertificates | undefined,
  answer: (path: string) => Response,
  work: (origin: string) => Promise<void>,
): Promise<void> {
  const tls = certificates && { cert: certificates.certificate, key: certificates.key };
  const handler = (request: Request) => answer(new URL(request.url).pathname);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {}, ...tls }, handler);
  await work(`http${tls ? "s" : ""}://127.0.0.1:${server.addr.port}`);
}

const OPTIONS = { timeoutMs: 5_000, limit: 1_000 };
const get = (url: string, more: Record<string, unknown> = {}) => httpDownload().get(url, { ...OPTIONS, ...more });

Deno.test("download: any status is an answer; redirects, long bodies and what is not trusted are refused", async () => {
  const [certificates, other, named] = await Promise.all([
    makeCertificates(),
    makeCertificates(),
    makeCertificates("DNS:elsewhere"),
  ]);
  const endless = () =>
    new ReadableStream({
      pull: (controller) =>
        new Promise((done) => setTimeout(done, 1)).then(() => controller.enqueue(new Uint8Array(500))),
    });
  const answers: Record<string, () => Response> = {
    "/file": () => new Response("hello"),
    "/missing": () => new Response("no", { status: 404 }),
    "/moved": () => new Response(null, { status: 302, headers: { location: "/file" } }),
    "/endless": () => new Response(endless()),
  };
  await serving(certificates, (path) => answers[path]!(), async (origin) => {
    const { ca } = certificates;
    assert.deepEqual(await get(`${origin}/file`, { caPem: ca }), { status: 200, body: "hello" });
    assert.deepEqual(await get(`${origin}/missing`, { caPem: ca }), { status: 404, body: "no" });
    const refused = async (path: string, caPem: string, says: RegExp) =>
      await assert.rejects(get(`${origin}${path}`, { caPem }), (error: Error) => {
        assert.ok(error instanceof Untrusted);
        assert.match(error.message, says);
        assert.ok(!`${error.message} ${error.cause}`.includes("s3cret"), "the query is in the message");
        return true;
      });
    await refused("/moved?key=s3cret", ca, /redirects are not allowed \(HTTP status 302\)/);
    await refused("/endless", ca, /longer than 1000 bytes/);
    await refused("/file?key=s3cret", other.ca, /not signed by a trusted CA/);
    await assert.rejects(get(origin.replace("https", "http"), { caPem: ca }), /must begin with https:/);
    await assert.rejects(get(origin), /must begin with http:/);
    await assert.rejects(get(origin.replace("//", "//user:word@"), { caPem: ca }), /must not contain credentials/);
  });
  await serving(named, answers["/file"]!, async (origin) => {
    await assert.rejects(get(origin, { caPem: named.ca }), /not valid for this name/);
  });
});

Deno.test("download: plain HTTP behind an https URL is refused; silence and nobody there are worth another try", async () => {
  const { ca } = await makeCertificates();
  await serving(undefined, () => new Response("plain"), async (origin) => {
    assert.equal((await get(origin)).body, "plain");
    await assert.rejects(get(origin.replace("http", "https"), { caPem: ca }), (error: Error) => {
      assert.ok(error instanceof Untrusted);
      assert.match(error.message, /does not use TLS/);
      return true;
    });
  });
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await assert.rejects(get(`http://127.0.0.1:${silent.addr.port}/`, { timeoutMs: 200 }), /no answer within 0.2 s/);
  await assert.rejects(get("https://127.0.0.1:2/", { caPem: ca }), (error: Error) => {
    assert.ok(error instanceof UserError && !(error instanceof Untrusted));
    assert.match(error.message, /connection refused/);
    return true;
  });
});
