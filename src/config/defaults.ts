/**
 * Fills in absent values: kubeadm's defaults, and values from the facts about this host. Pure. Empty text counts as absent,
 * as in Go.
 *
 * Defaults: https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go
 * @module
 */
import { classify, formatAddress, type HostPort, networks, parseAddress } from "./addresses.ts";
import { duration } from "./duration.ts";
import type { Version } from "./kubernetes_version.ts";
import { cleanPath } from "./paths.ts";
import type * as t from "./types.ts";
import { parseGoUrl } from "./url.ts";
import type { Value } from "./values.ts";

/** A part of a configuration from a file, its texts parsed: any field may be absent. */
export type Given<T> = T extends t.Endpoint ? HostPort
  : T extends Value ? T
  : T extends readonly (infer Item)[] ? Given<Item>[]
  : T extends object ? { -readonly [K in keyof T]?: Given<T[K]> | undefined }
  : T;

/** An InitConfiguration document that passed `checkShape`. */
export type GivenInit = Given<Omit<t.InitConfiguration, "cluster" | "kubelet" | "kubeProxy" | "patchesDirectory">> & {
  patches?: { directory?: string };
};

/** A JoinConfiguration document that passed `checkShape`. */
export type GivenJoin = Given<Omit<t.JoinConfiguration, "patchesDirectory">> & { patches?: { directory?: string } };

/** kubeadm's default, for a host without a socket: https://kubernetes.io/docs/setup/production-environment/container-runtimes/ */
export const DEFAULT_CRI_SOCKET = "unix:///var/run/containerd/containerd.sock";

export const API_SERVER_PORT = 6443;

const CONTROL_PLANE_TAINT: t.Taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

const TIMEOUTS: t.Timeouts = {
  controlPlaneComponentHealthCheck: duration("4m"),
  kubeletHealthCheck: duration("4m"),
  kubernetesAPICall: duration("1m"),
  etcdAPICall: duration("2m"),
  tlsBootstrap: duration("5m"),
  discovery: duration("5m"),
  upgradeManifests: duration("5m"),
};

/** Drops members that are undefined or empty text. */
function present<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== "")) as T;
}

/** Casts parts whose shape is checked to their type. */
function items<T>(given: readonly Given<T>[] | undefined): T[] {
  return (given ?? []) as T[];
}

function args(given: Given<t.Arg>[] | undefined): t.Arg[] {
  return (given ?? []).map(({ name = "", value = "" }) => ({ name, value }));
}

/** Variables; a reference to a field gets the apiVersion that kubeadm writes. */
function environment(given: readonly Given<t.EnvVar>[] | undefined): t.EnvVar[] {
  return items<t.EnvVar>(given).map((variable) => {
    const from = variable.valueFrom as { fieldRef?: Record<string, unknown> } | undefined;
    if (typeof from?.fieldRef !== "object" || from.fieldRef === null || from.fieldRef["apiVersion"]) return variable;
    return { ...variable, valueFrom: { ...from, fieldRef: { ...from.fieldRef, apiVersion: "v1" } } };
  });
}

function component(given: Given<t.ControlPlaneComponent> = {}): t.ControlPlaneComponent {
  return {
    extraArgs: args(given.extraArgs),
    extraVolumes: items<t.HostPathMount>(given.extraVolumes),
    extraEnvs: environment(given.extraEnvs),
  };
}

function etcd(given: Given<t.ClusterConfiguration["etcd"]> = {}): t.ClusterConfiguration["etcd"] {
  const { local, external } = given;
  const localEtcd = (part: Given<t.LocalEtcd>) =>
    present<t.LocalEtcd>({
      imageRepository: part.imageRepository,
      imageTag: part.imageTag,
      dataDir: cleanPath(part.dataDir || "/var/lib/etcd"),
      extraArgs: args(part.extraArgs),
      extraEnvs: environment(part.extraEnvs),
      serverCertSANs: part.serverCertSANs ?? [],
      peerCertSANs: part.peerCertSANs ?? [],
    });
  const externalEtcd = (part: Given<t.ExternalEtcd>): t.ExternalEtcd => {
    const { endpoints = [], httpEndpoints = [], caFile = "", certFile = "", keyFile = "" } = part;
    return {
      endpoints,
      httpEndpoints: httpEndpoints.length > 0 ? httpEndpoints : endpoints,
      caFile: cleanPath(caFile),
      certFile: cleanPath(certFile),
      keyFile: cleanPath(keyFile),
    };
  };
  return {
    ...(local || !external ? { local: localEtcd(local ?? {}) } : {}),
    ...(external ? { external: externalEtcd(external) } : {}),
  };
}

