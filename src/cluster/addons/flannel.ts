/**
 * The objects of flannel: a pod network with VXLAN between the nodes. It uses the addresses of the interfaces of the default
 * route; `--iface` arguments select other interfaces.
 * @see https://github.com/flannel-io/flannel/blob/v0.28.10/Documentation/kube-flannel.yml
 * @module
 */
import { formatCidr } from "../../config/addresses.ts";
import type { ClusterConfiguration } from "../../config/types.ts";
import { required } from "../../config/wording.ts";
import { InvalidInput } from "../../errors.ts";
import type { KubeObject } from "../../system.ts";
import { DEFAULT_IMAGE_REPOSITORY } from "../images.ts";
import { grantObjects } from "../objects/rbac.ts";

const NAMESPACE = "kube-flannel";
const LABELS = { "k8s-app": "flannel" };
const CONFIG_MAP = "kube-flannel-cfg";

/** The default of `podSubnet` when flannel is installed. */
export const FLANNEL_POD_SUBNET = "10.244.0.0/16";

/** Image names and tags; the default registry is GitHub's. */
const IMAGES = { flannel: "v0.28.10", "flannel-cni-plugin": "v1.9.1-flannel3" } as const;
const REPOSITORY = "ghcr.io/flannel-io";

/** Image of one part of flannel, from the user's image repository if one is set. */
function image(name: keyof typeof IMAGES, cluster: ClusterConfiguration): string {
  const repository = cluster.imageRepository === DEFAULT_IMAGE_REPOSITORY ? REPOSITORY : cluster.imageRepository;
  return `${repository}/${name}:${IMAGES[name]}`;
}

/** The images that every node needs for flannel. */
export function flannelImages(cluster: ClusterConfiguration): string[] {
  return (Object.keys(IMAGES) as (keyof typeof IMAGES)[]).map((name) => image(name, cluster));
}

/**
 * All objects, in the order of their application.
 * @throws {InvalidInput} when the cluster has no pod network.
 */
export function flannelObjects(cluster: ClusterConfiguration): KubeObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE, labels: { ...LABELS, "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    ...grantObjects({
      name: "flannel",
      labels: LABELS,
      allow: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
      ],
      to: [{ kind: "ServiceAccount", name: "flannel", namespace: NAMESPACE }],
    }),
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "flannel", namespace: NAMESPACE, labels: LABELS },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: CONFIG_MAP, namespace: NAMESPACE, labels: { ...LABELS, tier: "node", app: "flannel" } },
      data: { "cni-conf.json": json(CNI_CONFIGURATION), "net-conf.json": json(networkConfiguration(cluster)) },
    },
    daemonSet(cluster),
  ];
}

/** The CNI configuration. flannel adds the node's network when it starts. */
const CNI_CONFIGURATION = {
  name: "cbr0",
  cniVersion: "1.0.0",
  plugins: [
    { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/** flannel's own configuration; IPv4 is on by default, IPv6 is off. */
function networkConfiguration(cluster: ClusterConfiguration): Record<string, unknown> {
  const { podSubnet } = cluster.networking;
  if (podSubnet.length === 0) {
    throw new InvalidInput(`Cannot set up flannel: networking.podSubnet ${required()}`, [], {
      hint: `Set networking.podSubnet (or --pod-network-cidr), for example to ${FLANNEL_POD_SUBNET}.`,
    });
  }
  const of = (family: "IPv4" | "IPv6") => podSubnet.find((cidr) => cidr.address.family === family);
  const [v4, v6] = [of("IPv4"), of("IPv6")];
  return {
    ...(v4 ? { Network: formatCidr(v4) } : { EnableIPv4: false }),
    ...(v6 ? { EnableIPv6: true, IPv6Network: formatCidr(v6) } : {}),
    EnableNFTables: false,
    Backend: { Type: "vxlan" },
  };
}

function daemonSet(cluster: ClusterConfiguration): KubeObject {
  const labels = { tier: "node", app: "flannel" };
  const linux = { matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] };
  const hostPath = (name: string, path: string, type?: string) => ({
    name,
    hostPath: { path, ...(type ? { type } : {}) },
  });
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "kube-flannel-ds", namespace: NAMESPACE, labels: { ...LABELS, ...labels } },
    spec: {
      selector: { matchLabels: { app: "flannel" } },
      template: {
        metadata: { labels },
        spec: {
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [linux] } },
          },
          hostNetwork: true,
          priorityClassName: "system-node-critical",
          tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
          serviceAccountName: "flannel",
          initContainers: initContainers(cluster),
          containers: [daemon(cluster)],
          volumes: [
            hostPath("run", "/run/flannel"),
            hostPath("cni-plugin", "/opt/cni/bin"),
            hostPath("cni", "/etc/cni/net.d"),
            { name: "flannel-cfg", configMap: { name: CONFIG_MAP } },
            hostPath("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
          ],
        },
      },
    },
  };
}

/** They copy the plugin and the configuration to the host, after which the runtime reports the network as ready. */
function initContainers(cluster: ClusterConfiguration): Record<string, unknown>[] {
  return [
    {
      name: "install-cni-plugin",
      image: image("flannel-cni-plugin", cluster),
      command: ["cp"],
      args: ["-f", "/flannel", "/opt/cni/bin/flannel"],
      volumeMounts: [{ name: "cni-plugin", mountPath: "/opt/cni/bin" }],
    },
    {
      name: "install-cni",
      image: image("flannel", cluster),
      command: ["/opt/bin/install-conf"],
      args: ["/etc/kube-flannel/cni-conf.json", "/etc/cni/net.d/10-flannel.conflist"],
      volumeMounts: [
        { name: "cni", mountPath: "/etc/cni/net.d" },
        { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" },
      ],
    },
  ];
}

function daemon(cluster: ClusterConfiguration): Record<string, unknown> {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const healthPort = 8081;
  return {
    name: "kube-flannel",
    image: image("flannel", cluster),
    command: ["/opt/bin/flanneld"],
    args: ["--ip-masq", "--kube-subnet-mgr", `--healthz-port=${healthPort}`],
    ports: [{ name: "healthz", containerPort: healthPort, protocol: "TCP" }],
    livenessProbe: { httpGet: { path: "/healthz", port: "healthz" }, initialDelaySeconds: 10, periodSeconds: 30 },
    readinessProbe: { httpGet: { path: "/readyz", port: "healthz" }, initialDelaySeconds: 5, periodSeconds: 10 },
    resources: { requests: { cpu: "100m", memory: "50Mi" } },
    securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    env: [
      field("POD_NAME", "metadata.name"),
      field("POD_NAMESPACE", "metadata.namespace"),
      { name: "EVENT_QUEUE_DEPTH", value: "5000" },
      { name: "CONT_WHEN_CACHE_NOT_READY", value: "false" },
    ],
    volumeMounts: [
      { name: "run", mountPath: "/run/flannel" },
      { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" },
      { name: "xtables-lock", mountPath: "/run/xtables.lock" },
    ],
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
