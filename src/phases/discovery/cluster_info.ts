import { Untrusted } from "../../errors.ts";
import type { HttpAnswer } from "../../system.ts";

/** Where cluster-info is. */
export const CLUSTER_INFO_PATH = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

/** The `data` of the ConfigMap in an answer. @throws {Untrusted} when it is none. */
export function clusterInfoData(answer: HttpAnswer): Record<string, string> {
  let object: unknown;
  try {
    object = JSON.parse(answer.body);
  } catch { // whose message quotes the answer
    throw new Untrusted("Cannot read cluster-info: the answer is not JSON, so this is no Kubernetes API server");
  }
  if (!isRecord(object)) {
    throw new Untrusted("Cannot read cluster-info: the answer is not an object, so this is no Kubernetes API server");
  }
  const texts = Object.entries(isRecord(object["data"]) ? object["data"] : {});
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
