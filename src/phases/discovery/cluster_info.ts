import { Untrusted } from "../../errors.ts";
import type { HttpAnswer } from "../../system.ts";

/** Where cluster-info is. */
export const CLUSTER_INFO_PATH = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
/** The same as an object. */
export const CLUSTER_INFO = { apiVersion: "v1", kind: "ConfigMap", namespace: "kube-public", name: "cluster-info" };

/** The `data` of the ConfigMap in an answer. @throws {Untrusted} when it is none. */
export function clusterInfoData(answer: HttpAnswer): Record<string, string> {
  try {
    const { data } = JSON.parse(answer.body) as { data?: Record<string, unknown> };
    const texts = Object.entries(data ?? {}).filter(([, value]) => typeof value === "string");
    return Object.fromEntries(texts) as Record<string, string>;
  } catch (cause) {
    throw new Untrusted("Cannot read cluster-info: the answer is not JSON, so this is no Kubernetes API server", {
      cause,
    });
  }
}
