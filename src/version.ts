/** What a build knows of itself; `compile.sh` stamps it, a run from source says so. */
export interface Build {
  /** Semantic version without a leading `v`. */
  version: string;
  /** Full git commit, or `unknown`. */
  commit: string;
  /** How this program was put together. */
  kind: "source" | "deno compile" | "self-extracting";
  /** As Go names it: `linux/amd64`. Looked up at the start, not stamped. */
  platform?: string;
}

/** Version of the source tree; a release stamps the same. */
export const VERSION = "0.1.0";

/** What a run from source is. */
export const SOURCE_BUILD: Build = { version: VERSION, commit: "unknown", kind: "source" };
