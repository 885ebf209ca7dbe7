import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { byteSource } from "./bytes.ts";
import { BadBundle, type BundleManifest, manifestText, parseManifest } from "./manifest.ts";
import { readBundle } from "./read.ts";
import { BadTar, readTar, type TarMember } from "./tar.ts";
import { bundleSize, writeBundle } from "./write.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const newHash = () => createHash("sha256");
const text = (value: string) => new TextEncoder().encode(value);

/** Two programs, and an image of one manifest and one layer. */
function sample(): { manifest: BundleManifest; contents: Map<string, Uint8Array> } {
  const layer = new Uint8Array(7_000).map((_, i) => i * 31);
  const image = text(JSON.stringify({ schemaVersion: 2, layers: [{ digest: `sha256:${sha256(layer)}` }] }));
  const contents = new Map<string, Uint8Array>([
    ["oci-layout", text('{"imageLayoutVersion":"1.0.0"}')],
    [`blobs/sha256/${sha256(image)}`, image],
    [`blobs/sha256/${sha256(layer)}`, layer],
    ["bin/kubelet", text("kubelet")],
    ["cni/bridge", new Uint8Array(512)],
  ]);
  const files = [...contents].map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) }));
  return {
    contents,
    manifest: {
      apiVersion: "bundle.kubewright.dev/v1",
      kind: "Bundle",
      architecture: "amd64",
      kubernetesVersion: "v1.37.2",
      programs: [{
        name: "kubelet",
        version: "v1.37.2",
        path: "bin/kubelet",
        source: "https://dl.k8s.io/…".slice(0, 18),
      }],
      images: [{
        name: "registry.k8s.io/pause:3.10.2",
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: `sha256:${sha256(image)}`,
        size: image.length,
        source: "images.tar",
      }],
      files,
    },
  };
}

async function bytesOf({ manifest, contents }: ReturnType<typeof sample>): Promise<Uint8Array> {
  const open = (path: string) => Promise.resolve(new Blob([contents.get(path)! as Uint8Array<ArrayBuffer>]).stream());
  const pieces = await Array.fromAsync(writeBundle(manifest, open, newHash));
  return new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** In pieces of a length that fits nothing. */
function stream(bytes: Uint8Array, length = 1_000): ReadableStream<Uint8Array> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(from, from += length));
    },
  });
}

/** Reads all of it; what was read, by path. */
async function read(bytes: Uint8Array, takes = (_: string) => true): Promise<Map<string, Uint8Array>> {
  const reader = await readBundle(stream(bytes), newHash);
  const read = new Map<string, Uint8Array>();
  for await (const { file, content } of reader.files()) {
    if (!takes(file.path)) continue;
    const pieces = await Array.fromAsync(content, (piece) => piece.slice());
    read.set(file.path, new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer()));
  }
  return read;
}

Deno.test("a bundle is read as it was written, is as long as foretold, and the same inputs give the same bytes", async () => {
  const one = sample();
  const bytes = await bytesOf(one);
  assert.equal(bytes.length, bundleSize(one.manifest));
  assert.deepEqual(await bytesOf(sample()), bytes);
  assert.deepEqual(await read(bytes), one.contents);
  assert.deepEqual([...(await read(bytes, (path) => path === "bin/kubelet")).keys()], ["bin/kubelet"]);
});

Deno.test("a bundle with any byte changed is refused, wherever the byte is and whether its file is read or not", async () => {
  const bytes = await bytesOf(sample());
  for (let i = 0; i < 200; i++) {
    const at = Math.floor(i * bytes.length / 200) + i % 7;
    if (at >= bytes.length) continue;
    const changed = bytes.slice();
    changed[at]! ^= 1 << i % 8;
    await assert.rejects(read(changed, () => i % 2 === 0), BadBundle, `byte ${at}`);
  }
});

Deno.test("a bundle that ends early is refused, wherever it ends", async () => {
  const bytes = await bytesOf(sample());
  for (let i = 0; i < 50; i++) {
    const end = Math.floor(i * bytes.length / 50);
    await assert.rejects(read(bytes.subarray(0, end), () => false), BadBundle, `${end} bytes`);
  }
  await assert.rejects(read(bytes.subarray(0, bytes.length - 1)), BadBundle);
});

