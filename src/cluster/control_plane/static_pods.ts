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

/** What a control plane pod depends on besides the configuration. */
export interface StaticPodFacts {
  /** Those of `FURTHER_CA_DIRECTORIES` that exist on the host. */
  caDirectories: readonly string[];
  /** See {@linkcode proxyEnvironment}. */
  proxyEnvironment: readonly EnvVar[];
  /** The CA's key is not on this host. */
  externalCA?: boolean;
  /** All etcd members, the one of this node too, when it joins others. */
  initialCluster?: readonly EtcdMember[];
}

/** The pods of one control plane node in the order in which they come up; without etcd when that is external. */
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

/** The variables of this process that tell programs to use a proxy (`HTTPS_PROXY`, `no_proxy` …), for the pods to have too. */
export function proxyEnvironment(environment: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return byName(
    Object.entries(environment)
      .filter(([name, value]) => name.toLowerCase().endsWith("_proxy") && value !== "")
      .map(([name, value]) => ({ name, value })),
  );
}
