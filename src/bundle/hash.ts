/** SHA-256 as bytes come. Loaded only where bundles are read or written. @module */
import type { Hash } from "./read.ts";

/** Makes hashes. */
export async function sha256Hashes(): Promise<() => Hash> {
  const { createHash } = await import("node:crypto");
  return () => createHash("sha256");
}
