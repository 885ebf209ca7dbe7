/**
 * Rules between the fields of a ClusterConfiguration. The schema holds the formats of single values.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/kubeadm/validation/validation.go
 * @module
 */
import { ADDRESS_BITS, addressCount, type Cidr, formatCidr, overlaps, parseCidr } from "./addresses.ts";
import { duration, formatDuration } from "./duration.ts";
import { minorOf } from "./kubernetes_version.ts";
import type { Report } from "./schema.ts";
import type { Arg, ClusterConfiguration, ExternalEtcd } from "./types.ts";
import { type GoUrl, parseGoUrl } from "./url.ts";
import type { Warn } from "./validate_components.ts";
import { deprecated, exclusive, mustBe, mustNot, notRecommended, quoted, required, unknown } from "./wording.ts";

const NETWORKING = "ClusterConfiguration.networking";

/** Limits of kubeadm and the API server. etcd stores a service network as a bitmap, which limits its size. */
const SERVICE_SUBNET = { addresses: 10n, hostBits: 20 };
const POD_SUBNET = { addresses: 14n, nodeMaskDifference: 16 };

/** Reports every problem between the fields of the cluster. */
export function validateCluster(cluster: ClusterConfiguration, report: Report): void {
  validateNetworks(cluster, report);
  if (cluster.etcd.local && cluster.etcd.external) {
    report("ClusterConfiguration.etcd", exclusive("local", "external"));
  }
  if (cluster.etcd.external) validateExternalEtcd(cluster.etcd.external, report);
  validateFeatureGates(cluster, report);
}

/** The longest periods that kubeadm recommends; it warns of longer ones. */
const RECOMMENDED = {
  certificateValidityPeriod: duration("8760h"),
  caCertificateValidityPeriod: duration("87600h"),
};

/** fec0::/10, deprecated by RFC 3879. */
const SITE_LOCAL = parseCidr("fec0::/10")!;

/** Warns of valid settings that are rarely intended. */
export function warnOfCluster(cluster: ClusterConfiguration, warn: Warn): void {
  for (const [name, recommended] of Object.entries(RECOMMENDED)) {
    const given = cluster[name as keyof typeof RECOMMENDED];
    if (given.nanoseconds > recommended.nanoseconds) {
      const what = notRecommended(quoted(formatDuration(given)), `${quoted(formatDuration(recommended))} or shorter`);
      warn(`ClusterConfiguration.${name}`, what);
    }
  }
  const { certificateValidityPeriod: leaf, caCertificateValidityPeriod: ca } = cluster;
  if (leaf.nanoseconds > ca.nanoseconds) {
    const what = `"${formatDuration(leaf)}" is longer than caCertificateValidityPeriod "${formatDuration(ca)}"; ` +
      "certificates expire together with the CA";
    warn("ClusterConfiguration.certificateValidityPeriod", what);
  }
  if (cluster.featureGates.PublicKeysECDSA) {
    warn(
      "ClusterConfiguration.featureGates.PublicKeysECDSA",
      deprecated("the feature gate", "encryptionAlgorithm: ECDSA-P256"),
    );
  }
  for (const name of ["serviceSubnet", "podSubnet"] as const) {
    for (const cidr of cluster.networking[name].filter((cidr) => overlaps(cidr, SITE_LOCAL))) {
      warn(
        `${NETWORKING}.${name}`,
        `${quoted(formatCidr(cidr))} contains site-local addresses (fec0::/10), which RFC 3879 deprecates`,
      );
    }
  }
}

function validateNetworks(cluster: ClusterConfiguration, report: Report): void {
  const { serviceSubnet: services, podSubnet: pods } = cluster.networking;
  for (const cidr of services) {
    const bits = ADDRESS_BITS[cidr.address.family];
    const shown = quoted(formatCidr(cidr));
    if (addressCount(cidr) < SERVICE_SUBNET.addresses) {
      report(
        `${NETWORKING}.serviceSubnet`,
        mustBe("a network of at least 10 addresses", `${shown} with ${addressCount(cidr)}`),
      );
    } else if (bits - cidr.prefix > SERVICE_SUBNET.hostBits) {
      const smallest = bits - SERVICE_SUBNET.hostBits;
      report(`${NETWORKING}.serviceSubnet`, mustBe(`a network with a prefix of /${smallest} or longer`, shown));
    }
  }
  for (const cidr of pods) validatePodSubnet(cidr, cluster.controllerManager.extraArgs, report);
  for (const pod of pods) {
    for (const service of services.filter((cidr) => overlaps(cidr, pod))) {
      const [rule, got] = [`overlap serviceSubnet "${formatCidr(service)}"`, quoted(formatCidr(pod))];
      report(`${NETWORKING}.podSubnet`, mustNot(rule, got));
    }
  }
}