/** Adds the port to an endpoint without one. */
function withPort(endpoint: HostPort | undefined, port: number): t.Endpoint | undefined {
  return endpoint && { ...endpoint, port: endpoint.port ?? port };
}

/**
 * Disables an addon whose phase is skipped, as kubeadm does: otherwise a later upgrade would install it.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/cmd/init.go
 */
export function withSkippedAddons(
  cluster: t.ClusterConfiguration,
  skipPhases: readonly string[],
): t.ClusterConfiguration {
  const skips = (phase: string) => skipPhases.includes("addon") || skipPhases.includes(phase);
  return {
    ...cluster,
    dns: skips("addon/coredns") ? { ...cluster.dns, disabled: true } : cluster.dns,
    proxy: skips("addon/kube-proxy") ? { disabled: true } : cluster.proxy,
  };
}

/** @param bindPort of the first API server: the port of a `controlPlaneEndpoint` without one. */
export function completeCluster(
  given: Given<t.ClusterConfiguration>,
  kubernetesVersion: Version,
  bindPort = API_SERVER_PORT,
): t.ClusterConfiguration {
  const { networking = {}, dns = {}, proxy = {} } = given;
  return present<t.ClusterConfiguration>({
    kubernetesVersion,
    clusterName: given.clusterName || "kubernetes",
    controlPlaneEndpoint: withPort(given.controlPlaneEndpoint, bindPort),
    certificatesDir: cleanPath(given.certificatesDir || "/etc/kubernetes/pki"),
    imageRepository: given.imageRepository || "registry.k8s.io",
    // The feature gate of 1.35 and 1.36 takes precedence.
    encryptionAlgorithm: (given.featureGates as Record<string, boolean> | undefined)?.PublicKeysECDSA
      ? "ECDSA-P256"
      : given.encryptionAlgorithm || "RSA-2048",
    certificateValidityPeriod: given.certificateValidityPeriod ?? duration("8760h"),
    caCertificateValidityPeriod: given.caCertificateValidityPeriod ?? duration("87600h"),
    networking: {
      serviceSubnet: networking.serviceSubnet ?? networks("10.96.0.0/12"),
      podSubnet: networking.podSubnet ?? [],
      dnsDomain: networking.dnsDomain || "cluster.local",
    },
    etcd: etcd(given.etcd),
    apiServer: {
      ...component(given.apiServer),
      certSANs: (given.apiServer?.certSANs ?? []).map((name) => name.toLowerCase()),
    },
    controllerManager: component(given.controllerManager),
    scheduler: component(given.scheduler),
    dns: present<t.ClusterConfiguration["dns"]>({
      imageRepository: dns.imageRepository,
      imageTag: dns.imageTag,
      disabled: dns.disabled || undefined,
    }),
    proxy: proxy.disabled ? { disabled: true } : {},
    featureGates: (given.featureGates ?? {}) as Record<string, boolean>,
  });
}

/** The socket; by default the only one of the host. Empty where the host has several, which the check reports. */
function completeCriSocket(given: string | undefined, { criSockets }: Pick<t.Facts, "criSockets">): string {
  if (given) return hasScheme(given) ? given : `unix://${given}`;
  return criSockets.length === 0 ? DEFAULT_CRI_SOCKET : criSockets.length === 1 ? criSockets[0]! : "";
}

/** Whether a socket is written as a URL. */
export function hasScheme(socket: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(socket);
}

/** Names of checks in lower case, each once. */
export function checkNames(given: readonly string[] = []): string[] {
  return [...new Set(given.map((name) => name.toLowerCase()))];
}

/** Defaults of the name and the socket come from the facts. */
export function completeNodeRegistration(
  given: Given<t.NodeRegistration> = {},
  facts: t.Facts,
  controlPlane: boolean,
): t.NodeRegistration {
  return {
    name: (given.name || facts.hostname).trim().toLowerCase(),
    criSocket: completeCriSocket(given.criSocket, facts),
    taints: given.taints ? items<t.Taint>(given.taints) : controlPlane ? [CONTROL_PLANE_TAINT] : [],
    kubeletExtraArgs: args(given.kubeletExtraArgs),
    ignorePreflightErrors: checkNames(given.ignorePreflightErrors),
    imagePullPolicy: given.imagePullPolicy || "IfNotPresent",
    imagePullSerial: given.imagePullSerial ?? true,
  };
}

