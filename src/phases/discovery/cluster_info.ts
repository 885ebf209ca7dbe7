import { Untrusted } from "../../errors.ts";
import type { HttpAnswer } from "../../system.ts";

/** The path of cluster-info in the API. */
export const CLUSTER_INFO_PATH = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

/** The `data` of the ConfigMap in an answer. @throws {Untrusted} when the answer is not a ConfigMap. */
export function clusterInfoData(answer: HttpAnswer): Record<string, string> {
  let object: unknown;
  try {
    object = JSON.parse(answer.body);
  } catch { // its message quotes the answer
    throw new Untrusted(
      "Cannot read cluster-info: the answer is not JSON, so the server is not a Kubernetes API server",
    );
  }
  if (!isRecord(object)) {
    throw new Untrusted(
      "Cannot read cluster-info: the answer is not an object, so the server is not a Kubernetes API server",
    );
  }
  const texts = Object.entries(isRecord(object["data"]) ? object["data"] : {});
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
