/**
 * The certificates of a control plane node, as data: names, issuers, subjects and usages are kubeadm's.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/certs/certlist.go
 * @module
 */
import { type Address, ADDRESS_BITS, formatAddress, nthAddress, parseAddress } from "../../config/addresses.ts";
import { milliseconds } from "../../config/duration.ts";
import type { ClusterConfiguration } from "../../config/types.ts";
import { unknown } from "../../config/wording.ts";
import type { ControlPlaneNode } from "../control_plane/node.ts";
import type { TlsUsage } from "../../pki/certificate.ts";
import type { LeafRequest, Period } from "../../pki/issue.ts";
import type { AlternativeNames } from "../../pki/names.ts";

/** One certificate and its key. */
export interface CertificateSpec {
  /** The name of the phase: `etcd-server`. */
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  /** Path below the certificates directory, without `.crt` and `.key`. */
  readonly baseName: string;
  /** Name of the authority that signs it; absent: it is an authority, signed by itself. */
  readonly issuer?: string;
  commonName(node: ControlPlaneNode): string;
  /** Empty for an authority. */
  readonly usages: readonly TlsUsage[];
  /** Host names and addresses, in any order, with or without duplicates; absent: none. */
  alternativeNames?(node: ControlPlaneNode): readonly string[];
}

/** Whether the certificate is only needed for etcd on the control plane nodes. */
function isOfLocalEtcd({ name, issuer }: CertificateSpec): boolean {
  return name === "etcd-ca" || issuer === "etcd-ca";
}

const nodeName = (node: ControlPlaneNode) => node.registration.name;

/** In the order of kubeadm's phases: each authority before the certificates that it signs. */
export const CERTIFICATES: readonly CertificateSpec[] = [
  {
    name: "ca",
    summary: "create the authority of the cluster, which signs the API server and its clients",
    baseName: "ca",
    commonName: () => "kubernetes",
    usages: [],
  },
  {
    name: "apiserver",
    summary: "create the serving certificate of the API server",
    baseName: "apiserver",
    issuer: "ca",
    commonName: () => "kube-apiserver",
    usages: ["server"],
    alternativeNames: apiServerNames,
  },
  {
    // Without an organization since 1.37: a ClusterRoleBinding of its name grants exactly the required rights.
    name: "apiserver-kubelet-client",
    summary: "create the certificate with which the API server connects to kubelets",
    baseName: "apiserver-kubelet-client",
    issuer: "ca",
    commonName: () => "kube-apiserver-kubelet-client",
    usages: ["client"],
  },
  {
    name: "front-proxy-ca",
    summary: "create the authority of the front proxy, whose clients may act for users",
    baseName: "front-proxy-ca",
    commonName: () => "front-proxy-ca",
    usages: [],
  },
  {
    name: "front-proxy-client",
    summary: "create the certificate with which the API server connects to extension API servers",
    baseName: "front-proxy-client",
    issuer: "front-proxy-ca",
    commonName: () => "front-proxy-client",
    usages: ["client"],
  },
  {
    name: "etcd-ca",
    summary: "create the authority of etcd, which signs its members and clients",
    baseName: "etcd/ca",
    commonName: () => "etcd-ca",
    usages: [],
  },
  {
    // Also a client certificate: the gateway of an etcd server connects to it with this certificate (etcd-io/etcd#9785).
    name: "etcd-server",
    summary: "create the serving certificate of etcd",
    baseName: "etcd/server",
    issuer: "etcd-ca",
    commonName: nodeName,
    usages: ["server", "client"],
    alternativeNames: (node) => [...etcdNames(node), ...node.cluster.etcd.local?.serverCertSANs ?? []],
  },
  {
    name: "etcd-peer",
    summary: "create the certificate with which etcd members connect to each other",
    baseName: "etcd/peer",
    issuer: "etcd-ca",
    commonName: nodeName,
    usages: ["server", "client"],
    alternativeNames: (node) => [...etcdNames(node), ...node.cluster.etcd.local?.peerCertSANs ?? []],
  },
  {
    name: "etcd-healthcheck-client",
    summary: "create the certificate of the liveness probes of etcd",
    baseName: "etcd/healthcheck-client",
    issuer: "etcd-ca",
    commonName: () => "kube-etcd-healthcheck-client",
    usages: ["client"],
  },
  {
    name: "apiserver-etcd-client",
    summary: "create the certificate with which the API server connects to etcd",
    baseName: "apiserver-etcd-client",
    issuer: "etcd-ca",
    commonName: () => "kube-apiserver-etcd-client",
    usages: ["client"],
  },
];

