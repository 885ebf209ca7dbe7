/**
 * The supported minor releases of Kubernetes and their differences, in one table, and the version skew policy.
 * @module
 */
import { parseVersion, type SupportedVersions, type Version } from "../config/kubernetes_version.ts";
import { mustBe, quoted } from "../config/wording.ts";
import { InvalidInput } from "../errors.ts";

/** The differences of a minor release. */
export interface Release {
  /** Newest patch release that kubewright supports. */
  newest: string;
  /** Image tags. */
  etcd: string;
  coredns: string;
  pause: string;
  /** Default of KubeProxyConfiguration `mode`; absent: not written, kube-proxy decides. */
  kubeProxyMode?: "iptables";
  /** Its kubeadm supports patches of kube-proxy's DaemonSet. */
  kubeProxyPatches?: true;
  /** It supports etcd before 3.6, which has other names of arguments. */
  etcdBefore36?: true;
  /** Its kube-controller-manager mounts the directory of flexvolume drivers. */
  flexvolume?: true;
}

/**
 * By minor number, oldest first. Image tags are those that kubeadm of the same release uses
 * (https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/constants/constants.go, likewise v1.36.3 and
 * v1.35.4); the kube-proxy mode is from https://github.com/kubernetes/kubeadm/issues/3309.
 */
export const RELEASES: Readonly<Record<number, Release>> = {
  35: { newest: "v1.35.4", etcd: "3.6.6-0", coredns: "v1.13.1", pause: "3.10.1", flexvolume: true, etcdBefore36: true },
  36: { newest: "v1.36.3", etcd: "3.6.8-0", coredns: "v1.14.2", pause: "3.10.2" },
  37: {
    newest: "v1.37.2",
    etcd: "3.7.0-0",
    coredns: "v1.14.6",
    pause: "3.10.2",
    kubeProxyMode: "iptables",
    kubeProxyPatches: true,
  },
};

/** The supported versions: `newest` is the default, `minors` are the rows of {@linkcode RELEASES}. */
export const SUPPORTED: SupportedVersions = { newest: RELEASES[37]!.newest, minors: Object.keys(RELEASES).map(Number) };

/** The most minor releases by which a kubelet may be older than the control plane: https://kubernetes.io/releases/version-skew-policy/#kubelet */
const KUBELET_SKEW = 3;

/** Parses a version that is not from a configuration. @throws {InvalidInput} when it is invalid. */
export function versionOf(text: string): Version {
  const version = parseVersion(text);
  if (!version) throw new InvalidInput(`Cannot read version: ${mustBe("of the form v1.37.2", quoted(text))}`);
  return version;
}

/** Negative when `a` is older than `b`, 0 when equal, by https://semver.org/#spec-item-11. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const [left, right] = [a.split("."), b.split(".")];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === y) continue;
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const [isNumber, otherIsNumber] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (isNumber && otherIsNumber) return Number(x) - Number(y);
    if (isNumber !== otherIsNumber) return isNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

/** The row of {@linkcode RELEASES} for a version. @throws {InvalidInput} for an unsupported version. */
export function releaseOf({ text, major, minor }: Version): Release {
  const release = major === 1 ? RELEASES[minor] : undefined;
  if (!release) {
    const known = SUPPORTED.minors.map((known) => `v1.${known}`).join(", ");
    throw new InvalidInput(`Cannot set up Kubernetes "${text}": unsupported version; kubewright supports ${known}`);
  }
  return release;
}

/** Why a kubelet of one version cannot join a control plane of another; undefined when it can. */
export function kubeletSkewProblem(node: Version, plane: Version): string | undefined {
  const skew = plane.minor - node.minor;
  if (node.major !== plane.major || skew < 0) {
    return `the kubelet is ${node.text}, newer than the control plane (${plane.text}); ` +
      `it must be v${plane.major}.${plane.minor} or older`;
  }
  if (skew > KUBELET_SKEW) {
    return `the kubelet is ${node.text}, ${skew} minor releases older than the control plane (${plane.text}); ` +
      `it must be v${plane.major}.${plane.minor - KUBELET_SKEW} or newer`;
  }
  return undefined;
}
