/**
 * A cluster's objects as an outcome: all that people and tools make, nothing that the API server makes by itself.
 *
 * @module
 */

import type { Host } from "../host.ts";
import { flatten, type Outcome } from "./compare.ts";
import { kubeconfigFields } from "./kubeconfig.ts";
import { parseYaml } from "./yaml.ts";

/** An object as the API server gives it. */
export interface ApiObject {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string; name: string }[];
  };
  [field: string]: unknown;
}

/** Kinds that are compared, by the path of their lists. */
const KINDS: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  ConfigMap: "/api/v1/configmaps",
  Secret: "/api/v1/secrets",
  ServiceAccount: "/api/v1/serviceaccounts",
  Service: "/api/v1/services",
  Node: "/api/v1/nodes",
  DaemonSet: "/apis/apps/v1/daemonsets",
  Deployment: "/apis/apps/v1/deployments",
  Role: "/apis/rbac.authorization.k8s.io/v1/roles",
  RoleBinding: "/apis/rbac.authorization.k8s.io/v1/rolebindings",
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
};

/** Reads and deletes objects with the rights of a kubeconfig with embedded certificates. */
export class Api implements Disposable {
  readonly #client: Deno.HttpClient;
  readonly #server: string;

  private constructor(client: Deno.HttpClient, server: string) {
    this.#client = client;
    this.#server = server;
  }

  /** As `system:masters`, who needs no binding, at the host's own address. */
  static async of(host: Host): Promise<Api> {
    const config = await host.read("/etc/kubernetes/super-admin.conf");
    const pem = (field: string) => atob(new RegExp(`${field}: (\\S+)`).exec(config)![1]!);
    const client = Deno.createHttpClient({
      caCerts: [pem("certificate-authority-data")],
      cert: pem("client-certificate-data"),
      key: pem("client-key-data"),
    });
    return new Api(client, `https://${host.address}:6443`);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** As {@link allObjects}. */
  async objects(): Promise<Map<string, ApiObject>> {
    return await allObjects((path) => this.#call("GET", path));
  }

  /** Deletes an object at once. */
  async delete(object: ApiObject): Promise<void> {
    const list = KINDS[object.kind]!;
    const { name, namespace } = object.metadata;
    const folder = namespace === undefined ? list : list.replace(/\/([^/]*)$/, `/namespaces/${namespace}/$1`);
    await this.#call("DELETE", `${folder}/${name}?gracePeriodSeconds=0&propagationPolicy=Background`);
  }

  /** Changes an object, or with `status` its status, by a merge patch. */
  async patch(path: string, patch: unknown): Promise<void> {
    await this.#call("PATCH", path, JSON.stringify(patch), "application/merge-patch+json");
  }

  /** Makes an object in the folder `path`. */
  async create(path: string, object: unknown): Promise<void> {
    await this.#call("POST", path, JSON.stringify(object), "application/json");
  }

  async #call(method: string, path: string, body?: string, type?: string): Promise<unknown> {
    const response = await fetch(`${this.#server}${path}`, {
      method,
      client: this.#client,
      ...(body === undefined ? {} : { body, headers: { "content-type": type! } }),
    });
    if (response.ok) return await response.json();
    throw new Error(`Cannot ${method} ${path}: ${response.status} ${await response.text()}`);
  }
}

/** As {@link allObjects}, asked for on the host itself, with admin.conf. */
export function objectsByKubectl(host: Host): Promise<Map<string, ApiObject>> {
  return allObjects(async (path) => JSON.parse(await host.kubectl("get", "--raw", path)));
}

/** All objects of the compared kinds by kind, namespace and name; not those that RBAC is bootstrapped with. */
export async function allObjects(get: (path: string) => Promise<unknown>): Promise<Map<string, ApiObject>> {
  const objects = new Map<string, ApiObject>();
  for (const [kind, path] of Object.entries(KINDS)) {
    const { items } = await get(path) as { items: ApiObject[] };
    for (const item of items) {
      if (item.metadata.labels?.["kubernetes.io/bootstrapping"] === "rbac-defaults") continue;
      objects.set(nameOf(kind, item), { ...item, kind });
    }
  }
  return objects;
}

function nameOf(kind: string, { metadata: { name, namespace } }: ApiObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** What objects are told by. */
export interface ObjectSetting {
  /** ca.crt of the cluster. */
  authority: string;
  /** When the program that made them was started. */
  started: Date;
}

/** Objects as an outcome, without what the API server and controllers add: identifiers, times, status. */
export async function objectsOutcome(
  objects: ReadonlyMap<string, ApiObject>,
  setting: ObjectSetting,
): Promise<Outcome> {
  const outcome = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, object] of objects) outcome.set(name, flatten(await normal(object, setting)));
  return outcome;
}

