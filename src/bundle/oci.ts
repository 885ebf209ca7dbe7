/**
 * OCI image layouts: names, indexes and manifests, as far as a bundle needs them.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * @module
 */
import { type Architecture, BadBundle } from "./manifest.ts";

/** What leads to content. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:…`. */
  digest: string;
  /** In bytes. */
  size: number;
}

/** Longest index or manifest that is read, in bytes: what registries accept. */
export const LONGEST_DOCUMENT = 4 << 20;

const INDEXES = new Set([
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);
const MANIFESTS = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
]);

/** Annotations of an index that hold an image's whole name, the most exact first. */
const NAMES = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

/** Whether it leads to other indexes or manifests. */
export function isIndex({ mediaType }: Pick<Descriptor, "mediaType">): boolean {
  return INDEXES.has(mediaType);
}

/** Whether it is an image of one platform. */
export function isManifest({ mediaType }: Pick<Descriptor, "mediaType">): boolean {
  return MANIFESTS.has(mediaType);
}

/** A descriptor in a document. @throws {BadBundle} `of`: the document. */
function descriptorOf(value: unknown, of: string): Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Record<string, unknown>;
  const good = typeof mediaType === "string" && typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest) &&
    typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
  if (!good) throw new BadBundle(`${of} has a descriptor without media type, SHA-256 digest or size`);
  return { mediaType, digest, size };
}

function documentOf(text: string, of: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // told below
  }
  throw new BadBundle(`${of} is not a JSON object`);
}

function listOf(document: Record<string, unknown>, field: string, of: string): unknown[] {
  const value = document[field] ?? [];
  if (!Array.isArray(value)) throw new BadBundle(`${of} has no list "${field}"`);
  return value;
}

/** The images of a layout's `index.json`, by name; those without a whole name are left out. @throws {BadBundle} */
export function namedImages(text: string, of: string): Map<string, Descriptor> {
  const images = new Map<string, Descriptor>();
  for (const entry of listOf(documentOf(text, of), "manifests", of)) {
    const { annotations = {} } = entry as { annotations?: Record<string, unknown> };
    const name = NAMES.map((key) => annotations[key]).find((name) => typeof name === "string" && name.includes("/"));
    if (typeof name === "string") images.set(name, descriptorOf(entry, of));
  }
  return images;
}

/** What an index leads to for this architecture, on Linux. @throws {BadBundle} */
export function manifestsFor(text: string, architecture: Architecture, of: string): Descriptor[] {
  return listOf(documentOf(text, of), "manifests", of).flatMap((entry) => {
    const { platform } = entry as { platform?: { os?: unknown; architecture?: unknown } };
    return platform?.os === "linux" && platform.architecture === architecture ? [descriptorOf(entry, of)] : [];
  });
}

/** The configuration and the layers of a manifest. @throws {BadBundle} */
export function partsOf(text: string, of: string): { config: Descriptor; layers: Descriptor[] } {
  const document = documentOf(text, of);
  return {
    config: descriptorOf(document["config"], of),
    layers: listOf(document, "layers", of).map((layer) => descriptorOf(layer, of)),
  };
}

/** An `index.json` that names these images. */
export function indexText(images: readonly (Descriptor & { name: string })[]): string {
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: images.map(({ name, mediaType, digest, size }) => ({
      mediaType,
      digest,
      size,
      annotations: {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
      },
    })),
  };
  return JSON.stringify(index);
}

/** The file that marks a layout. */
export const LAYOUT_TEXT = '{"imageLayoutVersion":"1.0.0"}';
