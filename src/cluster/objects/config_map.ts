/**
 * Configuration documents of components: adding defaults, and marking ConfigMaps with generated documents.
 * @module
 */
import type { ComponentConfiguration } from "../../config/types.ts";
import { isMapping } from "../../config/yaml.ts";
import type { KubeObject } from "../../system.ts";

/** Whether a Go program treats a value as absent, for a string, a list or a map. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** The document with defaults for absent fields; objects are merged, lists are not. */
export function withDefaults(
  document: ComponentConfiguration,
  defaults: ComponentConfiguration,
): ComponentConfiguration {
  const result: Record<string, unknown> = { ...document };
  for (const [key, value] of Object.entries(defaults)) {
    const given = document[key];
    if (isUnset(given)) result[key] = value;
    else if (isMapping(given) && isMapping(value)) result[key] = withDefaults(given, value);
  }
  return result;
}

/** Its value is the hash of the generated data of the ConfigMap. */
export const HASH_ANNOTATION = "kubeadm.kubernetes.io/component-config.hash";

/** A ConfigMap. */
export interface ConfigMap extends KubeObject {
  apiVersion: "v1";
  kind: "ConfigMap";
  data: Record<string, string>;
}

/**
 * Marks a ConfigMap as generated, so that an upgrade may rewrite it. One without the mark, or edited since, is kept. SHA-256 over the data values in order of their keys, as
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/componentconfigs/checksums.go
 */
export async function markGenerated(map: ConfigMap): Promise<ConfigMap> {
  const values = Object.keys(map.data).sort().map((key) => map.data[key]!).join("");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(values));
  const annotations = { ...map.metadata.annotations, [HASH_ANNOTATION]: `sha256:${new Uint8Array(digest).toHex()}` };
  return { ...map, metadata: { ...map.metadata, annotations } };
}
