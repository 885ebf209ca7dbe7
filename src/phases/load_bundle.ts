import type { CheckedBundle, Reference } from "../bundle/check.ts";
import type { BundleReader } from "../bundle/read.ts";
import type { ImageStore } from "../system.ts";

/** What importing images from a bundle needs. */
export interface LoadBundleContext {
  store: ImageStore;
  /** The bundle, which was read to its end. */
  bundle: CheckedBundle;
  /** Opens it again, from its first byte. */
  reader(): Promise<BundleReader>;
  note(message: string): void;
}

/** What content needs besides itself, as labels that containerd's garbage collection follows. */
export function referenceLabels(references: readonly Reference[]): Record<string, string> {
  let [manifests, layers] = [0, 0];
  return Object.fromEntries(references.map(({ kind, digest }) => {
    const name = kind === "config" ? "config" : kind === "manifest" ? `m.${manifests++}` : `l.${layers++}`;
    return [`containerd.io/gc.ref.content.${name}`, digest];
  }));
}

/**
 * Imports every image that the store does not have under its name: content first, names last, so that a name always leads
 * to a whole image. Content that is there is not written again.
 * @returns the names of the images that were imported.
 */
export async function loadBundle({ store, bundle, reader, note }: LoadBundleContext): Promise<string[]> {
  const { manifest, references } = bundle;
  const present = await Promise.all(
    manifest.images.map(async ({ name, digest }) => (await store.image(name))?.digest === digest),
  );
  const wanted = manifest.images.filter((_, i) => !present[i]);
  if (wanted.length === 0) return [];
  const needed = new Set<string>();
  const need = (digest: string) => {
    if (needed.has(digest)) return;
    needed.add(digest);
    for (const child of references.get(digest) ?? []) need(child.digest);
  };
  for (const { digest } of wanted) need(digest);
  for await (const { file, content } of (await reader()).files()) {
    const digest = `sha256:${file.sha256}`;
    if (!file.path.startsWith("blobs/") || !needed.has(digest)) continue;
    const labels = referenceLabels(references.get(digest) ?? []);
    await store.write({ digest, size: file.size, labels }, content);
  }
  for (const { name, mediaType, digest, size } of wanted) {
    await store.tag(name, { mediaType, digest, size });
    note(`imported ${name}`);
  }
  return wanted.map(({ name }) => name);
}
