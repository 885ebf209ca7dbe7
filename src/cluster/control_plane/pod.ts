/**
 * The common structure of all control plane pods.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/util/staticpod/utils.go
 * @module
 */
import type { EnvVar, HostPathMount } from "../../config/types.ts";
import type { KubeObject } from "../../system.ts";

/** A core/v1 Probe over HTTP; the port is always named. */
export interface Probe {
  httpGet: { host?: string; path: string; port: "probe-port"; scheme: "HTTP" | "HTTPS" };
  initialDelaySeconds?: number;
  timeoutSeconds: number;
  periodSeconds: number;
  failureThreshold: number;
}

/** The used part of the container of a control plane pod. */
export interface Container {
  name: string;
  image: string;
  imagePullPolicy: "IfNotPresent";
  command: string[];
  ports: { name: "probe-port"; containerPort: number; protocol: "TCP" }[];
  env?: EnvVar[];
  resources: { requests: Record<string, string> };
  livenessProbe: Probe;
  readinessProbe?: Probe;
  startupProbe: Probe;
  volumeMounts: { name: string; mountPath: string; readOnly?: true }[];
}

/** A pod that the kubelet runs from a file. */
export interface StaticPod extends KubeObject {
  apiVersion: "v1";
  kind: "Pod";
  metadata: KubeObject["metadata"] & { name: Component["name"] };
  spec: {
    hostNetwork: true;
    priority: number;
    priorityClassName: "system-node-critical";
    securityContext: { seccompProfile: { type: "RuntimeDefault" } };
    containers: [Container];
    volumes: { name: string; hostPath: { path: string; type: string } }[];
  };
}

/** The health endpoints of a component; `readiness` is absent if it has no such endpoint. */
export interface Health {
  scheme: "HTTP" | "HTTPS";
  /** The host to probe; empty: the pod's own address. See {@linkcode probeHost}. */
  host: string;
  port: number;
  paths: { liveness: string; readiness?: string; startup: string };
}

/** The settings of one component's pod. */
export interface Component {
  name: "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";
  image: string;
  /** Arguments, without the program's name. */
  args: string[];
  env: EnvVar[];
  health: Health;
  requests: Record<string, string>;
  mounts: readonly HostPathMount[];
  annotations?: Record<string, string>;
}

/** Priority of the class system-node-critical; admission does not set it, because static pods bypass admission. */
const SYSTEM_NODE_CRITICAL = 2_000_001_000;

/** Seconds between two startup or liveness probes. */
const PERIOD = 10;

/** The pod of a component that may take `startSeconds` to start. Volumes are sorted by name. */
export function staticPod(component: Component, startSeconds: number): StaticPod {
  const { name, health, mounts } = component;
  const { liveness, readiness, startup } = health.paths;
  const container: Container = {
    name,
    image: component.image,
    imagePullPolicy: "IfNotPresent",
    command: [name, ...component.args],
    ports: [{ name: "probe-port", containerPort: health.port, protocol: "TCP" }],
    ...(component.env.length > 0 ? { env: component.env } : {}),
    resources: { requests: component.requests },
    livenessProbe: probe(health, liveness, { initialDelaySeconds: PERIOD, periodSeconds: PERIOD, failureThreshold: 8 }),
    ...(readiness ? { readinessProbe: probe(health, readiness, { periodSeconds: 1, failureThreshold: 3 }) } : {}),
    startupProbe: probe(health, startup, {
      initialDelaySeconds: PERIOD,
      periodSeconds: PERIOD,
      failureThreshold: Math.ceil(startSeconds / PERIOD),
    }),
    volumeMounts: mounts.map((m) => ({
      name: m.name,
      mountPath: m.mountPath,
      ...(m.readOnly ? { readOnly: true as const } : {}),
    })),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "kube-system",
      labels: { component: name, tier: "control-plane" },
      ...(component.annotations ? { annotations: component.annotations } : {}),
    },
    spec: {
      hostNetwork: true,
      priority: SYSTEM_NODE_CRITICAL,
      priorityClassName: "system-node-critical",
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [container],
      volumes: byName(mounts).map((m) => ({
        name: m.name,
        hostPath: { path: m.hostPath, type: m.pathType ?? "" },
      })),
    },
  };
}

/** The host at which to probe a server that listens on an address. The unspecified address is invalid for clients. */
export function probeHost(bindAddress: string): string {
  return bindAddress === "0.0.0.0" || bindAddress === "::" ? "" : bindAddress;
}

function probe(health: Health, path: string, times: Omit<Probe, "httpGet" | "timeoutSeconds">): Probe {
  return {
    httpGet: { ...(health.host ? { host: health.host } : {}), path, port: "probe-port", scheme: health.scheme },
    timeoutSeconds: 15,
    ...times,
  };
}

/** In byte order of the names, as Go sorts. */
export function byName<T extends { name: string }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Merges environment variables, sorted by name; variables of later lists replace those of earlier ones. */
export function mergeEnvironment(...lists: readonly (readonly EnvVar[])[]): EnvVar[] {
  return byName([...new Map(lists.flat().map((variable) => [variable.name, variable])).values()]);
}
