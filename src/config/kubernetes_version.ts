/**
 * Versions of Kubernetes, and labels that stand for one.
 * @module
 */
import { mustBe, quoted } from "./wording.ts";

/** The versions that this build supports; the table is in `cluster/versions.ts`. */
export interface SupportedVersions {
  /** `v1.37.2` */
  newest: string;
  /** The minor numbers, as in `[35, 36, 37]`. */
  minors: readonly number[];
}

/** A version, `v1.37.2-rc.0+build`. An unresolved label such as `stable-1` has only its text; its numbers are 0. */
export interface Version {
  text: string;
  major: number;
  minor: number;
  patch: number;
  /** `rc.0`; absent for a release. */
  prerelease?: string;
}

const VERSION = /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const LABEL = /^(?:stable|latest)(?:-(\d+)(?:\.(\d+))?)?$/;

/** Reads a version such as `v1.37.2` (the `v` may be absent). */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch, prerelease] = match;
  const numbers = { major: Number(major), minor: Number(minor), patch: Number(patch) };
  return { text, ...numbers, ...(prerelease ? { prerelease } : {}) };
}

/** Reads a version, or a label without resolving it. */
export function readVersion(text: string): Version {
  return parseVersion(text) ?? { text, major: 0, minor: 0, patch: 0 };
}

/** What a version must be. */
export function aVersion(example: string): string {
  return `a version such as ${example} or a label such as stable-1`;
}

/** The minor number of a version 1.x; undefined for anything else. */
export function minorOf({ major, minor }: Version): number | undefined {
  return major === 1 ? minor : undefined;
}

/**
 * Resolves a version (`v1.37.2`, `1.37.2`) or label (`stable-1`, `stable-1.37`, `latest`) to `v1.37.2`.
 *
 * Unlike kubeadm, kubewright does not look up labels on the network: a label is the version of the kubelet on this host if
 * that is supported, otherwise the newest version that this build supports.
 * @returns the version, or the problem.
 */
export function resolveVersion(
  given: Version,
  facts: { kubeletVersion?: string },
  supported: SupportedVersions,
): { version: Version } | { problem: string } {
  const { text } = given;
  const minors = supported.minors.map((minor) => `1.${minor}`).join(", ");
  const notSupported = { problem: `unsupported version ${quoted(text)}; kubewright supports Kubernetes ${minors}` };
  const withV = (version: Version) => ({ version: { ...version, text: version.text.replace(/^v?/, "v") } });
  if (given.major > 0) return supported.minors.includes(minorOf(given) ?? -1) ? withV(given) : notSupported;
  const label = LABEL.exec(text);
  if (!label) return { problem: mustBe(aVersion(supported.newest), quoted(text)) };
  const [, major, wanted] = label;
  const fits = (version: Version) => {
    const minor = minorOf(version);
    return minor !== undefined && supported.minors.includes(minor) && (!wanted || Number(wanted) === minor);
  };
  if (major === undefined || major === "1") {
    for (const known of [facts.kubeletVersion, supported.newest]) {
      const version = readVersion(known ?? "");
      if (fits(version)) return withV(version);
    }
  }
  return major === "1" && supported.minors.includes(Number(wanted))
    ? { problem: mustBe(`a version with a patch release, v1.${wanted}.PATCH`, quoted(text)) }
    : notSupported;
}