/**
 * The default address replaces an absent and an unspecified one (`0.0.0.0`, `::`). A loopback address is replaced by a global
 * one of the loopback interface, for hosts whose other interfaces have only link-local addresses (RFC 5549). Empty when there
 * is none. As kubeadm's SetAPIEndpointDynamicDefaults.
 */
export function completeApiEndpoint(given: Given<t.ApiEndpoint> = {}, facts: t.Facts): t.ApiEndpoint {
  const asked = parseAddress(given.advertiseAddress ?? "");
  const isOpen = !given.advertiseAddress || asked !== undefined && classify(asked) === "unspecified";
  const byDefault = (asked?.family === "IPv6" ? facts.defaultAddressV6 : undefined) ?? facts.defaultAddress ?? "";
  const wanted = isOpen ? byDefault : given.advertiseAddress!;
  const address = parseAddress(wanted);
  const onLoopback = (["IPv4", "IPv6"] as const).flatMap((family) =>
    facts.addresses.filter((entry) => {
      const candidate = parseAddress(entry.address);
      return entry.interface === "lo" && candidate?.family === family && classify(candidate) === "global";
    })
  )[0]?.address;
  const loopback = address !== undefined && classify(address) === "loopback";
  return {
    advertiseAddress: loopback ? onLoopback ?? wanted : address ? formatAddress(address) : wanted,
    bindPort: given.bindPort || API_SERVER_PORT,
  };
}

/** `init` generates the text of a token without one. */
export function completeBootstrapToken(given: Given<t.BootstrapToken>): t.BootstrapToken {
  const { token = "", description, expires } = given;
  const usages = given.usages?.length ? given.usages : ["signing", "authentication"];
  return {
    token,
    ...(description ? { description } : {}),
    ...(given.ttl || !expires ? { ttl: given.ttl ?? duration("24h") } : {}),
    ...(expires ? { expires } : {}),
    usages,
    groups: given.groups?.length || !usages.includes("authentication")
      ? given.groups ?? []
      : ["system:bootstrappers:kubeadm:default-node-token"],
  };
}

export function completeTimeouts(given: Given<t.Timeouts> = {}): t.Timeouts {
  return { ...TIMEOUTS, ...present(given) };
}

/** Fills in a ResetConfiguration. */
export function completeReset(
  given: Given<t.ResetConfiguration>,
  facts: Pick<t.Facts, "criSockets">,
): t.ResetConfiguration {
  const { certificatesDir = "" } = given;
  return {
    // A path with `..` stays unchanged: the check rejects it, because `reset` empties the directory.
    certificatesDir: certificatesDir.includes("..")
      ? certificatesDir
      : cleanPath(certificatesDir || "/etc/kubernetes/pki"),
    cleanupTmpDir: given.cleanupTmpDir ?? false,
    criSocket: completeCriSocket(given.criSocket, facts),
    dryRun: given.dryRun ?? false,
    force: given.force ?? false,
    ignorePreflightErrors: checkNames(given.ignorePreflightErrors),
    skipPhases: given.skipPhases ?? [],
    timeouts: completeTimeouts(given.timeouts),
    unmountFlags: given.unmountFlags ?? [],
  };
}

function pathOfFileUrl(text: string): string {
  const url = parseGoUrl(text);
  return url?.scheme === "file" ? url.path : text;
}

/** Turns a `file://` URL into a path, adds the port to the endpoint, and uses one token for both purposes, as kubeadm does. */
export function completeDiscovery(
  given: Given<t.JoinConfiguration["discovery"]> = {},
): t.JoinConfiguration["discovery"] {
  const { bootstrapToken, file } = given;
  return {
    ...(bootstrapToken
      ? {
        bootstrapToken: {
          token: bootstrapToken.token ?? "",
          // The check reports a missing endpoint.
          apiServerEndpoint: withPort(bootstrapToken.apiServerEndpoint, API_SERVER_PORT) as t.Endpoint,
          caCertHashes: (bootstrapToken.caCertHashes ?? []).map((hash) => hash.toLowerCase()),
          unsafeSkipCAVerification: bootstrapToken.unsafeSkipCAVerification ?? false,
        },
      }
      : {}),
    ...(file ? { file: { kubeConfigPath: pathOfFileUrl(file.kubeConfigPath ?? "") } } : {}),
    tlsBootstrapToken: given.tlsBootstrapToken || bootstrapToken?.token || "",
  };
}
