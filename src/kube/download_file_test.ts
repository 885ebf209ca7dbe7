/** Downloads of files, from servers that break, change, redirect and lie; pauses pass by hand. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { makeCertificates } from "../../tests/fakes/api_server.ts";
import { manualTimer } from "../../tests/fakes/manual_timer.ts";
import { type RawAnswer, type RawRequest, rawServer } from "../../tests/fakes/raw_server.ts";
import { linuxHost } from "../host/linux.ts";
import { Interruption, Untrusted, UserError } from "../errors.ts";
import type { DownloadProgress, FileDownloadOptions } from "../system.ts";
import type { Timer } from "../timer.ts";
import { httpDownload } from "./download.ts";
import { documentOf, restOf } from "./resumption.ts";

const TEXT = "0123456789abcdef".repeat(20_000);
const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const OPTIONS: FileDownloadOptions = { limit: 1_000_000 };

/** A server that answers so, a download to a path of this machine, and how it went. */
interface Try {
  /** Downloads; what is at the path then. */
  get(more?: Partial<FileDownloadOptions>, path?: string): Promise<string>;
  /** What is at the path, and everything beside it. */
  left(): [string | undefined, string[]];
  requests: RawRequest[];
  /** Milliseconds of each pause. */
  pauses: number[];
  progress: DownloadProgress[];
  origin: string;
}

