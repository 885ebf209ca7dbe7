/**
 * ConfigMap kube-public/cluster-info: the endpoint and the CA of the cluster, readable by everyone. The controller manager
 * adds a signature for each bootstrap token, which proves the content.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/bootstraptoken/clusterinfo/clusterinfo.go
 * @module
 */
import { stringify } from "../../config/yaml.ts";
import type { KubeObject } from "../../system.ts";
import type { ConfigMap } from "./config_map.ts";
import { grantObjects, readConfigMap } from "./rbac.ts";

/** Name and key of the ConfigMap; signatures are under `jws-kubeconfig-<token id>`. */
export const CLUSTER_INFO = { name: "cluster-info", namespace: "kube-public", key: "kubeconfig" } as const;

/**
 * The ConfigMap and its readers. `server` is the control plane's URL. Without the keys of signatures, so that applying it
 * leaves those in the cluster unchanged.
 */
export function clusterInfoObjects(cluster: { server: string; caPem: string }): KubeObject[] {
  const { name, namespace, key } = CLUSTER_INFO;
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{
      name: "",
      cluster: {
        "certificate-authority-data": new TextEncoder().encode(cluster.caPem).toBase64(),
        server: cluster.server,
      },
    }],
    contexts: null,
    "current-context": "",
    users: null,
  };
  const map: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: { [key]: stringify(kubeconfig) },
  };
  return [
    map,
    ...grantObjects({
      name: "kubeadm:bootstrap-signer-clusterinfo",
      namespace,
      allow: readConfigMap(name),
      // A joining node has no identity yet, and cannot verify the server before it has read this.
      to: [{ kind: "User", name: "system:anonymous" }],
    }),
  ];
}
