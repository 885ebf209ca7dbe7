/**
 * `bundle …` on a host in memory: archives in, one file out, and its images in a store.
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { END, fileHeader, padding } from "../../src/bundle/tar.ts";
import type { ImageStore, ImageTarget } from "../../src/system.ts";
import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { FIT, run } from "./program.ts";

const NAMES = [
  "registry.k8s.io/kube-apiserver:v1.37.2",
  "registry.k8s.io/kube-controller-manager:v1.37.2",
  "registry.k8s.io/kube-scheduler:v1.37.2",
  "registry.k8s.io/kube-proxy:v1.37.2",
  "registry.k8s.io/coredns/coredns:v1.14.6",
  "registry.k8s.io/pause:3.10.2",
  "registry.k8s.io/etcd:3.7.0-0",
  "ghcr.io/flannel-io/flannel:v0.28.10",
  "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3",
];
const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const encoded = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pieces.reduce((at, piece) => (whole.set(piece, at), at + piece.length), 0);
  return whole;
}

/** An OCI archive of images with an index for amd64, all of one layer; `without`: a part that is left out of it. */
function archive(names: readonly string[], without = ""): Uint8Array {
  const files = new Map<string, Uint8Array>();
  const add = (mediaType: string, value: unknown) => {
    const bytes = encoded(value);
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (mediaType !== without) files.set(`blobs/sha256/${digest}`, bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  const manifests = names.map((name) => {
    const layers = [add("application/vnd.oci.image.layer.v1.tar", "layer")];
    const config = add("application/vnd.oci.image.config.v1+json", { name });
    const manifest = add(MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers });
    const platforms = [
      { ...manifest, platform: { os: "linux", architecture: "amd64" } },
      {
        mediaType: MANIFEST,
        digest: `sha256:${"0".repeat(64)}`,
        size: 1,
        platform: { os: "linux", architecture: "s390x" },
      },
    ];
    const index = add(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: platforms });
    return { ...index, annotations: { "io.containerd.image.name": name } };
  });
  files.set("index.json", encoded({ schemaVersion: 2, manifests }));
  const members = [...files].flatMap((
    [name, bytes],
  ) => [fileHeader(name, bytes.length), bytes, new Uint8Array(padding(bytes.length))]);
  return join([...members, END]);
}

function host(files: Readonly<Record<string, string | Uint8Array>>): MemoryHostOptions {
  return { ...FIT, files: { ...FIT.files, ...files } };
}

const INPUTS = { "/in/images.tar": archive(NAMES), "/in/kubelet": "kubelet", "/in/kubectl": "kubectl" };
const CREATE = ["bundle", "create", "/out.kwb", "--from", "/in", "--architecture", "amd64"];

/** The bundle of the inputs, as `create` wrote it. */
async function bundle(inputs: Readonly<Record<string, string | Uint8Array>> = INPUTS): Promise<Uint8Array> {
  const { code, err, read } = await run([...CREATE, "--kubernetes-version", "v1.37.2"], host(inputs));
  assert.equal(code, 0, err);
  return (await read("/out.kwb"))!;
}

/** An image store in memory. */
function store(present: readonly string[] = []) {
  const content = new Map<string, { bytes: Uint8Array; labels: Readonly<Record<string, string>> }>();
  const images = new Map<string, ImageTarget>();
  const real: ImageStore = {
    has: (digest) => Promise.resolve(content.has(digest) || present.includes(digest)),
    image: (name) => Promise.resolve(images.get(name)),
    async write({ digest, size, labels }, pieces) {
      const bytes = join(await Array.fromAsync(pieces, (piece) => piece.slice()));
      assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, digest);
      assert.equal(bytes.length, size);
      content.set(digest, { bytes, labels });
    },
    tag(name, target) {
      assert.ok(content.has(target.digest), `${name} leads to content that does not exist`);
      images.set(name, target);
      return Promise.resolve();
    },
  };
  return { content, images, world: { imageStore: () => real } };
}

Deno.test("bundle create: what a configuration runs, and the same bytes for the same inputs", async () => {
  const [one, other] = [await bundle(), await bundle()];
  assert.deepEqual(one, other);
  const { code, documents } = await run(["bundle", "inspect", "/b", "-o", "json"], host({ "/b": one }));
  assert.equal(code, 0);
  const [{ images, programs, kubernetesVersion }] = documents as [Record<string, { name: string }[]>];
  assert.deepEqual(images!.map(({ name }) => name), NAMES);
  assert.deepEqual(programs!.map(({ name }) => name), ["kubelet", "kubectl"]);
  assert.equal(kubernetesVersion, "v1.37.2");
});