const HASH = "kubeadm.kubernetes.io/component-config.hash";

async function normal(object: ApiObject, setting: ObjectSetting): Promise<unknown> {
  const { metadata, status: _, apiVersion: _version, ...rest } = object;
  const { labels, ownerReferences } = metadata;
  const annotations = { ...metadata.annotations };
  if (annotations[HASH] !== undefined) annotations[HASH] = await hashVerdict(object, annotations[HASH]);
  return {
    ...rest,
    metadata: { labels, annotations, ownerReferences: ownerReferences?.map(({ uid: _uid, ...owner }) => owner) },
    ...(object["data"] ? { data: dataOf(object, setting) } : {}),
    ...(object.kind === "Node" ? { spec: nodeSpec(object["spec"] as Record<string, unknown>) } : {}),
  };
}

/** Whether a configuration's hash is that of its text, by kubeadm's rule; the text itself is compared as what it says. */
async function hashVerdict(object: ApiObject, hash: string): Promise<string> {
  const data = object["data"] as Record<string, string>;
  const text = Object.keys(data).sort().map((key) => data[key]).join("");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return hash === `sha256:${digest.toHex()}` ? "that of the data" : "another than that of the data";
}

/** Taints by key; when they were added is not compared. */
function nodeSpec({ taints, ...spec }: Record<string, unknown>): unknown {
  const list = ((taints ?? []) as { key: string; timeAdded?: string }[])
    .filter(({ key }) => key !== "node.kubernetes.io/not-ready"); // the controllers' own: it comes and goes in two steps
  return { ...spec, taints: list.map(({ timeAdded: _, ...taint }) => taint).sort((a, b) => a.key < b.key ? -1 : 1) };
}

function dataOf(object: ApiObject, { authority, started }: ObjectSetting): unknown {
  const data = object["data"] as Record<string, string>;
  const authorities = new Map([["ca.crt", { text: authority }]]);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (object.kind === "Secret") {
        const text = atob(value);
        if (object.metadata.name === "kubeadm-certs") return [key, `${text.length} bytes, encrypted`];
        return [key, key === "expiration" ? `start ${hours(new Date(text), started)} h` : text];
      }
      const finalLineEnd = value.endsWith("\n");
      if (/^kubeconfig(\.conf)?$/.test(key)) {
        return [key, { finalLineEnd, kubeconfig: kubeconfigFields(value, authorities, () => "certificates") }];
      }
      if (/^jws-kubeconfig-/.test(key)) return [key, "signature"];
      if (/^(ClusterConfiguration|kubelet|config\.conf)$/.test(key)) {
        return [key, { finalLineEnd, yaml: parseYaml(value) }];
      }
      if (value.includes("BEGIN CERTIFICATE")) {
        return [key, value.trim() === authority.trim() ? "ca.crt" : "another CA"];
      }
      return [key, value];
    }),
  );
}

function hours(then: Date, now: Date): string {
  return ((then.getTime() - now.getTime()) / 3_600_000).toFixed(1);
}
