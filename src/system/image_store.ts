/** Images as the container runtime keeps them: content by digest, and names. @module */

/** What a name leads to, as OCI describes content. */
export interface ImageTarget {
  mediaType: string;
  /** `sha256:…`. */
  digest: string;
  /** In bytes. */
  size: number;
}

/**
 * Where a container runtime keeps its images, for those who bring them without a registry. Content that has come is kept
 * for a day, and longer only where an image leads to it.
 */
export interface ImageStore {
  /** Whether the content is there. */
  has(digest: string): Promise<boolean>;
  /** What the name leads to; undefined when there is no such image. */
  image(name: string): Promise<ImageTarget | undefined>;
  /**
   * Writes content, unless it is there. Reports a Change.
   * @param labels of the content: what else it needs (`containerd.io/gc.ref.content.…`).
   * @throws {UserError} when the store refuses it, or it does not have that size and digest; nothing of it is kept then.
   */
  write(
    content: { digest: string; size: number; labels: Readonly<Record<string, string>> },
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<void>;
  /** Makes the name lead to this content, and keeps both from garbage collection. A no-op when it does. Reports a Change. */
  tag(name: string, target: ImageTarget): Promise<void>;
}
