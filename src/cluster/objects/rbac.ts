/**
 * The RBAC rules of a new cluster, as a table.
 * @module
 */
import type { KubeObject } from "../../system.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Group of clients with a bootstrap token. */
export const BOOTSTRAP_GROUP = "system:bootstrappers:kubeadm:default-node-token";
/** Group of all kubelets. */
export const NODES_GROUP = "system:nodes";
/** Group of the administrators; unlike `system:masters`, its rights can be revoked. */
export const CLUSTER_ADMINS_GROUP = "kubeadm:cluster-admins";

/** An rbac/v1 PolicyRule. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** An rbac/v1 Subject. */
export interface Subject {
  kind: "User" | "Group" | "ServiceAccount";
  name: string;
  namespace?: string;
}

/** One right of some subjects. */
export interface Grant {
  /** Name of the binding, and of the role when there are `rules`. */
  name: string;
  /** In this namespace only; absent: cluster-wide. */
  namespace?: string;
  labels?: Record<string, string>;
  /** Rules of a new role, or the name of an existing ClusterRole. */
  allow: readonly Rule[] | string;
  to: readonly Subject[];
}

/** Subjects of one kind. */
export function groups(...names: string[]): Subject[] {
  return names.map((name) => ({ kind: "Group", name }));
}

/** Reading one ConfigMap. */
export function readConfigMap(name: string): Rule[] {
  return [{ apiGroups: [""], resources: ["configmaps"], resourceNames: [name], verbs: ["get"] }];
}

/** The objects of a grant: its new role, if any, and its binding. */
export function grantObjects({ name, namespace, labels, allow, to }: Grant): KubeObject[] {
  const metadata = { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) };
  const scope = namespace ? "" : "Cluster";
  const apiVersion = `${RBAC}/v1`;
  const roleRef = typeof allow === "string"
    ? { apiGroup: RBAC, kind: "ClusterRole", name: allow }
    : { apiGroup: RBAC, kind: `${scope}Role`, name };
  const binding = { apiVersion, kind: `${scope}RoleBinding`, metadata, roleRef, subjects: to };
  if (typeof allow === "string") return [binding];
  return [{ apiVersion, kind: `${scope}Role`, metadata, rules: allow }, binding];
}

/**
 * Rights of clients with a bootstrap token, of nodes, and of the API server at kubelets.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/bootstraptoken/node/tlsbootstrap.go
 */
const BOOTSTRAP_GRANTS: readonly Grant[] = [
  {
    name: "kubeadm:get-nodes",
    allow: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
    to: groups(BOOTSTRAP_GROUP),
  },
  { name: "kubeadm:kubelet-bootstrap", allow: "system:node-bootstrapper", to: groups(BOOTSTRAP_GROUP) },
  {
    name: "kubeadm:node-autoapprove-bootstrap",
    allow: "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    to: groups(BOOTSTRAP_GROUP),
  },
  {
    name: "kubeadm:node-autoapprove-certificate-rotation",
    allow: "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    to: groups(NODES_GROUP),
  },
  {
    // For all releases, although kubeadm before 1.35.5 and 1.36.1 has none: a certificate without a group requires it, and
    // without it logs and exec fail (https://github.com/kubernetes/kubeadm/issues/3310).
    name: "kubeadm:apiserver-kubelet-client",
    allow: "system:kubelet-api-admin",
    to: [{ kind: "User", name: "kube-apiserver-kubelet-client" }],
  },
];

/** Access rules of phase bootstrap-token. */
export function bootstrapAccess(): KubeObject[] {
  return BOOTSTRAP_GRANTS.flatMap(grantObjects);
}

/** Grants administrator rights to admin.conf; applied with super-admin.conf, which bypasses RBAC. */
export function clusterAdmins(): KubeObject {
  const [binding] = grantObjects({
    name: "kubeadm:cluster-admins",
    allow: "cluster-admin",
    to: groups(CLUSTER_ADMINS_GROUP),
  });
  return binding!;
}
