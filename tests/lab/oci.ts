/**
 * Writes container images as OCI archives: tar files that `ctr images import` and every other tool reads.
 *
 * @module
 */

import { hashFile } from "./cache.ts";
import { run } from "./process.ts";

/** One image to write: a name with its tag, and the folders that become its layers, lowest first. */
export interface ImageSource {
  name: string;
  layers: readonly string[];
  entrypoint?: readonly string[];
  /** Extra environment beside PATH. */
  env?: readonly string[];
  user?: string;
}

/** A layer written once and used by any number of images. */
interface Layer {
  path: string;
  digest: string;
  size: number;
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Packs a folder as a layer at `path`. The same files give the same bytes: sorted names, no times, root owns all.
 */
export async function packLayer(folder: string, path: string): Promise<Layer> {
  await run([
    "tar",
    "--create",
    `--file=${path}`,
    `--directory=${folder}`,
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=posix",
    "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    ".",
  ]);
  return { path, digest: `sha256:${await hashFile(path)}`, size: (await Deno.stat(path)).size };
}

/** Writes one image as an OCI archive at `archive`; `scratch` is an empty folder that is removed afterwards. */
export async function writeImage(image: ImageSource, archive: string, scratch: string): Promise<void> {
  const blobs = `${scratch}/image/blobs/sha256`;
  await Deno.mkdir(blobs, { recursive: true });
  const layers: Layer[] = [];
  for (const [index, folder] of image.layers.entries()) {
    const layer = await packLayer(folder, `${scratch}/${index}.tar`);
    await Deno.rename(layer.path, `${blobs}/${layer.digest.slice(7)}`);
    layers.push(layer);
  }
  const architecture = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  const config = await writeBlob(blobs, {
    created: "1970-01-01T00:00:00Z",
    architecture,
    os: "linux",
    config: {
      Env: [PATH, ...image.env ?? []],
      WorkingDir: "/",
      ...(image.entrypoint === undefined ? {} : { Entrypoint: image.entrypoint }),
      ...(image.user === undefined ? {} : { User: image.user }),
    },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map(() => ({ created: "1970-01-01T00:00:00Z", created_by: "kubewright lab" })),
  });
  const manifest = await writeBlob(blobs, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map(({ digest, size }) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size })),
  });
  await writeJson(`${scratch}/image/oci-layout`, { imageLayoutVersion: "1.0.0" });
  await writeJson(`${scratch}/image/index.json`, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      ...manifest,
      platform: { architecture, os: "linux" },
      annotations: {
        "io.containerd.image.name": image.name,
        "org.opencontainers.image.ref.name": image.name.split(":").at(-1) ?? "latest",
      },
    }],
  });
  await packLayer(`${scratch}/image`, archive);
  await Deno.remove(scratch, { recursive: true });
}

async function writeBlob(folder: string, value: unknown): Promise<{ digest: string; size: number }> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const digest = await hashFile(await temporary(folder, bytes));
  await Deno.rename(`${folder}/blob`, `${folder}/${digest}`);
  return { digest: `sha256:${digest}`, size: bytes.length };
}

async function temporary(folder: string, bytes: Uint8Array): Promise<string> {
  await Deno.writeFile(`${folder}/blob`, bytes);
  return `${folder}/blob`;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value));
}
