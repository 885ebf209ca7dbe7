/**
 * A bundle looked at from its first byte to its last before anything is done with it.
 * @module
 */
import { BadBundle, blobPath, type BundleManifest } from "./manifest.ts";
import { type Descriptor, isIndex, isManifest, LONGEST_DOCUMENT, manifestsFor, partsOf } from "./oci.ts";
import type { BundleReader } from "./read.ts";

/** What content needs: its digest, and as what. */
export interface Reference {
  kind: "manifest" | "config" | "layer";
  digest: string;
}

/** What is known of a bundle that was read to its end. */
export interface CheckedBundle {
  manifest: BundleManifest;
  /** By the digest of an index or a manifest: what it needs. */
  references: ReadonlyMap<string, readonly Reference[]>;
}

/**
 * Reads the whole bundle: every byte is what the manifest says, and every image has all its parts.
 * @throws {BadBundle}
 */
export async function checkBundle(reader: BundleReader): Promise<CheckedBundle> {
  const { manifest } = reader.head;
  const paths = new Map(manifest.files.map(({ path, size }) => [path, size]));
  const references = new Map<string, readonly Reference[]>();
  /** Documents to come, with the image that they belong to. */
  const documents = new Map<string, { descriptor: Descriptor; image: string }>();
  const expect = (descriptor: Descriptor, image: string) => {
    const size = paths.get(blobPath(descriptor.digest));
    if (size === undefined) throw new BadBundle(`the image "${image}" lacks ${descriptor.digest}`);
    if (size !== descriptor.size) {
      throw new BadBundle(`the image "${image}" needs ${descriptor.size} bytes of ${descriptor.digest}, not ${size}`);
    }
    if (isIndex(descriptor) || isManifest(descriptor)) documents.set(descriptor.digest, { descriptor, image });
  };
  for (const { name, ...descriptor } of manifest.images) expect(descriptor, name);
  for await (const { file, content } of reader.files()) {
    const digest = `sha256:${file.sha256}`;
    const document = file.path.startsWith("blobs/") ? documents.get(digest) : undefined;
    if (document === undefined) continue; // the reader passes over it, and verifies it
    if (file.size > LONGEST_DOCUMENT) throw new BadBundle(`the manifest of "${document.image}" has ${file.size} bytes`);
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of content) text += decoder.decode(piece, { stream: true });
    const children = childrenOf(text + decoder.decode(), document, manifest);
    for (const { descriptor } of children) expect(descriptor, document.image);
    references.set(digest, children.map(({ kind, descriptor }) => ({ kind, digest: descriptor.digest })));
  }
  const unread = [...documents].find(([digest]) => !references.has(digest));
  if (unread) throw new BadBundle(`the manifest of "${unread[1].image}" stands before what leads to it`);
  return { manifest, references };
}

function childrenOf(
  text: string,
  { descriptor, image }: { descriptor: Descriptor; image: string },
  { architecture }: BundleManifest,
): { kind: Reference["kind"]; descriptor: Descriptor }[] {
  if (isIndex(descriptor)) {
    const manifests = manifestsFor(text, architecture, `the index of "${image}"`);
    if (manifests.length === 0) throw new BadBundle(`the image "${image}" has nothing for linux/${architecture}`);
    return manifests.map((descriptor) => ({ kind: "manifest", descriptor }));
  }
  const { config, layers } = partsOf(text, `the manifest of "${image}"`);
  return [
    { kind: "config", descriptor: config },
    ...layers.map((descriptor) => ({ kind: "layer" as const, descriptor })),
  ];
}
