/**
 * Kubeconfigs as fields: what is encoded in them is read, and told by what it is.
 *
 * @module
 */

import { certificateBlocks, keyFields } from "./x509.ts";
import { parseYaml } from "./yaml.ts";

type Mapping = Record<string, unknown>;

/**
 * A kubeconfig with its certificates, keys and tokens read. CA data becomes the files of `tree` that hold the same text
 * (up to space at the ends), so that it is told whether the whole of a bundle was taken.
 */
export function kubeconfigFields(
  text: string,
  tree: ReadonlyMap<string, { text?: string }>,
  readCertificates: (pem: string) => unknown,
): unknown {
  const config = parseYaml(text) as Mapping;
  const clusters = entries(config, "clusters")?.map((entry) => ({
    ...entry,
    cluster: replaced(entry["cluster"], { "certificate-authority-data": (pem) => authority(pem, tree) }),
  }));
  const users = entries(config, "users")?.map((entry) => {
    const certificate = (entry["user"] as Mapping | undefined)?.["client-certificate-data"];
    return {
      ...entry,
      user: replaced(entry["user"], {
        "client-certificate-data": readCertificates,
        "client-key-data": (pem) => keyFields(pem, certificate ? atob(String(certificate)) : undefined),
      }),
    };
  });
  return { ...config, ...(clusters ? { clusters } : {}), ...(users ? { users } : {}) };
}

function entries(config: Mapping, key: string): Mapping[] | undefined {
  return Array.isArray(config[key]) ? config[key] as Mapping[] : undefined;
}

function replaced(value: unknown, readers: Readonly<Record<string, (pem: string) => unknown>>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readers[key] ? readers[key](atob(String(item))) : item]),
  );
}

function authority(pem: string, tree: ReadonlyMap<string, { text?: string }>): unknown {
  const files = [...tree].filter(([path, { text }]) => /ca\.crt$/.test(path) && text?.trim() === pem.trim())
    .map(([path]) => path);
  return { certificates: certificateBlocks(pem).length, sameAs: files };
}
