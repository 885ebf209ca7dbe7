/**
 * Which version of Kubernetes is meant.
 * @module
 */
import type { Facts } from "./types.ts";

/** What this build can set up; `cluster/versions.ts` knows. */
export interface SupportedVersions {
  /** `v1.37.2` */
  newest: string;
  /** The minor numbers, as in `[35, 36, 37]`. */
  minors: readonly number[];
}

const VERSION = /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const LABEL = /^(?:stable|latest)(?:-(\d+)(?:\.(\d+))?)?$/;

/** The minor number of a version 1.x; undefined for anything else. */
export function minorOf(version: string): number | undefined {
  const [, major, minor] = VERSION.exec(version) ?? [];
  return major === "1" ? Number(minor) : undefined;
}

/**
 * Resolves a version (`v1.37.2`, `1.37.2`) or label (`stable-1`, `stable-1.37`, `latest`) to `v1.37.2`.
 *
 * Nothing is looked up on the network, unlike in kubeadm: a label is the version of the kubelet on this host where that is
 * supported, because it is what fits this host, and else the newest version that this build knows.
 * @returns the version, or what is wrong.
 */
export function resolveVersion(
  text: string,
  facts: Pick<Facts, "kubeletVersion">,
  supported: SupportedVersions,
): { version: string } | { problem: string } {
  const minors = supported.minors.map((minor) => `1.${minor}`).join(", ");
  if (VERSION.test(text)) {
    const minor = minorOf(text);
    if (minor !== undefined && supported.minors.includes(minor)) return { version: text.replace(/^v?/, "v") };
    return { problem: `"${text}" is not supported; this program sets up ${minors}` };
  }
  const label = LABEL.exec(text);
  if (!label) return { problem: `"${text}" is not a version such as ${supported.newest} or a label such as stable-1` };
  const [, major, wanted] = label;
  const fits = (version: string | undefined) => {
    const minor = version === undefined ? undefined : minorOf(version);
    return minor !== undefined && supported.minors.includes(minor) && (!wanted || Number(wanted) === minor);
  };
  if (major === undefined || major === "1") {
    for (const version of [facts.kubeletVersion, supported.newest]) {
      if (version !== undefined && fits(version)) return { version: version.replace(/^v?/, "v") };
    }
  }
  const known = major === "1" && supported.minors.includes(Number(wanted));
  return {
    problem: known
      ? `"${text}" names no patch release, and labels are not looked up; write the version in full, v1.${wanted}.x`
      : `"${text}" is not supported; this program sets up ${minors}`,
  };
}
