/**
 * The objects of CoreDNS.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/addons/dns/manifests.go
 * @module
 */
import type { ClusterConfiguration } from "../../config/types.ts";
import type { KubeObject } from "../../system.ts";
import type { ConfigMap } from "../objects/config_map.ts";
import { clusterDnsAddress } from "../endpoints.ts";
import { dnsImage } from "../images.ts";
import { CONTROL_PLANE_LABEL } from "../objects/node_marks.ts";
import { NO_PATCHES, type Patcher } from "../patches/apply.ts";
import { grantObjects } from "../objects/rbac.ts";

const NAME = "coredns";
const NAMESPACE = "kube-system";
/** The label of kube-dns, by which users' network policies and monitoring select. */
const LABELS = { "k8s-app": "kube-dns" };

/** The number of CoreDNS pods in a new cluster. */
const REPLICAS = 2;

/** All objects except the ConfigMap. `replicas`: of the Deployment in the cluster, kept unless a patch changes it. */
export function coreDnsObjects(
  cluster: ClusterConfiguration,
  replicas: number = REPLICAS,
  patch: Patcher = NO_PATCHES,
): KubeObject[] {
  return [
    ...grantObjects({
      name: "system:coredns",
      allow: [
        { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
      to: [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }],
    }),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace: NAMESPACE } },
    patch("corednsdeployment", deployment(cluster, replicas)),
    service(cluster),
  ];
}

/** The Corefile's ConfigMap. It must only be created, never applied to an existing one, which users edit. */
export function coreDnsConfigMap(cluster: ClusterConfiguration): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NAME, namespace: NAMESPACE },
    data: { Corefile: corefile(cluster.networking.dnsDomain) },
  };
}

/** A directive of a Corefile, with its optional block. */
type Directive = string | readonly [directive: string, block: readonly string[]];

/** The server block. Names of the cluster are not cached: the kubernetes plugin keeps current ones in memory. */
function corefile(domain: string): string {
  const directives: Directive[] = [
    "errors",
    ["health", ["lameduck 5s"]],
    "ready",
    [`kubernetes ${domain} in-addr.arpa ip6.arpa`, ["pods insecure", "fallthrough in-addr.arpa ip6.arpa", "ttl 30"]],
    "prometheus :9153",
    ["forward . /etc/resolv.conf", ["max_concurrent 1000"]],
    ["cache 30", [`disable success ${domain}`, `disable denial ${domain}`]],
    "loop",
    "reload",
    "loadbalance",
  ];
  // Byte for byte kubeadm's, with three spaces inside blocks: its upgrade recognizes an unedited Corefile by its hash.
  const lines = directives.flatMap((directive) =>
    typeof directive === "string"
      ? [`    ${directive}`]
      : [`    ${directive[0]} {`, ...directive[1].map((line) => `       ${line}`), "    }"]
  );
  return [".:53 {", ...lines, "}", ""].join("\n");
}

function service(cluster: ClusterConfiguration): KubeObject {
  const port = (name: string, number: number, protocol: "TCP" | "UDP") => ({
    name,
    port: number,
    protocol,
    targetPort: number,
  });
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kube-dns",
      namespace: NAMESPACE,
      labels: { ...LABELS, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
      annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
    },
    spec: {
      clusterIP: clusterDnsAddress(cluster),
      selector: LABELS,
      ports: [port("dns", 53, "UDP"), port("dns-tcp", 53, "TCP"), port("metrics", 9153, "TCP")],
    },
  };
}

function deployment(cluster: ClusterConfiguration, replicas: number): KubeObject {
  const spread = {
    weight: 100,
    podAffinityTerm: {
      labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
      topologyKey: "kubernetes.io/hostname",
    },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: "system-cluster-critical",
          affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [spread] } },
          tolerations: [
            { key: "CriticalAddonsOnly", operator: "Exists" },
            { key: CONTROL_PLANE_LABEL, effect: "NoSchedule" },
          ],
          nodeSelector: { "kubernetes.io/os": "linux" },
          // The node's resolver: CoreDNS must not query itself.
          dnsPolicy: "Default",
          containers: [container(cluster)],
          volumes: [{
            name: "config-volume",
            configMap: { name: NAME, items: [{ key: "Corefile", path: "Corefile" }] },
          }],
        },
      },
    },
  };
}

function container(cluster: ClusterConfiguration): Record<string, unknown> {
  const port = (name: string, containerPort: number, protocol = "TCP") => ({ name, containerPort, protocol });
  return {
    name: NAME,
    image: dnsImage(cluster),
    imagePullPolicy: "IfNotPresent",
    args: ["-conf", "/etc/coredns/Corefile"],
    resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
    ports: [
      port("dns", 53, "UDP"),
      port("dns-tcp", 53),
      port("metrics", 9153),
      port("liveness-probe", 8080),
      port("readiness-probe", 8181),
    ],
    livenessProbe: {
      httpGet: { path: "/health", port: "liveness-probe", scheme: "HTTP" },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: "/ready", port: "readiness-probe", scheme: "HTTP" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
  };
}
