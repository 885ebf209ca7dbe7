/**
 * Rules between the fields of a ClusterConfiguration. What a single value looks like is in the schema.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/kubeadm/validation/validation.go
 * @module
 */
import { ADDRESS_BITS, addressCount, type Cidr, formatCidr, overlaps, parseCidr } from "./addresses.ts";
import { duration, formatDuration } from "./duration.ts";
import { minorOf } from "./kubernetes_version.ts";
import { suggestion } from "./suggest.ts";
import type { Report } from "./schema.ts";
import type { Arg, ClusterConfiguration, ExternalEtcd } from "./types.ts";
import { type GoUrl, parseGoUrl } from "./url.ts";
import type { Warn } from "./validate_components.ts";

const NETWORKING = "ClusterConfiguration.networking";

/** Bounds of kubeadm's and the API server's. A service network is kept as a bitmap in etcd, hence its upper bound. */
const SERVICE_SUBNET = { addresses: 10n, hostBits: 20 };
const POD_SUBNET = { addresses: 14n, nodeMaskDifference: 16 };

/** Reports every problem between the fields of the cluster. */
export function validateCluster(cluster: ClusterConfiguration, report: Report): void {
  validateNetworks(cluster, report);
  if (cluster.etcd.local && cluster.etcd.external) {
    report("ClusterConfiguration.etcd", "has both local and external; only one of them can be the store");
  }
  if (cluster.etcd.external) validateExternalEtcd(cluster.etcd.external, report);
  validateFeatureGates(cluster, report);
}

/** The periods that kubeadm recommends, and more than which it warns of. */
const RECOMMENDED = {
  certificateValidityPeriod: duration("8760h"),
  caCertificateValidityPeriod: duration("87600h"),
};

/** fec0::/10, which RFC 3879 took out of use. */
const SITE_LOCAL = parseCidr("fec0::/10")!;

/** Warns of what works, but is seldom wanted. */
export function warnOfCluster(cluster: ClusterConfiguration, warn: Warn): void {
  for (const [name, recommended] of Object.entries(RECOMMENDED)) {
    const given = cluster[name as keyof typeof RECOMMENDED];
    if (given.nanoseconds > recommended.nanoseconds) {
      const what = `${formatDuration(given)} is longer than recommended, ${formatDuration(recommended)}`;
      warn(`ClusterConfiguration.${name}`, what);
    }
  }
  const { certificateValidityPeriod: leaf, caCertificateValidityPeriod: ca } = cluster;
  if (leaf.nanoseconds > ca.nanoseconds) {
    const what = `${formatDuration(leaf)} is longer than caCertificateValidityPeriod, ${formatDuration(ca)}: ` +
      "certificates outlive what they are verified with";
    warn("ClusterConfiguration.certificateValidityPeriod", what);
  }
  if (cluster.featureGates.PublicKeysECDSA) {
    warn("ClusterConfiguration.featureGates.PublicKeysECDSA", "is deprecated; write encryptionAlgorithm: ECDSA-P256");
  }
  for (const name of ["serviceSubnet", "podSubnet"] as const) {
    for (const cidr of cluster.networking[name].filter((cidr) => overlaps(cidr, SITE_LOCAL))) {
      warn(
        `${NETWORKING}.${name}`,
        `${formatCidr(cidr)} has site-local addresses, fec0::/10, which RFC 3879 deprecates`,
      );
    }
  }
}

function validateNetworks(cluster: ClusterConfiguration, report: Report): void {
  const { serviceSubnet: services, podSubnet: pods } = cluster.networking;
  for (const cidr of services) {
    const bits = ADDRESS_BITS[cidr.address.family];
    const shown = formatCidr(cidr);
    if (addressCount(cidr) < SERVICE_SUBNET.addresses) {
      report(`${NETWORKING}.serviceSubnet`, `${shown} has ${addressCount(cidr)} addresses; at least 10 are needed`);
    } else if (bits - cidr.prefix > SERVICE_SUBNET.hostBits) {
      const smallest = bits - SERVICE_SUBNET.hostBits;
      report(
        `${NETWORKING}.serviceSubnet`,
        `${shown} is too large for Services; its prefix has to be /${smallest} or longer`,
      );
    }
  }
  for (const cidr of pods) validatePodSubnet(cidr, cluster.controllerManager.extraArgs, report);
  for (const pod of pods) {
    for (const service of services.filter((cidr) => overlaps(cidr, pod))) {
      report(`${NETWORKING}.podSubnet`, `${formatCidr(pod)} overlaps serviceSubnet ${formatCidr(service)}`);
    }
  }
}

function lastValue(args: readonly Arg[], name: string): string | undefined {
  return args.findLast((arg) => arg.name === name)?.value;
}

