/**
 * Secret kube-system/kubeadm-certs: the encrypted keys and certificates that further control plane nodes need; it expires
 * after two hours.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/copycerts/copycerts.go
 * @module
 */
import { duration } from "../../config/duration.ts";
import type { BootstrapToken, ClusterConfiguration } from "../../config/types.ts";
import type { KubeObject, ObjectReference } from "../../system.ts";
import type { Secret } from "./bootstrap_token.ts";
import { BOOTSTRAP_GROUP, grantObjects, groups } from "./rbac.ts";

/** The Secret. */
export const COPY_CERTS: ObjectReference = {
  apiVersion: "v1",
  kind: "Secret",
  namespace: "kube-system",
  name: "kubeadm-certs",
};

/** The files, by their keys in the Secret; without the certificates that every node creates itself. */
export function sharedFiles(cluster: ClusterConfiguration): Record<string, string> {
  const { certificatesDir, etcd: { external } } = cluster;
  const etcd = external
    ? {
      "external-etcd-ca.crt": external.caFile,
      "external-etcd.crt": external.certFile,
      "external-etcd.key": external.keyFile,
    }
    : { "etcd-ca.crt": `${certificatesDir}/etcd/ca.crt`, "etcd-ca.key": `${certificatesDir}/etcd/ca.key` };
  const own = ["ca.crt", "ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.pub", "sa.key"];
  return { ...Object.fromEntries(own.map((name) => [name, `${certificatesDir}/${name}`])), ...etcd };
}

/** The token that limits the lifetime of the Secret: it permits nothing, and when it expires, the Secret is removed. */
export function lifetimeToken(token: string): BootstrapToken {
  return {
    token,
    description: "Proxy for managing TTL for the kubeadm-certs secret",
    ttl: duration("2h"),
    usages: [],
    groups: [],
  };
}

/** The Secret: `data` is base64, `owner` is the Secret of the token that limits its lifetime. */
export function copyCertsSecret(data: Record<string, string>, owner: KubeObject): Secret {
  const { apiVersion, kind, metadata: { name, uid } } = owner;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: COPY_CERTS.name,
      namespace: COPY_CERTS.namespace!,
      ownerReferences: [{ apiVersion, kind, name, uid: uid ?? "", controller: true, blockOwnerDeletion: true }],
    },
    type: "Opaque",
    data,
  };
}

/** Lets joining nodes read the Secret, whose content is encrypted with the certificate key. */
export function copyCertsAccess(): KubeObject[] {
  return grantObjects({
    name: "kubeadm:kubeadm-certs",
    namespace: COPY_CERTS.namespace!,
    allow: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [COPY_CERTS.name], verbs: ["get"] }],
    to: groups(BOOTSTRAP_GROUP),
  });
}
