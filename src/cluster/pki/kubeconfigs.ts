/**
 * Kubeconfigs of a control plane node: their users as data, writing and reading them.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go
 * @module
 */
import type { ControlPlaneNode } from "../control_plane/node.ts";
import { mustNot, required } from "../../config/wording.ts";
import { isMapping, stringify } from "../../config/yaml.ts";
import { cleanPath } from "../../config/paths.ts";
import { InvalidInput } from "../../errors.ts";
import type { LeafRequest } from "../../pki/issue.ts";
import { base64, fromBase64, pemText } from "../../pki/pem.ts";
import { validityOf } from "./certificates.ts";
import { controlPlaneUrl, localUrl } from "../endpoints.ts";
import { readKubeconfigFields } from "./kubeconfig_shape.ts";
import { KUBECONFIG_FILES, KUBERNETES_DIRECTORY } from "../paths.ts";

/** One kubeconfig with a client certificate of its own. */
export interface KubeconfigSpec {
  /** The name of the phase: `controller-manager`. */
  readonly name: string;
  /** One line for help. */
  readonly summary: string;
  readonly path: string;
  /** User name, and common name of the client certificate. */
  user(node: ControlPlaneNode): string;
  readonly organizations: readonly string[];
  /** `local`: the API server of this node. `control-plane`: the endpoint of all of them. */
  readonly server: "local" | "control-plane";
}

/** The kubeconfigs in another directory than /etc/kubernetes. */
export function kubeconfigsIn(directory: string): KubeconfigSpec[] {
  return KUBECONFIGS.map((spec) => ({ ...spec, path: spec.path.replace(KUBERNETES_DIRECTORY, directory) }));
}

/** In the order of kubeadm's phases. */
export const KUBECONFIGS: readonly KubeconfigSpec[] = [
  {
    name: "admin",
    summary: "write the kubeconfig of the administrator, whose rights can be revoked",
    path: KUBECONFIG_FILES.admin,
    user: () => "kubernetes-admin",
    organizations: ["kubeadm:cluster-admins"],
    server: "control-plane",
  },
  {
    name: "super-admin",
    summary: "write the kubeconfig of a superuser who bypasses RBAC",
    path: KUBECONFIG_FILES.superAdmin,
    user: () => "kubernetes-super-admin",
    organizations: ["system:masters"],
    server: "control-plane",
  },
  {
    // The node must start while the common endpoint is not available yet.
    name: "kubelet",
    summary: "write the kubeconfig of the kubelet",
    path: KUBECONFIG_FILES.kubelet,
    user: (node) => `system:node:${node.registration.name}`,
    organizations: ["system:nodes"],
    server: "local",
  },
  {
    name: "controller-manager",
    summary: "write the kubeconfig of the controller manager",
    path: KUBECONFIG_FILES.controllerManager,
    user: () => "system:kube-controller-manager",
    organizations: [],
    server: "local",
  },
  {
    name: "scheduler",
    summary: "write the kubeconfig of the scheduler",
    path: KUBECONFIG_FILES.scheduler,
    user: () => "system:kube-scheduler",
    organizations: [],
    server: "local",
  },
];

/** The server URL of an entry. */
export function serverOf(spec: KubeconfigSpec, { cluster, endpoint }: ControlPlaneNode): string {
  return spec.server === "local" ? localUrl(endpoint) : controlPlaneUrl(cluster, endpoint);
}

/** The content of the client certificate of an entry. */
export function clientRequest(spec: KubeconfigSpec, node: ControlPlaneNode, startedAt: Date): LeafRequest {
  return {
    ...validityOf("leaf", node.cluster, startedAt),
    commonName: spec.user(node),
    organizations: spec.organizations,
    usages: ["client"],
    dnsNames: [],
    ipAddresses: [],
  };
}

/** How a user of a kubeconfig proves who it is. PEM texts are embedded, files referred to; the token is a secret. */
export type UserCredentials =
  | { clientCertPem: string; clientKeyPem: string }
  | { clientCertFile: string; clientKeyFile: string }
  | { token: string };

