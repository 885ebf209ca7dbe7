/**
 * ConfigMap kube-public/cluster-info: how to reach the cluster and which CA it has, for everyone to read. The controller
 * manager adds a signature for each bootstrap token; it is what makes the content trustworthy.
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
 * The ConfigMap and its readers. `server` is the control plane's URL. Keys of signatures are not in it: applied, it
 * leaves those in the cluster as they are.
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
      // Who joins has no identity yet, and cannot tell a true server from a false one before having read this.
      to: [{ kind: "User", name: "system:anonymous" }],
    }),
  ];
}
