/**
 * Pods in the lab's clusters, as scenarios make and await them.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { TOOLS_IMAGE } from "./images.ts";
import { until } from "./process.ts";

/** A pod of the test image. */
export interface PodOptions {
  name: string;
  /** Name of the node it is put on. */
  node?: string;
  /** Shell command it runs. */
  command: string;
  namespace?: string;
}

/** Creates a pod of the test image (labelled `app=<name>`) through the cluster's administrator on `host`. */
export async function pod(host: Host, options: PodOptions): Promise<void> {
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: options.name, namespace: options.namespace ?? "default", labels: { app: options.name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...(options.node === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": options.node } }),
      containers: [{
        name: "main",
        image: TOOLS_IMAGE,
        imagePullPolicy: "IfNotPresent",
        command: ["/bin/sh", "-c", options.command],
      }],
    },
  };
  await apply(host, object);
}

/** `kubectl apply` of one object. */
export async function apply(host: Host, object: unknown): Promise<void> {
  await host.install("kubectl");
  await host.exec(["kubectl", "apply", "-f", "-"], {
    stdin: JSON.stringify(object),
    env: { KUBECONFIG: "/etc/kubernetes/admin.conf" },
  });
}

/** The parts of a pod's status that are looked at here. */
interface Pod {
  metadata: { name: string };
  status: { phase?: string; conditions?: { type: string; status: string }[] };
}

/** Waits until a namespace has pods and all of them run and are ready; throws after `timeout` ms and names those that are not. */
export async function podsRunning(host: Host, namespace: string, timeout: number): Promise<void> {
  let waiting = "no pod yet";
  try {
    await until(`the pods of ${namespace}`, async () => {
      const { items }: { items: Pod[] } = JSON.parse(await host.kubectl("get", "pods", "-n", namespace, "-o", "json"));
      const late = items.filter(({ status }) =>
        status.phase !== "Running" ||
        !status.conditions?.some(({ type, status }) => type === "Ready" && status === "True")
      );
      waiting = late.map(({ metadata, status }) => `${metadata.name} (${status.phase})`).join(", ");
      return items.length > 0 && late.length === 0;
    }, { timeout, interval: 300 });
  } catch (cause) {
    throw new Error(`Cannot find all pods of ${namespace} ready: ${waiting}`, { cause });
  }
}