function validatePodSubnet(cidr: Cidr, args: readonly Arg[], report: Report): void {
  const path = `${NETWORKING}.podSubnet`;
  const shown = formatCidr(cidr);
  if (addressCount(cidr) < POD_SUBNET.addresses) {
    return report(path, `${shown} has ${addressCount(cidr)} addresses; at least 14 are needed`);
  }
  if (lastValue(args, "allocate-node-cidrs") === "false") return;
  const { family } = cidr.address;
  const name = `node-cidr-mask-size-${family.toLowerCase()}`;
  const given = lastValue(args, name) ?? lastValue(args, "node-cidr-mask-size");
  const mask = given === undefined
    ? (family === "IPv4" ? 24 : 64)
    : /^\d{1,3}$/.test(given)
    ? Number(given)
    : undefined;
  if (mask === undefined || mask > ADDRESS_BITS[family]) {
    report(
      "ClusterConfiguration.controllerManager.extraArgs",
      `${name} is "${given}", which is not a prefix length of ${family}`,
    );
  } else if (mask < cidr.prefix) {
    report(path, `${shown} is smaller than the /${mask} network that each node gets of it`);
  } else if (mask - cidr.prefix > POD_SUBNET.nodeMaskDifference) {
    const longest = mask - POD_SUBNET.nodeMaskDifference;
    report(
      path,
      `${shown} is too large for nodes with /${mask} networks; its prefix has to be /${longest} or longer, ` +
        `or controllerManager.extraArgs ${name} shorter`,
    );
  }
}

/** Whether a URL names one server: the endpoints are one flag with commas between. */
function reachesServer({ hostname, port }: GoUrl): boolean {
  return hostname !== "" && !hostname.includes(",") && (port === "" || Number(port) > 0 && Number(port) < 65536);
}

function validateExternalEtcd(etcd: ExternalEtcd, report: Report): void {
  const path = "ClusterConfiguration.etcd.external";
  const { caFile, certFile, keyFile } = etcd;
  const secured = Boolean(caFile || certFile || keyFile);
  if (Boolean(certFile) !== Boolean(keyFile)) {
    report(certFile ? `${path}.keyFile` : `${path}.certFile`, "is missing; certFile and keyFile belong together");
  }
  if (certFile && keyFile && !caFile) report(`${path}.caFile`, "is missing; certFile and keyFile need it");
  if (etcd.endpoints.length === 0) report(`${path}.endpoints`, "is empty; at least one URL is needed");
  const validateUrl = (text: string, where: string, httpAllowed: boolean) => {
    const url = parseGoUrl(text);
    if (url?.hasUser || /\/\/[^/]*@/.test(text)) {
      return report(
        where,
        "holds a user name or password, which etcd does not take from a URL; give certFile and keyFile",
      );
    }
    const isServer = url !== undefined && reachesServer(url);
    if (isServer && (url.scheme === "https" || httpAllowed && url.scheme === "http")) return;
    const why = isServer && url.scheme === "http"
      ? " URL, as caFile, certFile or keyFile is given"
      : " URL such as https://10.0.0.7:2379";
    report(where, `${JSON.stringify(text)} is not an https${why}`);
  };
  etcd.endpoints.forEach((url, i) => validateUrl(url, `${path}.endpoints[${i}]`, !secured));
  // Where they were not given they are the endpoints, of which all has been said.
  if (etcd.httpEndpoints.join() === etcd.endpoints.join()) return;
  etcd.httpEndpoints.forEach((url, i) => validateUrl(url, `${path}.httpEndpoints[${i}]`, true));
}

/** kubeadm's feature gates by minor, and the only value that there may be here: what we do anyway. */
const FEATURE_GATES: Readonly<Record<string, { minors: readonly number[]; only?: boolean }>> = {
  ControlPlaneKubeletLocalMode: { minors: [35], only: true },
  NodeLocalCRISocket: { minors: [35, 36], only: true },
  PublicKeysECDSA: { minors: [35, 36] },
  RootlessControlPlane: { minors: [35, 36, 37], only: false },
};

function validateFeatureGates(cluster: ClusterConfiguration, report: Report): void {
  const minor = minorOf(cluster.kubernetesVersion);
  for (const [name, value] of Object.entries(cluster.featureGates)) {
    const path = `ClusterConfiguration.featureGates.${name}`;
    const gate = Object.hasOwn(FEATURE_GATES, name) ? FEATURE_GATES[name] : undefined;
    const known = Object.keys(FEATURE_GATES).filter((key) => FEATURE_GATES[key]!.minors.includes(minor ?? 0));
    if (!gate) report(path, `there is no such feature gate${suggestion(name, known)}`);
    else if (minor !== undefined && !gate.minors.includes(minor)) {
      report(path, `does not exist in Kubernetes 1.${minor}`);
    } else if (value !== (gate.only ?? value)) report(path, `can only be ${gate.only} here`);
  }
}
