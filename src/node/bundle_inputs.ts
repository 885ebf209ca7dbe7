/**
 * What a bundle is made of, on this host: archives of container images, and programs.
 * @module
 */
import { byteSource } from "../bundle/bytes.ts";
import {
  type Architecture,
  BadBundle,
  blobPath,
  type BundledImage,
  type BundledProgram,
  type BundleFile,
} from "../bundle/manifest.ts";
import {
  type Descriptor,
  isIndex,
  isManifest,
  LONGEST_DOCUMENT,
  manifestsFor,
  namedImages,
  partsOf,
} from "../bundle/oci.ts";
import { BadTar, readTar } from "../bundle/tar.ts";
import { InvalidInput, UserError } from "../errors.ts";
import type { Host } from "../system.ts";

/** Where the bytes of a file of the bundle are: a part of a file on this host. */
export interface Place {
  path: string;
  /** In bytes. */
  from: number;
  size: number;
}

/** What was found. */
export interface BundleInputs {
  /** By name. `archive`: the file that it is in. */
  images: ReadonlyMap<string, Descriptor & { archive: string }>;
  /** By digest. */
  blobs: ReadonlyMap<string, Place>;
  /** Programs, by name. */
  programs: ReadonlyMap<string, Place>;
}

/** What a bundle will hold, and where it comes from. */
export interface Selection {
  images: BundledImage[];
  files: BundleFile[];
  /** By the path in the bundle. */
  places: Map<string, Place>;
}

/**
 * Looks into files and directories (their files, not deeper): each `*.tar` must be an OCI archive; what has the name of
 * one of `programs` is that program.
 * @throws {UserError} for what does not exist, and for an archive that is none.
 */
export async function readInputs(
  host: Host,
  paths: readonly string[],
  programs: readonly string[],
): Promise<BundleInputs> {
  const found = { images: new Map<string, Descriptor & { archive: string }>(), blobs: new Map(), programs: new Map() };
  for (const path of paths) {
    const stat = await host.stat(await host.realPath(path) ?? path);
    if (stat === undefined) throw new UserError(`Cannot read "${path}": no such file or directory`);
    const files = stat.kind === "directory" ? (await host.list(path)).map((name) => `${path}/${name}`) : [path];
    for (const file of files) {
      const name = file.slice(file.lastIndexOf("/") + 1);
      if (name.endsWith(".tar")) await readArchive(host, file, found);
      else if (programs.includes(name)) {
        const { size } = (await host.stat(await host.realPath(file) ?? file))!;
        found.programs.set(name, { path: file, from: 0, size });
      } else if (stat.kind !== "directory") {
        throw new UserError(`Cannot use "${path}": it is neither an archive (.tar) nor one of ${programs.join(", ")}`);
      }
    }
  }
  return found;
}

async function readArchive(
  host: Host,
  path: string,
  found: { images: Map<string, Descriptor & { archive: string }>; blobs: Map<string, Place> },
): Promise<void> {
  let index: string | undefined;
  try {
    for await (const { name, kind, size, offset, content } of readTar(byteSource((await host.open(path))!))) {
      const inside = name.replace(/^\.\//, "");
      const [, digits] = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(inside) ?? [];
      if (kind === "file" && digits !== undefined) found.blobs.set(`sha256:${digits}`, { path, from: offset, size });
      if (kind !== "file" || inside !== "index.json") continue;
      if (size > LONGEST_DOCUMENT) throw new BadBundle(`its index.json has ${size} bytes`);
      index = await textOf(content());
    }
    if (index === undefined) throw new BadBundle("it has no index.json");
    for (const [name, descriptor] of namedImages(index, "its index.json")) {
      found.images.set(name, { ...descriptor, archive: path });
    }
  } catch (error) {
    if (!(error instanceof BadTar) && !(error instanceof BadBundle)) throw error;
    throw new UserError(`Cannot read "${path}" as an OCI archive: ${error.message}`, {
      cause: error,
      hint: "Write images as OCI archives, for instance with: skopeo copy docker://IMAGE oci-archive:FILE.tar:IMAGE",
    });
  }
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** The bytes of a place, as a stream. */
export async function openPlace(host: Host, { path, from, size }: Place): Promise<ReadableStream<Uint8Array>> {
  const stream = await host.open(path, from);
  if (stream === undefined) throw new UserError(`Cannot read "${path}": it was removed`);
  const source = byteSource(stream);
  async function* part(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* source.pieces(size);
    } finally {
      await source.cancel(); // the file has more
    }
  }
  return ReadableStream.from(part());
}

/**
 * Everything that these images need, for one architecture.
 * @throws {InvalidInput} that lists every image and every part that is missing.
 */
export async function selectImages(
  host: Host,
  inputs: BundleInputs,
  names: readonly string[],
  architecture: Architecture,
): Promise<Selection> {
  const selection: Selection = { images: [], files: [], places: new Map() };
  const missing: { image: string; what: string }[] = [];
  const add = (descriptor: Descriptor, of: string): Place | undefined => {
    const place = inputs.blobs.get(descriptor.digest);
    if (place === undefined || place.size !== descriptor.size) {
      missing.push({ image: of, what: `${descriptor.digest} (${descriptor.mediaType}) not found` });
      return undefined;
    }
    const path = blobPath(descriptor.digest);
    if (!selection.places.has(path)) {
      selection.places.set(path, place);
      selection.files.push({ path, size: place.size, sha256: descriptor.digest.slice("sha256:".length) });
    }
    return place;
  };
  const visit = async (descriptor: Descriptor, of: string): Promise<void> => {
    const place = add(descriptor, of);
    if (place === undefined) return;
    if (place.size > LONGEST_DOCUMENT) throw new BadBundle(`the manifest of ${of} has ${place.size} bytes`);
    const text = await textOf(await openPlace(host, place));
    if (isIndex(descriptor)) {
      const manifests = manifestsFor(text, architecture, `the index of ${of}`);
      if (manifests.length === 0) missing.push({ image: of, what: `no manifest for linux/${architecture}` });
      for (const manifest of manifests) await visit(manifest, of);
    } else if (isManifest(descriptor)) {
      const { config, layers } = partsOf(text, `the manifest of ${of}`);
      for (const part of [config, ...layers]) add(part, of);
    } else missing.push({ image: of, what: `"${descriptor.mediaType}" is neither an index nor a manifest` });
  };
  for (const name of names) {
    const image = inputs.images.get(name);
    if (image === undefined) {
      missing.push({ image: name, what: "not found in any archive" });
      continue;
    }
    const { archive, ...descriptor } = image;
    await visit(descriptor, name);
    selection.images.push({ name, ...descriptor, source: archive.slice(archive.lastIndexOf("/") + 1) });
  }
  if (missing.length > 0) {
    throw new InvalidInput(
      "Cannot create the bundle: images or parts of images are missing:",
      missing.map(({ image, what }) => ({ where: image, what })),
      { hint: "Name the archives that hold them with --from." },
    );
  }
  return selection;
}

/** A program as it will be in the bundle. */
export function programOf(name: string, version: string, { path }: Place): BundledProgram {
  return { name, version, path: `bin/${name}`, source: path.slice(path.lastIndexOf("/") + 1) };
}
