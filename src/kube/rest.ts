/**
 * URL paths of the API: from apiVersion and kind to a path.
 * @module
 */
import { UserError } from "../errors.ts";
import { pathSegment } from "../text/url.ts";
import { isRecord } from "./objects.ts";

/** A kind in URLs. */
export interface Resource {
  /** `configmaps`. */
  plural: string;
  namespaced: boolean;
}

/** `apiVersion` -> namespaced and cluster-wide kinds, for built-in kinds that are used. */
const BUILT_IN: Readonly<Record<string, { namespaced?: string; cluster?: string }>> = {
  "v1": {
    namespaced: "ConfigMap Endpoints Event PersistentVolumeClaim Pod Secret Service ServiceAccount",
    cluster: "Namespace Node PersistentVolume",
  },
  "apps/v1": { namespaced: "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet" },
  "batch/v1": { namespaced: "CronJob Job" },
  "rbac.authorization.k8s.io/v1": { namespaced: "Role RoleBinding", cluster: "ClusterRole ClusterRoleBinding" },
  "policy/v1": { namespaced: "PodDisruptionBudget" },
  "coordination.k8s.io/v1": { namespaced: "Lease" },
  "discovery.k8s.io/v1": { namespaced: "EndpointSlice" },
  "networking.k8s.io/v1": { namespaced: "Ingress NetworkPolicy", cluster: "IngressClass" },
  "certificates.k8s.io/v1": { cluster: "CertificateSigningRequest" },
  "scheduling.k8s.io/v1": { cluster: "PriorityClass" },
  "storage.k8s.io/v1": { cluster: "CSIDriver CSINode StorageClass" },
  "apiextensions.k8s.io/v1": { cluster: "CustomResourceDefinition" },
  "apiregistration.k8s.io/v1": { cluster: "APIService" },
  "admissionregistration.k8s.io/v1": { cluster: "MutatingWebhookConfiguration ValidatingWebhookConfiguration" },
};

/** The resource of a built-in kind; undefined for others, which require discovery. */
export function builtInResource(apiVersion: string, kind: string): Resource | undefined {
  const group = BUILT_IN[apiVersion];
  for (const [kinds, namespaced] of [[group?.namespaced, true], [group?.cluster, false]] as const) {
    if (kinds?.split(" ").includes(kind)) return { plural: pluralOf(kind), namespaced };
  }
  return undefined;
}

/** The plural as Kubernetes builds it (meta.UnsafeGuessKindToResource). */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === "endpoints") return singular;
  if (/(s|ch|sh|x)$/.test(singular)) return `${singular}es`;
  return singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** Path of an API group version: `/api/v1`, `/apis/apps/v1`. Its GET is the discovery document. */
export function groupPath(apiVersion: string): string {
  if (!/^([a-z0-9.-]+\/)?v[0-9a-z]+$/.test(apiVersion)) {
    throw new UserError(`Cannot use the apiVersion "${apiVersion}": it must be "v1" or "group/version"`);
  }
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Finds a kind in a discovery document (an APIResourceList); undefined when it is not in there. */
export function discoveredResource(document: unknown, kind: string): Resource | undefined {
  const resources = isRecord(document) && Array.isArray(document.resources) ? document.resources : [];
  for (const resource of resources) {
    if (
      isRecord(resource) && resource.kind === kind && typeof resource.name === "string" && !resource.name.includes("/")
    ) {
      return { plural: resource.name, namespaced: resource.namespaced === true };
    }
  }
  return undefined;
}

/**
 * Path of one object, or of all objects of a kind when `name` is absent. As with kubectl, an object of a namespaced kind
 * without a namespace is in `default`; a list without one is of all namespaces.
 */
export function resourcePath(
  apiVersion: string,
  resource: Resource,
  { name, namespace }: { name?: string; namespace?: string },
): string {
  const within = !resource.namespaced ? undefined : namespace ?? (name === undefined ? undefined : "default");
  const parts = [
    ...(within === undefined ? [] : ["namespaces", pathSegment(within)]),
    resource.plural,
    ...(name === undefined ? [] : [pathSegment(name)]),
  ];
  return `${groupPath(apiVersion)}/${parts.join("/")}`;
}
