/**
 * Which version of Kubernetes is meant.
 * @module
 */

/** What this build can set up; `cluster/versions.ts` knows. */
export interface SupportedVersions {
  /** `v1.37.2` */
  newest: string;
  /** The minor numbers, as in `[35, 36, 37]`. */
  minors: readonly number[];
}

/** A version, `v1.37.2-rc.0+build`. What is none yet, a label such as `stable-1`, has only its text; its numbers are 0. */
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

/** Reads a version, or a label that is yet to be resolved. */
export function readVersion(text: string): Version {
  return parseVersion(text) ?? { text, major: 0, minor: 0, patch: 0 };
}

/** The minor number of a version 1.x; undefined for anything else. */
export function minorOf({ major, minor }: Version): number | undefined {
  return major === 1 ? minor : undefined;
}

/**
 * Resolves a version (`v1.37.2`, `1.37.2`) or label (`stable-1`, `stable-1.37`, `latest`) to `v1.37.2`.
 *
 * Nothing is looked up on the network, unlike in kubeadm: a label is the version of the kubelet on this host where that is
 * supported, because it is what fits this host, and else the newest version that this build knows.
 * @returns the version, or what is wrong.
 */
export function resolveVersion(
  given: Version,
  facts: { kubeletVersion?: string },
  supported: SupportedVersions,
): { version: Version } | { problem: string } {
  const { text } = given;
  const minors = supported.minors.map((minor) => `1.${minor}`).join(", ");
  const notSupported = { problem: `"${text}" is not supported; this program sets up ${minors}` };
  const withV = (version: Version) => ({ version: { ...version, text: version.text.replace(/^v?/, "v") } });
  if (given.major > 0) return supported.minors.includes(minorOf(given) ?? -1) ? withV(given) : notSupported;
  const label = LABEL.exec(text);
  if (!label) return { problem: `"${text}" is not a version such as ${supported.newest} or a label such as stable-1` };
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
    ? {
      problem:
        `"${text}" names no patch release, and labels are not looked up; write the version in full, v1.${wanted}.x`,
    }
    : notSupported;
}
