/**
 * What a bundle says of itself: its first file, which lists every other one with size and SHA-256.
 * @module
 */

/** Name of the manifest in the bundle. */
export const MANIFEST = "kubewright-bundle.json";
/** Name of the second file: the SHA-256 of the manifest's bytes, as `sha256sum` writes it. */
export const CHECKSUM = `${MANIFEST}.sha256`;
/** Name of the signature over the manifest's bytes; the third file where there is one. */
export const SIGNATURE = `${MANIFEST}.sig`;

/** Longest manifest that is read, in bytes. */
export const LONGEST_MANIFEST = 4 << 20;

/** Architectures, by the names that Kubernetes and OCI have for them. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = typeof ARCHITECTURES[number];

/** One file in the bundle, behind the manifest. */
export interface BundleFile {
  /** `blobs/sha256/…`, `bin/kubelet`, `index.json`, `oci-layout`, `sbom.spdx.json`. */
  path: string;
  /** In bytes. */
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** A program for the host. */
export interface BundledProgram {
  name: string;
  /** As upstream writes it, `v1.37.2`. */
  version: string;
  /** The file of the bundle. */
  path: string;
  /** Where it came from: a URL, or the name of the file that it was in. */
  source: string;
}

/** A container image. */
export interface BundledImage {
  /** As manifests of pods name it, `registry.k8s.io/pause:3.10.2`. */
  name: string;
  mediaType: string;
  /** Of its index or manifest, `sha256:…`. */
  digest: string;
  /** Of that index or manifest, in bytes. */
  size: number;
  source: string;
}

/** The whole of it. */
export interface BundleManifest {
  apiVersion: "bundle.kubewright.dev/v1";
  kind: "Bundle";
  architecture: Architecture;
  /** `v1.37.2`. */
  kubernetesVersion: string;
  programs: readonly BundledProgram[];
  images: readonly BundledImage[];
  /** In the order in which they follow the manifest. */
  files: readonly BundleFile[];
}

/** Why a text is no manifest, or no file what the manifest says. */
export class BadBundle extends Error {
  override readonly name = "BadBundle";
}

/** The manifest's bytes: the same manifest gives the same ones. */
export function manifestText(manifest: BundleManifest): string {
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}

/** The content of {@linkcode CHECKSUM}. */
export function checksumText(sha256: string): string {
  return `${sha256}  ${MANIFEST}\n`;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Paths that a bundle may hold: no way leads out of it. */
const PATH =
  /^(?:blobs\/sha256\/[0-9a-f]{64}|bin\/[a-z0-9][a-z0-9._-]{0,63}|cni\/[a-z0-9][a-z0-9._-]{0,63}|index\.json|oci-layout|sbom\.spdx\.json)$/;

/**
 * Reads a manifest strictly: only what `manifestText` writes is one.
 * @throws {BadBundle}
 */
export function parseManifest(text: string): BundleManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadBundle(`"${MANIFEST}" is not JSON`);
  }
  const { apiVersion, kind } = isRecord(value) ? value : {};
  if (kind !== "Bundle" || typeof apiVersion !== "string" || !apiVersion.startsWith("bundle.kubewright.dev/")) {
    throw new BadBundle(`"${MANIFEST}" does not describe a bundle`);
  }
  if (apiVersion !== "bundle.kubewright.dev/v1") {
    throw new BadBundle(`the bundle has the format ${apiVersion}; this kubewright reads bundle.kubewright.dev/v1`);
  }
  const manifest = value as Record<string, unknown>;
  const check = new Check();
  const result: BundleManifest = {
    apiVersion,
    kind,
    architecture: check.choice(manifest, "architecture", ARCHITECTURES),
    kubernetesVersion: check.text(manifest, "kubernetesVersion", /^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/),
    programs: check.list(manifest, "programs").map((one) => ({
      name: check.text(one, "name", /^[a-z0-9][a-z0-9._-]{0,63}$/),
      version: check.text(one, "version", /^[\w.+-]{1,100}$/),
      path: check.text(one, "path", PATH),
      source: check.text(one, "source", /^[\x20-\x7e]{1,1000}$/),
    })),
    images: check.list(manifest, "images").map((one) => ({
      name: check.text(one, "name", /^[\w./:@-]{1,512}$/),
      mediaType: check.text(one, "mediaType", /^[\w./+-]{1,200}$/),
      digest: check.text(one, "digest", DIGEST),
      size: check.size(one, "size"),
      source: check.text(one, "source", /^[\x20-\x7e]{1,1000}$/),
    })),
    files: check.list(manifest, "files").map((one) => ({
      path: check.text(one, "path", PATH),
      size: check.size(one, "size"),
      sha256: check.text(one, "sha256", SHA256),
    })),
  };
  check.unique(result.files.map(({ path }) => path), "file");
  check.unique(result.images.map(({ name }) => name), "image");
  check.unique(result.programs.map(({ name }) => name), "program");
  for (const { path, sha256 } of result.files) {
    if (path.startsWith("blobs/") && path !== `blobs/sha256/${sha256}`) {
      throw new BadBundle(`the blob "${path}" has another SHA-256, ${sha256}`);
    }
  }
  const paths = new Set(result.files.map(({ path }) => path));
  const missing = [
    ...result.programs.map(({ path }) => path),
    ...result.images.map(({ digest }) => blobPath(digest)),
  ].filter((path) => !paths.has(path));
  if (missing.length > 0) throw new BadBundle(`"${missing[0]}" is named in "${MANIFEST}", but not among its files`);
  if (manifestText(result) !== text) {
    throw new BadBundle(`"${MANIFEST}" has fields or spaces that kubewright does not write`);
  }
  return result;
}

/** The file of a blob, by its digest. */
export function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}

/** The error for a file whose content is not the manifest's. A blob is named by its digest, which is no secret. */
export function damaged({ path }: BundleFile): BadBundle {
  const name = path.replace(/^blobs\/sha256\//, "sha256:");
  return new BadBundle(`"${name}" is damaged: its SHA-256 is not the one in "${MANIFEST}"`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads fields, and names the first that is not as it must be. */
class Check {
  private fail(field: string, expected: string): never {
    throw new BadBundle(`the field "${field}" in "${MANIFEST}" must be ${expected}`);
  }
  text(of: Record<string, unknown>, field: string, pattern: RegExp): string {
    const value = of[field];
    if (typeof value !== "string" || !pattern.test(value)) this.fail(field, `a text like ${pattern.source}`);
    return value;
  }
  choice<T extends string>(of: Record<string, unknown>, field: string, choices: readonly T[]): T {
    const found = choices.find((choice) => choice === of[field]);
    return found ?? this.fail(field, `one of ${choices.join(", ")}`);
  }
  size(of: Record<string, unknown>, field: string): number {
    const value = of[field];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) this.fail(field, "a number of bytes");
    return value;
  }
  list(of: Record<string, unknown>, field: string): Record<string, unknown>[] {
    const value = of[field];
    if (!Array.isArray(value) || !value.every(isRecord) || value.length > 10_000) this.fail(field, "a list of objects");
    return value;
  }
  unique(values: readonly string[], what: string): void {
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined) throw new BadBundle(`the ${what} "${twice}" is listed twice in "${MANIFEST}"`);
  }
}
