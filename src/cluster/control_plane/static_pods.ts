/**
 * The control plane as static pods.
 * @module
 */
import { milliseconds } from "../../config/duration.ts";
import type { EnvVar } from "../../config/types.ts";
import type { ControlPlaneNode } from "./node.ts";
import { apiServer } from "./api_server.ts";
import { controllerManager } from "./controller_manager.ts";
import { type EtcdMember, etcdMember } from "./etcd.ts";
import { byName, type StaticPod, staticPod } from "./pod.ts";
import { scheduler } from "./scheduler.ts";

/** The input of control plane pods in addition to the configuration. */
export interface StaticPodFacts {
  /** Those of `FURTHER_CA_DIRECTORIES` that exist on the host. */
  caDirectories: readonly string[];
  /** See {@linkcode proxyEnvironment}. */
  proxyEnvironment: readonly EnvVar[];
  /** Whether the CA's key is not on this host. */
  externalCA?: boolean;
  /** All etcd members including this one, when it joins others. */
  initialCluster?: readonly EtcdMember[];
}

/** The pods of one control plane node in the order of their start; without etcd when it is external. */
export function staticPods(node: ControlPlaneNode, facts: StaticPodFacts): StaticPod[] {
  const { cluster, endpoint, registration } = node;
  const { local } = cluster.etcd;
  const { initialCluster } = facts;
  const member = { name: registration.name, endpoint, ...(initialCluster ? { initialCluster } : {}) };
  const startSeconds = milliseconds(node.timeouts.controlPlaneComponentHealthCheck) / 1000;
  return [
    ...(local ? [etcdMember(cluster, local, member)] : []),
    apiServer(cluster, endpoint, facts),
    controllerManager(cluster, facts),
    scheduler(cluster, facts),
  ].map((component) => staticPod(component, startSeconds));
}

/** The proxy variables of this process (`HTTPS_PROXY`, `no_proxy` …), which the pods inherit. */
export function proxyEnvironment(environment: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return byName(
    Object.entries(environment)
      .filter(([name, value]) => name.toLowerCase().endsWith("_proxy") && value !== "")
      .map(([name, value]) => ({ name, value })),
  );
}