function lastValue(args: readonly Arg[], name: string): string | undefined {
  return args.findLast((arg) => arg.name === name)?.value;
}

function validatePodSubnet(cidr: Cidr, args: readonly Arg[], report: Report): void {
  const path = `${NETWORKING}.podSubnet`;
  const shown = quoted(formatCidr(cidr));
  if (addressCount(cidr) < POD_SUBNET.addresses) {
    return report(path, mustBe("a network of at least 14 addresses", `${shown} with ${addressCount(cidr)}`));
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
      `${name} ${mustBe(`an ${family} prefix length`, quoted(given ?? ""))}`,
    );
  } else if (mask < cidr.prefix) {
    report(path, mustBe(`at least as large as the /${mask} network of each node`, shown));
  } else if (mask - cidr.prefix > POD_SUBNET.nodeMaskDifference) {
    const longest = mask - POD_SUBNET.nodeMaskDifference;
    report(
      path,
      `${mustBe(`a network with a prefix of /${longest} or longer for nodes with /${mask} networks`, shown)}; ` +
        `controllerManager.extraArgs ${name} changes the size of the nodes' networks`,
    );
  }
}

/** Whether a URL names one server: the endpoints become one flag, separated by commas. */
function reachesServer({ hostname, port }: GoUrl): boolean {
  return hostname !== "" && !hostname.includes(",") && (port === "" || Number(port) > 0 && Number(port) < 65536);
}

function validateExternalEtcd(etcd: ExternalEtcd, report: Report): void {
  const path = "ClusterConfiguration.etcd.external";
  const { caFile, certFile, keyFile } = etcd;
  const secured = Boolean(caFile || certFile || keyFile);
  if (Boolean(certFile) !== Boolean(keyFile)) {
    const [missing, other] = certFile ? ["keyFile", "certFile"] : ["certFile", "keyFile"];
    report(`${path}.${missing}`, required(`${other} is set`));
  }
  if (certFile && keyFile && !caFile) report(`${path}.caFile`, required("certFile and keyFile are set"));
  if (etcd.endpoints.length === 0) report(`${path}.endpoints`, mustBe("a list of at least one URL", "an empty list"));
  const validateUrl = (text: string, where: string, httpAllowed: boolean) => {
    const url = parseGoUrl(text);
    if (url?.hasUser || /\/\/[^/]*@/.test(text)) {
      return report(where, `${mustNot("contain a user name or password")}; use certFile and keyFile`);
    }
    const isServer = url !== undefined && reachesServer(url);
    if (isServer && (url.scheme === "https" || httpAllowed && url.scheme === "http")) return;
    const expected = isServer && url.scheme === "http"
      ? "an https URL because caFile, certFile or keyFile is set"
      : "an https URL such as https://10.0.0.7:2379";
    report(where, mustBe(expected, quoted(text)));
  };
  etcd.endpoints.forEach((url, i) => validateUrl(url, `${path}.endpoints[${i}]`, !secured));
  // Without httpEndpoints, the checked endpoints stand in for them.
  if (etcd.httpEndpoints.join() === etcd.endpoints.join()) return;
  etcd.httpEndpoints.forEach((url, i) => validateUrl(url, `${path}.httpEndpoints[${i}]`, true));
}

/** kubeadm's feature gates: the minor releases that have them, and the only value that kubewright supports. */
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
    if (!gate) report(path, unknown("feature gate", name, known));
    else if (minor !== undefined && !gate.minors.includes(minor)) {
      report(path, `is not supported in Kubernetes 1.${minor}`);
    } else if (value !== (gate.only ?? value)) report(path, mustBe(String(gate.only), String(value)));
  }
}
