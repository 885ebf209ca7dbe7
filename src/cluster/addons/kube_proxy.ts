/**
 * The objects of kube-proxy.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/addons/proxy/manifests.go
 * @module
 */
import { networksText } from "../../config/addresses.ts";
import type { ComponentConfiguration, EnvVar } from "../../config/types.ts";
import type { ControlPlaneNode } from "../control_plane/node.ts";
import { stringify } from "../../config/yaml.ts";
import type { KubeObject } from "../../system.ts";
import { type ConfigMap, markGenerated, withDefaults } from "../objects/config_map.ts";
import { controlPlaneUrl } from "../endpoints.ts";
import { kubernetesImage } from "../images.ts";
import { NO_PATCHES, type Patcher } from "../patches/apply.ts";
import { BOOTSTRAP_GROUP, grantObjects, groups, readConfigMap } from "../objects/rbac.ts";
import { releaseOf } from "../versions.ts";

const NAME = "kube-proxy";
const NAMESPACE = "kube-system";
const MOUNT = "/var/lib/kube-proxy";
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The input of the objects. `endpoint`: of the node that installs kube-proxy. */
export interface KubeProxySource extends Pick<ControlPlaneNode, "cluster" | "endpoint"> {
  /** The user's KubeProxyConfiguration document; `undefined` for none. */
  kubeProxy?: ComponentConfiguration | undefined;
}

/** All objects, in the order of their application. */
export async function kubeProxyObjects(
  source: KubeProxySource,
  proxyEnvironment: readonly EnvVar[] = [],
  patch: Patcher = NO_PATCHES,
): Promise<KubeObject[]> {
  return [
    await configMap(source),
    withEnvironment(patch("kubeproxydaemonset", daemonSet(source)), proxyEnvironment),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace: NAMESPACE } },
    ...grantObjects({
      name: "kubeadm:node-proxier",
      allow: "system:node-proxier",
      to: [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }],
    }),
    ...grantObjects({
      name: NAME,
      namespace: NAMESPACE,
      allow: readConfigMap(NAME),
      to: groups(BOOTSTRAP_GROUP),
    }),
  ];
}

/** The KubeProxyConfiguration: the user's document with defaults. */
export function kubeProxyConfiguration(
  { cluster, endpoint, kubeProxy }: KubeProxySource,
): ComponentConfiguration {
  const clusterCIDR = networksText(cluster.networking.podSubnet);
  const mode = releaseOf(cluster.kubernetesVersion).kubeProxyMode;
  return withDefaults(kubeProxy ?? {}, {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    bindAddress: endpoint.advertiseAddress.includes(":") ? "::" : "0.0.0.0",
    clientConnection: { kubeconfig: `${MOUNT}/kubeconfig.conf` },
    ...(clusterCIDR ? { clusterCIDR } : {}),
    ...(mode ? { mode } : {}),
  });
}

async function configMap(source: KubeProxySource): Promise<ConfigMap> {
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{
      name: "default",
      cluster: {
        "certificate-authority": `${SERVICE_ACCOUNT}/ca.crt`,
        // Not the Service's address, which requires a running kube-proxy.
        server: controlPlaneUrl(source.cluster, source.endpoint),
      },
    }],
    contexts: [{ name: "default", context: { cluster: "default", namespace: "default", user: "default" } }],
    "current-context": "default",
    users: [{ name: "default", user: { tokenFile: `${SERVICE_ACCOUNT}/token` } }],
  };
  const map: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NAME, namespace: NAMESPACE, labels: { app: NAME } },
    // Without a trailing line end, as in kubeadm.
    data: {
      "config.conf": stringify(kubeProxyConfiguration(source)).trimEnd(),
      "kubeconfig.conf": stringify(kubeconfig).trimEnd(),
    },
  };
  return source.kubeProxy === undefined ? await markGenerated(map) : map;
}

/** Adds variables to the first container of a DaemonSet; after the patches, as in kubeadm. */
function withEnvironment(set: KubeObject, variables: readonly EnvVar[]): KubeObject {
  const copy = structuredClone(set);
  const { template } = copy["spec"] as { template: { spec: { containers: { env?: unknown[] }[] } } };
  const [first] = template.spec.containers;
  if (first && variables.length > 0) first.env = [...first.env ?? [], ...variables];
  return copy;
}

function daemonSet({ cluster }: KubeProxySource): KubeObject {
  const labels = { "k8s-app": NAME };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: NAME, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: "RollingUpdate" },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: "system-node-critical",
          hostNetwork: true,
          nodeSelector: { "kubernetes.io/os": "linux" },
          tolerations: [{ operator: "Exists" }],
          containers: [{
            name: NAME,
            image: kubernetesImage("kube-proxy", cluster),
            imagePullPolicy: "IfNotPresent",
            command: [
              "/usr/local/bin/kube-proxy",
              `--config=${MOUNT}/config.conf`,
              "--hostname-override=$(NODE_NAME)",
            ],
            env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
            securityContext: { privileged: true },
            volumeMounts: [
              { name: NAME, mountPath: MOUNT },
              { name: "xtables-lock", mountPath: "/run/xtables.lock" },
              { name: "lib-modules", mountPath: "/lib/modules", readOnly: true },
            ],
          }],
          volumes: [
            { name: NAME, configMap: { name: NAME } },
            { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
            { name: "lib-modules", hostPath: { path: "/lib/modules" } },
          ],
        },
      },
    },
  };
}
