import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import type { CallOptions, GrpcClient } from "../grpc/client.ts";
import type { Change } from "../system.ts";
import { GRPC_STATUS, GrpcError, NoConnection } from "../system/grpc.ts";
import { containerdImages } from "./client.ts";
import { decode, encode } from "./messages.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const PINNED = { "io.cri-containerd.image": "managed", "io.cri-containerd.pinned": "pinned" };
const TARGET = { mediaType: "m", digest: `sha256:${"1".repeat(64)}`, size: 3 };

/** A containerd that answers as `answers` say, by the end of a method's name; all else is not found. */
function store(answers: Readonly<Record<string, () => Uint8Array>>) {
  const calls: { method: string; request: Uint8Array; options: CallOptions }[] = [];
  const written: Record<string, unknown>[] = [];
  const changes: Change[] = [];
  const client: GrpcClient = {
    unary(method, request, options = {}) {
      calls.push({ method, request, options });
      const answer = Object.entries(answers).find(([name]) => method.endsWith(name))?.[1];
      if (answer === undefined) return Promise.reject(new GrpcError(GRPC_STATUS.notFound, "not found"));
      return Promise.resolve().then(answer);
    },
    async *stream(method, requests, options = {}) {
      calls.push({ method, request: new Uint8Array(), options });
      for await (const one of requests) written.push(decode("WriteContentRequest", one));
      yield new Uint8Array();
    },
  };
  const images = containerdImages(
    "unix:///s",
    (one) => changes.push(one),
    () => NOW,
    undefined,
    () => Promise.resolve(client),
  );
  return { images, calls, written, changes };
}
const empty = () => new Uint8Array();

async function* pieces(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

Deno.test("containerd: content goes in pieces and is committed, within a lease that ends by itself", async () => {
  const { images, calls, written } = store({ "Leases/Create": empty });
  await images.write({ digest: TARGET.digest, size: 3, labels: { a: "b" } }, pieces("x", "yz"));
  await images.write({ digest: `sha256:${"2".repeat(64)}`, size: 0, labels: {} }, pieces());
  assert.deepEqual(calls.map(({ method }) => method.split(".").at(-1)), [
    "Leases/Create",
    "Content/Info",
    "Content/Abort",
    "Content/Write",
    "Content/Info",
    "Content/Abort",
    "Content/Write",
  ]);
  const lease = decode("LeaseCreateRequest", calls[0]!.request);
  assert.deepEqual(lease["labels"], { "containerd.io/gc.expire": "2026-11-26T12:00:00.000Z" });
  assert.deepEqual(calls[3]!.options.metadata, {
    "containerd-namespace": "k8s.io",
    "containerd-lease": String(lease["id"]),
  });
  assert.equal(calls[3]!.options.timeoutMs, undefined);
  assert.deepEqual(
    written.slice(0, 3).map(({ action, offset, total, labels, data }) => [
      action,
      offset,
      total,
      labels,
      (data as Uint8Array).length,
    ]),
    [[1, 0, 3, {}, 1], [1, 1, 3, {}, 2], [2, 3, 3, { a: "b" }, 0]],
  );
});

Deno.test("containerd: content that exists is not written again, but gets its labels", async () => {
  const { images, calls, written } = store({ "Leases/Create": empty, "Content/Info": empty, "Content/Update": empty });
  await images.write({ digest: TARGET.digest, size: 3, labels: { a: "b" } }, pieces("never read"));
  await images.write({ digest: TARGET.digest, size: 3, labels: {} }, pieces("never read"));
  assert.deepEqual(written, []);
  const [update, ...more] = calls.filter(({ method }) => method.endsWith("Update"));
  assert.deepEqual(more, []);
  assert.deepEqual(decode("UpdateRequest", update!.request), {
    info: { digest: TARGET.digest, size: 0, labels: { a: "b" } },
    updateMask: { paths: ["labels.a"] },
  });
});

Deno.test("containerd: a name is created or moved, pinned, and left alone where it leads there already", async () => {
  const image = (target: typeof TARGET) => encode("GetImageResponse", { image: { name: "i", target: { ...target } } });
  const created = store({ "Leases/Create": empty, "Images/Create": empty });
  await created.images.tag("i", TARGET);
  const request = decode("CreateImageRequest", created.calls.at(-1)!.request);
  assert.deepEqual(request["image"], { name: "i", labels: PINNED, target: TARGET });
  assert.deepEqual(created.changes, [{ kind: "import", image: "i" }]);

  const other = { ...TARGET, digest: `sha256:${"3".repeat(64)}` };
  const moved = store({ "Leases/Create": empty, "Images/Get": () => image(other), "Images/Update": empty });
  await moved.images.tag("i", TARGET);
  const { updateMask } = decode("UpdateImageRequest", moved.calls.at(-1)!.request);
  assert.deepEqual(updateMask, { paths: ["target", ...Object.keys(PINNED).map((name) => `labels.${name}`)] });

  const same = store({ "Images/Get": () => image(TARGET) });
  await same.images.tag("i", TARGET);
  assert.deepEqual([same.changes, same.calls.length], [[], 1]);
});

Deno.test("containerd: what goes wrong names the call and the socket", async () => {
  const refused = async (error: Error, what: RegExp) => {
    const { images } = store({
      "Content/Info": () => {
        throw error;
      },
    });
    await assert.rejects(images.has("sha256:1"), (thrown: unknown) => {
      assert.ok(thrown instanceof UserError);
      assert.match(thrown.message, what);
      assert.match(thrown.message, /^Cannot call content\.v1\.Content\/Info of containerd at "unix:\/\/\/s": /);
      return true;
    });
  };
  await refused(new GrpcError(13, "disk\u001b[31m full"), /: disk.* full \(gRPC status 13\)$/);
  await refused(new GrpcError(GRPC_STATUS.unimplemented, "unknown service"), /unknown service/);
  await refused(new NoConnection("ENOENT", undefined), /no connection \(ENOENT\)$/);
  const { images } = store({});
  assert.equal(await images.has("sha256:1"), false);
});
