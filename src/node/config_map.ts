/** ConfigMaps of the cluster, as this host can read them. @module */
import { UserError } from "../errors.ts";
import type { KubeClient } from "../system.ts";

/**
 * The text under a key of a ConfigMap in the cluster.
 * @throws {UserError} when the ConfigMap or the key does not exist.
 */
export async function configMapText(
  client: KubeClient,
  map: { name: string; namespace: string; key: string },
): Promise<string> {
  const object = await client.get({ apiVersion: "v1", kind: "ConfigMap", name: map.name, namespace: map.namespace });
  const text = (object?.["data"] as Record<string, unknown> | null | undefined)?.[map.key];
  if (typeof text === "string") return text;
  throw new UserError(
    `Cannot read the cluster's configuration: ConfigMap ${map.namespace}/${map.name} has no "${map.key}"`,
    {
      hint: "Either the cluster was not created by kubewright or kubeadm, or its init has not finished.",
    },
  );
}
