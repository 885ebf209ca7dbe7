/** Replaces the client certificate in a kubeconfig, and nothing else. @module */
import { isMapping, parseDocuments, stringify } from "../../config/yaml.ts";
import { InvalidInput } from "../../errors.ts";
import { base64 } from "../../pki/pem.ts";

/** PEM texts to embed in a kubeconfig. */
export interface EmbeddedClient {
  clientCertPem: string;
  /** A secret. */
  clientKeyPem: string;
  /** The CA that verifies the server; absent: unchanged. */
  caPem?: string;
}

/**
 * The kubeconfig with another client certificate and key for the user of its current context. All other fields stay
 * unchanged.
 * @param source the name of the kubeconfig in messages: a path.
 * @throws {InvalidInput} when the current context has no user or no cluster.
 */
export function kubeconfigWithClient(text: string, source: string, client: EmbeddedClient): string {
  const body = structuredClone(parseDocuments(text, source)[0]?.body ?? {});
  const context = entry(body["contexts"], body["current-context"], "context");
  const user = entry(body["users"], context?.["user"], "user");
  const cluster = entry(body["clusters"], context?.["cluster"], "cluster");
  if (!user || !cluster) {
    throw new InvalidInput(`Cannot change kubeconfig "${source}": user or cluster of the current context not found`);
  }
  const data = (pem: string) => base64(new TextEncoder().encode(pem));
  user["client-certificate-data"] = data(client.clientCertPem);
  user["client-key-data"] = data(client.clientKeyPem);
  if (client.caPem !== undefined) {
    delete cluster["certificate-authority"];
    cluster["certificate-authority-data"] = data(client.caPem);
  }
  return stringify(body);
}

/** The mapping under `key` of the list's entry of this name. */
function entry(list: unknown, name: unknown, key: string): Record<string, unknown> | undefined {
  const found = Array.isArray(list) ? list.find((item) => isMapping(item) && item.name === name) : undefined;
  return isMapping(found) && isMapping(found[key]) ? found[key] : undefined;
}
