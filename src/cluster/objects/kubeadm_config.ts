/**
 * The ConfigMaps with the configuration of the cluster, which `join` and `upgrade` read.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/uploadconfig/uploadconfig.go
 * @module
 */
import { clusterConfigurationDocument } from "../../config/serialize.ts";
import type { ClusterConfiguration, ComponentConfiguration } from "../../config/types.ts";
import { stringify } from "../../config/yaml.ts";
import type { KubeObject } from "../../system.ts";
import { type ConfigMap, markGenerated } from "./config_map.ts";
import { kubeletConfiguration } from "../kubelet/configuration.ts";
import { BOOTSTRAP_GROUP, grantObjects, groups, NODES_GROUP, readConfigMap, type Subject } from "./rbac.ts";

const NAMESPACE = "kube-system";

/** Names and keys of the ConfigMaps. */
export const KUBEADM_CONFIG = { name: "kubeadm-config", namespace: NAMESPACE, key: "ClusterConfiguration" } as const;
export const KUBELET_CONFIG = { name: "kubelet-config", namespace: NAMESPACE, key: "kubelet" } as const;

/** ConfigMap kubeadm-config and its readers. */
export function kubeadmConfigObjects(cluster: ClusterConfiguration): KubeObject[] {
  const { name, key } = KUBEADM_CONFIG;
  return [
    configMap(name, { [key]: stringify(clusterConfigurationDocument(cluster)) }),
    ...readableBy("kubeadm:nodes-kubeadm-config", name, groups(BOOTSTRAP_GROUP, NODES_GROUP)),
  ];
}

/** ConfigMap kubelet-config and its readers. `user`: the user's own document, if any. */
export async function kubeletConfigObjects(
  cluster: ClusterConfiguration,
  user?: ComponentConfiguration,
): Promise<KubeObject[]> {
  const { name, key } = KUBELET_CONFIG;
  const map = configMap(name, { [key]: stringify(kubeletConfiguration(cluster, user)) });
  return [
    user === undefined ? await markGenerated(map) : map,
    ...readableBy("kubeadm:kubelet-config", name, groups(NODES_GROUP, BOOTSTRAP_GROUP)),
  ];
}

function configMap(name: string, data: Record<string, string>): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: NAMESPACE }, data };
}

function readableBy(grant: string, map: string, to: Subject[]): KubeObject[] {
  return grantObjects({ name: grant, namespace: NAMESPACE, allow: readConfigMap(map), to });
}
