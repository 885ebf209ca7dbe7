/** The identity of a build, stamped by `compile.sh`; `source` for a run from source. */
export interface Build {
  /** Semantic version without a leading `v`. */
  version: string;
  /** Full git commit, or `unknown`. */
  commit: string;
  /** How this program was built. */
  kind: "source" | "deno compile" | "self-extracting";
  /** As Go names it: `linux/amd64`. Looked up at the start, not stamped. */
  platform?: string;
}

/** Version of the source tree; a release stamps the same. */
export const VERSION = "0.1.0";

/** The build of a run from source. */
export const SOURCE_BUILD: Build = { version: VERSION, commit: "unknown", kind: "source" };