/** @param timer absent: pauses are over at once, and nothing is ever idle. */
async function trying(
  answer: (request: RawRequest, index: number) => RawAnswer,
  body: (it: Try) => Promise<void>,
  { timer, signal }: { timer?: Timer; signal?: AbortSignal } = {},
): Promise<void> {
  const pauses: number[] = [];
  const progress: DownloadProgress[] = [];
  const quick: Timer = (ms, call) => {
    if (ms === 60_000) return () => {};
    pauses.push(ms);
    queueMicrotask(call);
    return () => {};
  };
  const dir = await Deno.makeTempDir();
  const path = `${dir}/file`;
  const host = linuxHost(() => {});
  using server = rawServer(answer);
  const { origin, requests } = server;
  const left = (): [string | undefined, string[]] => {
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name);
    return [names.includes("file") ? Deno.readTextFileSync(path) : undefined, names.filter((name) => name !== "file")];
  };
  try {
    await body({
      async get(more = {}, at = "/file?key=s3cret") {
        const options = { ...OPTIONS, progress: (one: DownloadProgress) => progress.push(one), ...more };
        const download = httpDownload(signal, timer ?? quick);
        await download.toFile(`${origin}${at}`, host, { path, mode: 0o644 }, options);
        return Deno.readTextFileSync(path);
      },
      left,
      requests,
      pauses,
      progress,
      origin,
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const DATES = ["Date: Wed, 25 Nov 2026 11:00:00 GMT", "Last-Modified: Wed, 25 Nov 2026 10:00:00 GMT"];
const ok = (...headers: string[]) => ["200 OK", `Content-Length: ${TEXT.length}`, ...headers];
/** The first bytes of it, and then the connection ends. */
const broken = (...headers: string[]): RawAnswer => ({ head: ok(...headers), body: TEXT.slice(0, 100_000) });
const whole = (...headers: string[]): RawAnswer => ({ head: ok(...headers), body: TEXT });
/** The rest, as the request wants it. */
function rest({ headers }: RawRequest, ...more: string[]): RawAnswer {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1]);
  const range = `Content-Range: bytes ${from}-${TEXT.length - 1}/${TEXT.length}`;
  return {
    head: ["206 Partial Content", `Content-Length: ${TEXT.length - from}`, range, ...more],
    body: TEXT.slice(from),
  };
}

/** What must be refused: with these words, nothing of the URL's query, and nothing left on the disk. */
async function refused(it: Try, work: Promise<unknown>, says: RegExp, kind: typeof UserError = UserError) {
  await assert.rejects(work, (error: Error) => {
    assert.equal(error.name, kind.name);
    assert.match(error.message, says);
    assert.ok(!`${error.message} ${error.cause}`.includes("s3cret"), "the query is in the message");
    return true;
  });
  assert.deepEqual(it.left(), [undefined, []]);
}

Deno.test("download to a file: whole, with progress; not asked for again where it is there", async () => {
  await trying(() => whole(), async ({ get, requests, progress }) => {
    const known = { size: TEXT.length, sha256: sha256(TEXT) };
    assert.equal(await get(known), TEXT);
    assert.deepEqual(progress.at(-1), { bytes: TEXT.length, total: TEXT.length });
    assert.ok(progress.every(({ bytes }, i) => i === 0 || bytes > progress[i - 1]!.bytes));
    assert.equal(requests[0]!.headers["accept-encoding"], "identity");
    await get(known);
    assert.equal(requests.length, 1);
  });
});

for (const [name, headers] of Object.entries({ "a strong ETag": ['ETag: "v1"'], "Last-Modified": DATES })) {
  Deno.test(`download to a file: goes on after a break, by ${name}`, async () => {
    const answers = (request: RawRequest, index: number): RawAnswer => {
      if (index === 0) return broken(...headers);
      if (index === 1) return { head: ["503 Busy"] };
      if (index === 2) return { ...rest(request, ...headers), body: TEXT.slice(100_000, 150_000) };
      return rest(request, ...headers);
    };
    await trying(answers, async ({ get, requests, pauses, progress }) => {
      assert.equal(await get({ sha256: sha256(TEXT) }), TEXT);
      const validator = headers.at(-1)!.replace(/^[^:]*: /, "");
      assert.deepEqual(requests.map(({ headers }) => [headers.range, headers["if-range"]]), [
        [undefined, undefined],
        ["bytes=100000-", validator],
        ["bytes=100000-", validator],
        ["bytes=150000-", validator],
      ]);
      assert.deepEqual(pauses, [1_000, 2_000, 4_000]);
      assert.ok(progress.every(({ bytes }, i) => i === 0 || bytes > progress[i - 1]!.bytes));
    });
  });
}

/** What does not prove that the rest is of the same document. */
const BEGIN_AGAIN: Readonly<
  Record<string, { first: RawAnswer; then?: (request: RawRequest) => RawAnswer; asks: boolean }>
> = {
  "no validator": { first: broken(), asks: false },
  "a weak ETag": { first: broken('ETag: W/"v1"'), asks: false },
  "a date of this very second": {
    first: broken(DATES[0]!, DATES[0]!.replace("Date", "Last-Modified")),
    asks: false,
  },
  "a server without ranges": { first: broken('ETag: "v1"', "Accept-Ranges: none"), asks: false },
  "another document (200)": { first: broken('ETag: "v1"'), then: () => whole('ETag: "v2"'), asks: true },
  "another ETag": { first: broken('ETag: "v1"'), then: (request) => rest(request, 'ETag: "v2"'), asks: true },
  "another range": {
    first: broken('ETag: "v1"'),
    then: () => ({
      head: [
        "206 Partial",
        `Content-Length: ${TEXT.length}`,
        `Content-Range: bytes 0-${TEXT.length - 1}/${TEXT.length}`,
      ],
      body: TEXT,
    }),
    asks: true,
  },
  "another length": {
    first: broken('ETag: "v1"'),
    then: () => ({
      head: ["206 Partial", "Content-Length: 1", "Content-Range: bytes 100000-100000/100001"],
      body: "x",
    }),
    asks: true,
  },
  "no range at all": {
    first: broken('ETag: "v1"'),
    then: () => ({ head: ["206 Partial", "Content-Length: 1"], body: "x" }),
    asks: true,
  },
  "a range that cannot be had (416)": { first: broken('ETag: "v1"'), then: () => ({ head: ["416 No"] }), asks: true },
};
for (const [name, { first, then, asks }] of Object.entries(BEGIN_AGAIN)) {
  Deno.test(`download to a file: begins again after a break with ${name}`, async () => {
    const answers = (request: RawRequest, index: number) =>
      index === 0 ? first : request.headers.range === undefined ? whole('ETag: "v2"') : then!(request);
    await trying(answers, async ({ get, requests, left }) => {
      assert.equal(await get(), TEXT);
      assert.deepEqual(left()[1], []);
      assert.deepEqual(
        requests.map(({ headers }) => headers.range !== undefined),
        asks ? [false, true, false] : [false, false],
      );
    });
  });
}

Deno.test("download to a file: tried again no more than it may, with pauses that grow", async () => {
  await trying(() => broken(), async (it) => {
    await refused(it, it.get({ retries: 3 }), /the connection was closed.* \(tried 4 times\)$/);
    assert.deepEqual([it.requests.length, it.pauses], [4, [1_000, 2_000, 4_000]]);
  });
  await trying(() => ({ head: ["503 Busy", "Content-Length: 0"] }), async (it) => {
    await refused(it, it.get(), /^Cannot get "http:[^?]*\/file": the server answered 503 \(tried 11 times\)$/);
    assert.deepEqual(it.pauses.slice(3), [8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
  });
});

Deno.test("download to a file: other statuses, wrong sizes and wrong hashes are refused at once", async () => {
  const once = async (answer: RawAnswer, more: Partial<FileDownloadOptions>, says: RegExp, kind?: typeof UserError) =>
    await trying(() => answer, async (it) => {
      await refused(it, it.get(more), says, kind);
      assert.deepEqual([it.requests.length, it.pauses], [1, []]);
    });
  await once({ head: ["404 No", "Content-Length: 0"] }, {}, /the server answered 404, expected 200$/);
  await once({ head: ["206 Part", "Content-Length: 1"], body: "x" }, {}, /the server answered 206, expected 200$/);
  await once(whole(), { limit: 1_000 }, /it is longer than 1000 bytes$/, Untrusted);
  await once(whole(), { size: 5 }, /it is longer than 5 bytes$/, Untrusted);
  await once(whole(), { size: 500_000 }, /it has 320000 bytes, expected 500000$/);
  const wrong = new RegExp(
    `^Cannot write ".*/file": the content of "http://[^?]*/file" has SHA-256 ${sha256(TEXT)}, expected 0{64}$`,
  );
  await once(whole(), { sha256: "0".repeat(64) }, wrong);
});

Deno.test("download to a file: a body without end is refused at its limit", async () => {
  const chunks = ["8000", "x".repeat(0x8000), ""].join("\r\n").repeat(40);
  await trying(() => ({ head: ["200 OK", "Transfer-Encoding: chunked"], body: chunks, then: "hang" }), async (it) => {
    await refused(it, it.get(), /it is longer than 1000000 bytes$/, Untrusted);
  });
});

Deno.test("download to a file: without a length it is whole at its end, and a break is seen in chunks", async () => {
  await trying(() => ({ head: ["200 OK"], body: TEXT }), async ({ get, progress }) => {
    assert.equal(await get({ size: TEXT.length }), TEXT);
    assert.equal(progress.at(-1)?.total, undefined);
  });
  const head = ["200 OK", "Transfer-Encoding: chunked"];
  const answers = (_: RawRequest, index: number) =>
    index === 0 ? { head, body: "5\r\nhello\r\n" } : { head, body: "5\r\nhello\r\n0\r\n\r\n" };
  await trying(answers, async ({ get, requests }) => {
    assert.deepEqual([await get(), requests.length], ["hello", 2]);
  });
  await trying(() => ({ head: ["200 OK"], body: "short" }), async (it) => {
    await refused(it, it.get({ size: 6 }), /the content of .* has 5 bytes, expected 6$/);
  });
});

Deno.test("download to a file: an encoded body is refused; Deno 2.6 decodes it untold, and then its hash is wrong", async () => {
  const body = gzipSync(TEXT);
  const head = ["200 OK", "Content-Encoding: gzip", `Content-Length: ${body.length}`];
  await trying(() => ({ head, body }), async (it) => {
    await refused(
      it,
      it.get({ sha256: sha256(body) }),
      /unsupported content encoding "gzip"$|has SHA-256 \w+, expected/,
    );
  });
});

Deno.test("download to a file: a connection that gives nothing is broken, whether it began to answer or not", async () => {
  const { timer, due, waiting } = manualTimer();
  const answers = (request: RawRequest, index: number): RawAnswer =>
    index === 0
      ? { ...broken('ETag: "v1"'), then: "hang" }
      : index === 1
      ? { head: ["100 Continue"], then: "hang" }
      : rest(request, 'ETag: "v1"');
  await trying(answers, async ({ get, progress, requests }) => {
    const getting = get({ idleMs: 20_000 });
    while (progress.at(-1)?.bytes !== 100_000) await new Promise((resolve) => setTimeout(resolve, 5));
    await due(20_000);
    await due(1_000);
    while (requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await due(20_000);
    await due(2_000);
    assert.equal(await getting, TEXT);
    assert.deepEqual(waiting(), []);
  }, { timer });
  const last = manualTimer();
  await trying(() => ({ head: ["100 Continue"], then: "hang" }), async (it) => {
    const getting = refused(it, it.get({ idleMs: 20_000, retries: 0 }), /no answer within 20 s$/);
    while (it.requests.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await last.due(20_000);
    await getting;
  }, last);
});

Deno.test("download to a file: an interruption ends it, while it reads and while it pauses", async () => {
  for (const then of ["hang", "close"] as const) {
    const { timer, due: _due, waiting } = manualTimer();
    const controller = new AbortController();
    await trying(() => ({ ...broken('ETag: "v1"'), then }), async ({ get, left }) => {
      const getting = get();
      const now = then === "hang" ? 60_000 : 1_000;
      while (!waiting().includes(now) || left()[1].length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(new Interruption("SIGTERM"));
      await assert.rejects(getting, Interruption);
      assert.deepEqual([left(), waiting()], [[undefined, []], []]);
    }, { timer, signal: controller.signal });
  }
});

Deno.test("resumption: which documents can be gone on with, and which answers are their rest", () => {
  const headers = (all: Record<string, string>, status = 200) => new Response(null, { status, headers: all });
  assert.deepEqual(documentOf(headers({ etag: '"a"', "content-length": "10" })), { validator: '"a"', total: 10 });
  assert.deepEqual(documentOf(headers({ etag: "a", "content-length": "ten" })), {});
  const document = { validator: '"a"', total: 10 };
  const range = (value: string, more = {}) => restOf(headers({ "content-range": value, ...more }, 206), document, 4);
  assert.deepEqual(range("bytes 4-9/10"), document);
  assert.deepEqual(range("bytes 4-9/*"), document);
  for (
    const wrong of ["bytes 4-8/10", "bytes 3-9/10", "bytes 4-10/11", "bytes 4-9/9", "items 4-9/10", "bytes */10", ""]
  ) {
    assert.equal(range(wrong), undefined, wrong);
  }
  assert.equal(range("bytes 4-9/10", { etag: '"b"' }), undefined);
  assert.equal(restOf(headers({ "content-range": "bytes 4-9/10" }), document, 4), undefined);
  assert.equal(restOf(headers({ "content-range": "bytes 4-9/*" }, 206), { validator: '"a"' }, 4), undefined);
});

/** A redirect to there. */
const to = (location: string, status = 302): RawAnswer => ({
  head: [`${status} Moved`, `Location: ${location}`, "Content-Length: 0"],
});

Deno.test("download to a file: redirects are followed, relative ones, too, but not without end", async () => {
  const answers = ({ path }: RawRequest): RawAnswer => {
    const hops = Number(path.slice(1).split("?")[0]);
    return hops === 0 ? whole() : to(hops === 3 ? "2" : `/${hops - 1}`, [301, 303, 307, 308][hops % 4]!);
  };
  await trying(answers, async (it) => {
    await refused(it, it.get({}, "/6?key=s3cret"), /it redirects more than 5 times$/, Untrusted);
    assert.equal(await it.get({}, "/5?key=s3cret"), TEXT);
  });
  const wrong: [RawAnswer, RegExp, typeof UserError][] = [
    [{ head: ["302 Moved", "Content-Length: 0"] }, /it redirects \(302\) without a valid Location$/, Untrusted],
    [to("http://[bad"), /without a valid Location$/, Untrusted],
    [to("http://user:word@127.0.0.1/"), /redirects to a URL of "127.0.0.1" that contains credentials$/, Untrusted],
    [to("file:///etc/passwd"), /only https and http are supported, got "file:", to which it redirects/, UserError],
    [to("https://127.0.0.1/x?s3cret"), /no CA certificates to verify the server, to which it redirects/, UserError],
  ];
  for (const [answer, says, kind] of wrong) await trying(() => answer, (it) => refused(it, it.get(), says, kind));
});

Deno.test("download to a file: the Authorization header goes to no other origin, nor back again from there", async () => {
  await trying(() => whole(), async ({ origin: elsewhere, requests: asked }) => {
    const answers = ({ path }: RawRequest) =>
      path === "/own" ? to("/away") : path === "/away" ? to(`${elsewhere}/x`) : path === "/back" ? to("/end") : whole();
    await trying(answers, async ({ get, requests }) => {
      assert.equal(await get({ authorization: "Bearer t" }, "/own"), TEXT);
      assert.deepEqual(requests.map(({ headers }) => headers.authorization), ["Bearer t", "Bearer t"]);
      assert.deepEqual(asked.map(({ headers }) => headers.authorization), [undefined]);
    });
  });
  const seen: (string | undefined)[] = [];
  let home = "";
  const stranger = rawServer(({ headers }) => (seen.push(headers.authorization), to(`${home}/back`)));
  const answers = ({ path, headers }: RawRequest) => {
    seen.push(headers.authorization);
    return path === "/back" ? whole() : to(stranger.origin);
  };
  await trying(answers, async ({ get, origin }) => {
    home = origin;
    assert.equal(await get({ authorization: "Bearer t" }), TEXT);
    assert.deepEqual(seen, ["Bearer t", undefined, undefined]);
  });
  stranger[Symbol.dispose]();
});

Deno.test("download to a file: over TLS by the given CAs, never from https to http, the client certificate to one origin", async () => {
  const [certificates, other] = await Promise.all([makeCertificates(), makeCertificates()]);
  const { ca: caPem, certificate: certificatePem, key: keyPem } = certificates;
  const dir = await Deno.makeTempDir();
  for (const [name, pem] of Object.entries(certificates)) await Deno.writeTextFile(`${dir}/${name}`, pem);
  // It asks for a client's certificate, and its page tells which it got.
  const child = new Deno.Command("openssl", {
    args: [
      "s_server",
      "-accept",
      "127.0.0.1:0",
      "-cert",
      "certificate",
      "-key",
      "key",
      "-CAfile",
      "ca",
      "-verify",
      "1",
      "-www",
    ],
    cwd: dir,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!/ACCEPT \S+\n/.test(printed)) printed += (await lines.read()).value ?? "";
  const asking = `https://${/ACCEPT (\S+)/.exec(printed)![1]}/`;
  const locations: Record<string, string> = { "/asking": asking, "/plain": "http://127.0.0.1:1/" };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, cert: certificatePem, key: keyPem },
    (request) => {
      const location = locations[new URL(request.url).pathname];
      return location ? new Response(null, { status: 302, headers: { location } }) : new Response(TEXT);
    },
  );
  const origin = `https://127.0.0.1:${server.addr.port}`;
  const host = linuxHost(() => {});
  const get = async (url: string, more: Partial<FileDownloadOptions> = {}) => {
    const options = { ...OPTIONS, retries: 0, caPem, client: { certificatePem, keyPem }, ...more };
    await httpDownload().toFile(url, host, { path: `${dir}/file`, mode: 0o600 }, options);
    return await Deno.readTextFile(`${dir}/file`);
  };
  try {
    assert.equal(await get(`${origin}/file`), TEXT);
    assert.match(await get(asking), /Client certificate/);
    assert.match(await get(`${origin}/asking`), /no client certificate available/);
    await assert.rejects(get(`${origin}/plain`), (error: Error) => {
      assert.ok(error instanceof Untrusted);
      assert.match(error.message, /it redirects from https to "http:\/\/127.0.0.1:1\/"$/);
      return true;
    });
    await assert.rejects(get(`${origin}/file`, { caPem: other.ca, retries: 3 }), (error: Error) => {
      assert.ok(error instanceof Untrusted);
      assert.match(error.message, /not signed by a trusted CA$/);
      return true;
    });
  } finally {
    child.kill("SIGKILL");
    await Promise.all([lines.cancel(), child.status, server.shutdown()]);
    await Deno.remove(dir, { recursive: true });
  }
});