/** The key pair that signs service account tokens, stored in the directory of the certificates. */
export const SERVICE_ACCOUNT_KEY = { name: "sa", baseName: "sa" } as const;

/** Whether this cluster needs the certificate. */
export function isWanted(spec: CertificateSpec, node: Pick<ControlPlaneNode, "cluster">): boolean {
  return node.cluster.etcd.external === undefined || !isOfLocalEtcd(spec);
}

/**
 * The entry of {@linkcode CERTIFICATES} of this name.
 * @throws {RangeError} when there is none.
 */
export function certificateNamed(name: string): CertificateSpec {
  const spec = CERTIFICATES.find((spec) => spec.name === name);
  if (!spec) throw new RangeError(unknown("certificate", name));
  return spec;
}

/** The paths of certificate, private key and (service accounts only) public key. */
export function pkiPaths(cluster: ClusterConfiguration, { baseName }: { baseName: string }) {
  const base = `${cluster.certificatesDir}/${baseName}`;
  return { certificate: `${base}.crt`, key: `${base}.key`, publicKey: `${base}.pub` };
}

/** Clocks of hosts differ: validity starts shortly before the creation. */
const BACKDATE_MS = 5 * 60_000;

/** Validity of an authority or a leaf created by a program that started at this time. */
export function validityOf(kind: "authority" | "leaf", cluster: ClusterConfiguration, startedAt: Date): Period {
  const lifetime = kind === "authority" ? cluster.caCertificateValidityPeriod : cluster.certificateValidityPeriod;
  return {
    notBefore: new Date(startedAt.getTime() - BACKDATE_MS),
    notAfter: new Date(startedAt.getTime() + milliseconds(lifetime)),
  };
}

/** The content of the leaf certificate of an entry. */
export function leafRequest(spec: CertificateSpec, node: ControlPlaneNode, startedAt: Date): LeafRequest {
  return {
    ...validityOf("leaf", node.cluster, startedAt),
    ...alternativeNames(spec, node),
    commonName: spec.commonName(node),
    organizations: [],
    usages: spec.usages,
  };
}

/** The names of an entry: DNS names sorted, addresses in given order, both without duplicates. */
export function alternativeNames(spec: CertificateSpec, node: ControlPlaneNode): AlternativeNames {
  const dnsNames = new Set<string>();
  const addresses = new Map<string, Uint8Array>();
  for (const name of spec.alternativeNames?.(node) ?? []) {
    const octets = addressOctets(name);
    if (octets) addresses.set(octets.toString(), octets);
    else dnsNames.add(name);
  }
  return { dnsNames: [...dnsNames].sort(), ipAddresses: [...addresses.values()] };
}

/** The 4 or 16 octets of an address, as in iPAddress names; undefined when the text is not an address. */
function addressOctets(text: string): Uint8Array | undefined {
  const address = parseAddress(text);
  if (!address) return undefined;
  const octets = ADDRESS_BITS[address.family] / 8;
  return Uint8Array.from(
    { length: octets },
    (_, index) => Number(address.value >> BigInt(8 * (octets - 1 - index)) & 255n),
  );
}

/** The address of 4 or 16 octets. */
export function addressOf(octets: Uint8Array): Address {
  const value = octets.reduce((value, octet) => value << 8n | BigInt(octet), 0n);
  return { family: octets.length === 4 ? "IPv4" : "IPv6", value };
}

function apiServerNames(node: ControlPlaneNode): string[] {
  const { networking, controlPlaneEndpoint, apiServer } = node.cluster;
  return [
    nodeName(node),
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    `kubernetes.default.svc.${networking.dnsDomain}`,
    formatAddress(nthAddress(networking.serviceSubnet[0]!, 1)),
    node.endpoint.advertiseAddress,
    ...controlPlaneEndpoint ? [controlPlaneEndpoint.host] : [],
    ...apiServer.certSANs,
  ];
}

function etcdNames(node: ControlPlaneNode): string[] {
  return [nodeName(node), "localhost", node.endpoint.advertiseAddress, "127.0.0.1", "::1"];
}