/** The parts of a kubeconfig with one cluster and one user. */
export interface KubeconfigParts {
  clusterName: string;
  /** `https://host:port`. */
  server: string;
  /** One certificate or a bundle. */
  caPem: string;
  user: string;
  credentials: UserCredentials;
}

/** The kubeconfig as an object for `stringify`: one cluster, one user, one context `<user>@<cluster>`, which is the current one. */
export function kubeconfigDocument(parts: KubeconfigParts): Record<string, unknown> {
  const { clusterName, server, caPem, user, credentials } = parts;
  const context = `${user}@${clusterName}`;
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: clusterName, cluster: { "certificate-authority-data": dataOf(caPem), server } }],
    contexts: [{ name: context, context: { cluster: clusterName, user } }],
    "current-context": context,
    users: [{ name: user, user: userFields(credentials) }],
  };
}

/**
 * The kubeconfig of a user whose certificate is not signed yet: with the key, without certificate and authority, as kubeadm
 * writes it.
 */
export function pendingKubeconfigDocument(
  parts: Pick<KubeconfigParts, "clusterName" | "server" | "user"> & { clientKeyPem: string },
): Record<string, unknown> {
  const { clusterName, server, user, clientKeyPem } = parts;
  return {
    ...kubeconfigDocument({ ...parts, caPem: "", credentials: { token: "" } }),
    clusters: [{ name: clusterName, cluster: { server } }],
    users: [{ name: user, user: { "client-key-data": dataOf(clientKeyPem) } }],
  };
}

function userFields(credentials: UserCredentials): Record<string, string> {
  if ("token" in credentials) return { token: credentials.token };
  if ("clientCertFile" in credentials) {
    return { "client-certificate": credentials.clientCertFile, "client-key": credentials.clientKeyFile };
  }
  return {
    "client-certificate-data": dataOf(credentials.clientCertPem),
    "client-key-data": dataOf(credentials.clientKeyPem),
  };
}

function dataOf(text: string): string {
  return base64(new TextEncoder().encode(text));
}

/**
 * The cluster and the user of the current context of a kubeconfig. Embedded data takes precedence over a file, as in
 * client-go. Relative paths start in the directory of the kubeconfig, as in client-go.
 */
export interface Kubeconfig {
  server: string;
  clusterName: string;
  caPem?: string;
  caFile?: string;
  /** Empty when the context has no user (cluster-info). */
  user: string;
  clientCertPem?: string;
  clientCertFile?: string;
  clientKeyPem?: string;
  clientKeyFile?: string;
  token?: string;
  tokenFile?: string;
  /** Names of other fields of the cluster and the user: `exec`, `insecure-skip-tls-verify`, …; absent: none. */
  further?: readonly string[];
}

/** Whether a text is valid as a bearer token: printable ASCII without spaces, in one line. */
export function isBearerToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** The problem of an invalid bearer token; it does not show the text. */
export const NO_BEARER_TOKEN = mustNot(
  "contain spaces, line ends or other characters that are invalid in a bearer token",
);

/** The fields of a cluster and of a user that {@linkcode parseKubeconfig} reads. */
const CLUSTER_FIELDS = ["server", "certificate-authority", "certificate-authority-data"];
const USER_FIELDS = [
  "token",
  "tokenFile",
  ...["certificate", "key"].flatMap((k) => [`client-${k}`, `client-${k}-data`]),
];

/**
 * Reads the current context of a kubeconfig, or the only cluster of one without contexts.
 * @param source the kubeconfig's path, for messages, and for the files that it names.
 * @throws {InvalidInput} when it is not a kubeconfig or a part of its current context is missing. Never shows a secret.
 */