Deno.test("bundle create: everything that is missing is named, and nothing is written", async () => {
  const refused = async (inputs: Readonly<Record<string, string | Uint8Array>>, ...what: RegExp[]) => {
    const { code, err, changes } = await run([...CREATE, "--kubernetes-version", "v1.37.2"], host(inputs));
    assert.equal(code, /OCI archive/.test(err) ? 1 : 3, err);
    for (const one of what) assert.match(err, one);
    assert.deepEqual(changes, []);
  };
  await refused(
    { ...INPUTS, "/in/images.tar": archive(NAMES.slice(2)) },
    /kube-apiserver:v1.37.2: not found in any archive/,
    /kube-controller/,
  );
  await refused(
    { ...INPUTS, "/in/images.tar": archive(NAMES, MANIFEST) },
    /etcd:3.7.0-0: sha256:[0-9a-f]+ .* not found/,
  );
  await refused({ "/in/images.tar": INPUTS["/in/images.tar"] }, /kubelet: not found in \/in\n {2}kubectl: not found/);
  await refused({ ...INPUTS, "/in/broken.tar": "no archive" }, /Cannot read "\/in\/broken.tar" as an OCI archive/);
  const damaged = archive(NAMES);
  damaged[512]! ^= 1; // the first byte of a layer: every header and every name is right
  const inputs = { ...INPUTS, "/in/images.tar": damaged };
  const damage = await run([...CREATE, "--kubernetes-version", "v1.37.2"], host(inputs));
  assert.equal(damage.code, 1, damage.err);
  assert.match(damage.err, /Cannot create the bundle "\/out.kwb": "sha256:[0-9a-f]{64}" is damaged/);
  const { code, err } = await run(
    ["bundle", "create", "/out.kwb", "--from", "/nowhere", "--architecture", "amd64"],
    host({}),
  );
  assert.deepEqual([code, /no such file or directory/.test(err)], [1, true], err);
});

Deno.test("bundle: what the command line lacks or has wrong", async () => {
  for (
    const [words, what] of [
      [["bundle", "create"], /FILE: is required/],
      [["bundle", "inspect"], /FILE: is required/],
      [["bundle", "create", "/x"], /--from: is required/],
      [[...CREATE.slice(0, -1), "riscv64"], /--architecture: must be one of amd64, arm64; got "riscv64"/],
    ] as const
  ) {
    const { code, err } = await run(words, host(INPUTS));
    assert.equal(code, 3, err);
    assert.match(err, what);
  }
});

Deno.test("bundle verify: every byte, and what a configuration needs", async () => {
  const bytes = await bundle();
  const config = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n";
  const files = { "/b": bytes, "/c.yaml": `${config}imageRepository: registry.example.com\n`, "/d.yaml": config };
  const whole = await run(["bundle", "verify", "/b", "--config", "/d.yaml"], host(files));
  assert.deepEqual(
    [whole.code, whole.out],
    [0, "/b: 33 files are intact, 9 images are complete\n".replace("33", "32")],
    whole.err,
  );
  const lacking = await run(["bundle", "verify", "/b", "--config", "/c.yaml"], host(files));
  assert.equal(lacking.code, 3);
  assert.match(
    lacking.err,
    /lacks images of this configuration[^]*registry.example.com\/etcd:3.7.0-0: not in the bundle/,
  );
  const features = await run(
    [
      "bundle",
      "verify",
      "/b",
      "--kubernetes-version",
      "v1.37.2",
      "--image-repository",
      "r.example",
      "--feature-gates",
      "x=true",
    ],
    host(files),
  );
  assert.equal(features.code, 3);
  const damaged = bytes.slice();
  damaged[damaged.length - 1536]! ^= 1;
  const refused = await run(["bundle", "verify", "/b"], host({ "/b": damaged }));
  assert.equal(refused.code, 1);
  assert.match(refused.err, /Cannot use the bundle "\/b": "bin\/kubectl" is damaged/);
});

Deno.test("bundle load: content with its references, then names; nothing twice, and nothing of a damaged bundle", async () => {
  const bytes = await bundle();
  const files = { "/b": bytes };
  const { content, images, world } = store();
  const load = ["bundle", "load", "/b", "--cri-socket", "unix:///run/containerd/containerd.sock"];
  const planned = await run([...load, "--dry-run"], host(files), "", world);
  assert.equal(planned.code, 0, planned.err);
  assert.match(planned.out, /A real run would make 9 changes: 9 images imported/);
  assert.equal(content.size, 0);

  const loaded = await run(load, host(files), "", world);
  assert.deepEqual([loaded.code, loaded.out.split("\n")[0]], [0, "9 of 9 images were imported from /b"], loaded.err);
  assert.deepEqual([...images.keys()], NAMES);
  for (const { digest } of images.values()) {
    const { labels } = content.get(digest)!;
    const manifest = labels["containerd.io/gc.ref.content.m.0"]!;
    const parts = content.get(manifest)!.labels;
    assert.deepEqual(Object.keys(labels).length, 1);
    assert.deepEqual(Object.keys(parts), ["containerd.io/gc.ref.content.config", "containerd.io/gc.ref.content.l.0"]);
    for (const part of Object.values(parts)) assert.ok(content.has(part));
  }
  const again = await run(load, host(files), "", world);
  assert.match(again.out, /^0 of 9 images were imported from \/b\n/);

  const empty = store();
  const damaged = bytes.slice();
  damaged[damaged.length - 1536]! ^= 1;
  const refused = await run(load, host({ "/b": damaged }), "", empty.world);
  assert.equal(refused.code, 1);
  assert.deepEqual([empty.content.size, empty.images.size], [0, 0]);
});