Deno.test("a bundle with more than its manifest lists, or with files in another order, is refused", async () => {
  const { manifest, contents } = sample();
  const [last] = manifest.files.slice(-1);
  const shorter = { ...manifest, files: manifest.files.slice(0, -1) };
  const open = (path: string) => Promise.resolve(new Blob([contents.get(path)! as Uint8Array<ArrayBuffer>]).stream());
  const all = await Array.fromAsync(writeBundle(manifest, open, newHash));
  const less = await Array.fromAsync(writeBundle(shorter, open, newHash));
  const join = async (pieces: readonly Uint8Array[]) =>
    new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  // The manifest of the shorter one before the files of the longer one.
  await assert.rejects(read(await join([...less.slice(0, 6), ...all.slice(6)])), /does not list/);
  await assert.rejects(read(await join([...all.slice(0, 6), ...less.slice(6)])), new RegExp("damaged|ends|header"));
  await assert.rejects(read(await join([...all, new Uint8Array(512)])), /follows the end/);
  assert.equal(last!.path, "cni/bridge");
});

Deno.test("a manifest has only what kubewright writes, names nothing twice and nothing that is missing, and leads nowhere else", () => {
  const refusals: [what: string, change: (manifest: Record<string, unknown>) => void][] = [
    ["does not describe a bundle", (one) => one["kind"] = "Bottle"],
    ["format bundle.kubewright.dev/v2", (one) => one["apiVersion"] = "bundle.kubewright.dev/v2"],
    ["architecture", (one) => one["architecture"] = "riscv64"],
    ["kubernetesVersion", (one) => one["kubernetesVersion"] = "1.37"],
    ["does not write", (one) => one["extra"] = 1],
    ["is listed twice", (one) => one["files"] = [...one["files"] as [], ...one["files"] as []]],
    [
      "not among its files",
      (one) => one["files"] = (one["files"] as { path: string }[]).filter(({ path }) => path !== "bin/kubelet"),
    ],
    ...["../etc/passwd", "/etc/passwd", "bin/../x", "bin/a/b", "blobs/sha256/x", "bin/", "bin/.hidden"].map((
      path,
    ): [string, (manifest: Record<string, unknown>) => void] => [
      '"path"',
      (one) => (one["files"] as Record<string, unknown>[])[0]!["path"] = path,
    ]),
  ];
  for (const [what, change] of refusals) {
    const changed = JSON.parse(JSON.stringify(sample().manifest));
    change(changed);
    assert.throws(() => parseManifest(manifestText(changed)), (error: unknown) => {
      assert.ok(error instanceof BadBundle && error.message.includes(what), `${what}: ${error}`);
      return true;
    });
  }
});

async function members(bytes: Uint8Array): Promise<(Omit<TarMember, "content" | "offset"> & { text: string })[]> {
  const found = [];
  for await (const { content, offset: _, ...member } of readTar(byteSource(stream(bytes, 700)))) {
    const pieces = await Array.fromAsync(content(), (piece) => piece.slice());
    found.push({ ...member, text: await new Blob(pieces as Uint8Array<ArrayBuffer>[]).text() });
  }
  return found;
}

Deno.test("archives of GNU tar in its three formats are read: long names, links, directories", async () => {
  const folder = await Deno.makeTempDir();
  const long = `${"d".repeat(90)}/${"f".repeat(98)}`;
  try {
    await Deno.mkdir(`${folder}/in/${"d".repeat(90)}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/in/${long}`, "long\n");
    await Deno.writeTextFile(`${folder}/in/ä`, "x".repeat(2_000), { mode: 0o755 });
    await Deno.symlink("ä", `${folder}/in/link`);
    for (const format of ["gnu", "posix", "ustar"]) {
      const { success } = await new Deno.Command("tar", {
        args: ["-cf", `${folder}/a.tar`, `--format=${format}`, "--sort=name", "-C", `${folder}/in`, "."],
      }).output();
      assert.ok(success);
      const found = await members(await Deno.readFile(`${folder}/a.tar`));
      assert.deepEqual(
        found.map(({ name, kind, target, text }) => [name, kind, target, text.length]),
        [
          ["./", "directory", "", 0],
          [`./${"d".repeat(90)}/`, "directory", "", 0],
          [`./${long}`, "file", "", 5],
          ["./link", "symlink", "ä", 0],
          ["./ä", "file", "", 2_000],
        ],
        format,
      );
      assert.equal(found.at(-1)!.mode, 0o755);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an archive that is damaged or ends early is no archive", async () => {
  const bytes = await bytesOf(sample());
  for (const end of [0, 100, 512, 700, 3_000, bytes.length - 1025]) {
    await assert.rejects(members(bytes.subarray(0, end)), BadTar, `${end} bytes`);
  }
  const changed = bytes.slice();
  changed[0]! ^= 1;
  await assert.rejects(members(changed), /checksum/);
});