export function parseKubeconfig(text: string, source: string): Kubeconfig {
  const refuse = (state: string) => new InvalidInput(`Cannot read kubeconfig "${source}": ${state}`);
  const body = readKubeconfigFields(text, source, refuse);
  const currentName = body["current-context"];
  const context = currentName ? named(body.contexts, currentName, "context") : onlyCluster(body.clusters);
  if (!context) throw refuse(`current-context "${currentName ?? ""}" not found`);
  const cluster = named(body.clusters, context.cluster, "cluster");
  if (!cluster) throw refuse(`cluster "${context.cluster ?? ""}" of the current context not found`);
  const server = textOf(cluster.server);
  if (!server) throw refuse(`server of cluster "${context.cluster}" ${required()}`);
  if (/^[^/]*\/\/[^/?#]*@/.test(server)) {
    throw refuse(`server of cluster "${context.cluster}" ${mustNot("contain a user name or password")}`);
  }
  const found = named(body.users, context.user, "user");
  if (context.user && !found) {
    throw refuse(`user "${context.user}" of the current context not found`);
  }
  const user = found ?? {};
  const further = [...unread(cluster, CLUSTER_FIELDS), ...unread(user, USER_FIELDS)];
  const [token, tokenFile] = [textOf(user.token), textOf(user.tokenFile)];
  if (token !== undefined && !isBearerToken(token)) throw refuse(`token ${NO_BEARER_TOKEN}`);
  return {
    server,
    clusterName: textOf(context.cluster) ?? "",
    user: textOf(context.user) ?? "",
    ...dataOrFile(cluster, "certificate-authority", "ca", source),
    ...dataOrFile(user, "client-certificate", "clientCert", source),
    ...dataOrFile(user, "client-key", "clientKey", source),
    ...token ? { token } : {},
    ...tokenFile ? { tokenFile: relativeTo(source, tokenFile) } : {},
    ...further.length > 0 ? { further } : {},
  };
}

/** Names of set fields that are not known. */
function unread(from: Record<string, unknown>, known: readonly string[]): string[] {
  return Object.keys(from).filter((key) => from[key] && !known.includes(key));
}

/** The context without a current context (cluster-info has none): the only or the nameless cluster, and no user. */
function onlyCluster(clusters: unknown): Record<string, unknown> | undefined {
  const all: unknown[] = Array.isArray(clusters) ? clusters : [];
  const meant = all.length === 1 ? all[0] : all.find((entry) => isMapping(entry) && entry.name === "");
  return isMapping(meant) ? { cluster: meant.name } : undefined;
}

/** `<key>-data` decoded as `<field>Pem`, else `<key>` as `<field>File`. */
function dataOrFile(
  from: Record<string, unknown>,
  key: string,
  field: "ca" | "clientCert" | "clientKey",
  source: string,
): Partial<Kubeconfig> {
  const data = textOf(from[`${key}-data`]);
  if (data) return { [`${field}Pem`]: pemText(fromBase64(data, `${key}-data of "${source}"`)) };
  const file = textOf(from[key]);
  return file ? { [`${field}File`]: relativeTo(source, file) } : {};
}

/** A path in a kubeconfig; relative paths start in the directory of the kubeconfig. */
function relativeTo(kubeconfig: string, file: string): string {
  if (file.startsWith("/")) return file;
  return cleanPath(`${kubeconfig.slice(0, kubeconfig.lastIndexOf("/") + 1)}${file}`);
}

/** The entry of this name in a list of `{ name, [key]: mapping }`. */
function named(list: unknown, name: unknown, key: string): Record<string, unknown> | undefined {
  const entry = Array.isArray(list) ? list.find((entry) => isMapping(entry) && entry.name === name) : undefined;
  return entry && isMapping(entry[key]) ? entry[key] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The text of a kubeconfig of one user with the user's certificate and key in a file instead of embedded; unchanged when they
 * already are.
 */
export function kubeconfigWithClientFile(text: string, source: string, file: string): string {
  const { clusterName, server, caPem, user, clientCertFile, clientKeyFile } = parseKubeconfig(text, source);
  if (clientCertFile === file && clientKeyFile === file) return text;
  const credentials = { clientCertFile: file, clientKeyFile: file };
  return stringify(kubeconfigDocument({ clusterName, server, caPem: caPem ?? "", user, credentials }));
}
