/**
 * What of Kubernetes' objects is read elsewhere has its type checked here, where they come in: what answers may be
 * anything. A `null` is as absent, as in Go.
 * @module
 */
import { isRecord } from "./objects.ts";

/** What a field may be that has no fields of its own. */
const IS = {
  string: (value: unknown) => typeof value === "string",
  number: (value: unknown) => typeof value === "number",
  boolean: (value: unknown) => typeof value === "boolean",
  texts: (value: unknown) => isRecord(value) && Object.values(value).every((text) => typeof text === "string"),
};

/** One of those; a list; or fields, of which any may be absent and others may be there. */
type Shape = keyof typeof IS | readonly [Shape] | { readonly [field: string]: Shape };

const CONDITIONS: Shape = [{ type: "string", status: "string", reason: "string", message: "string" }];

const METADATA: Shape = {
  name: "string",
  namespace: "string",
  uid: "string",
  resourceVersion: "string",
  creationTimestamp: "string",
  labels: "texts",
  annotations: "texts",
  ownerReferences: [{ kind: "string", name: "string", uid: "string" }],
};

/** By kind. */
const SHAPES: Readonly<Record<string, Shape>> = {
  ConfigMap: { data: "texts" },
  Secret: { data: "texts", type: "string" },
  Node: {
    spec: {
      taints: [{ key: "string", value: "string", effect: "string" }],
      unschedulable: "boolean",
      providerID: "string",
    },
    status: {
      conditions: CONDITIONS,
      addresses: [{ type: "string", address: "string" }],
      // Others of its fields are no texts: `swap` is `{ capacity }`.
      nodeInfo: {
        bootID: "string",
        kubeletVersion: "string",
        machineID: "string",
        systemUUID: "string",
      },
    },
  },
  Pod: { spec: { nodeName: "string" }, status: { phase: "string", conditions: CONDITIONS } },
  Deployment: { spec: { replicas: "number" } },
};

/** The path of the first field of an object that is of another type than Kubernetes gives it; undefined when there is none. */
export function misshapen(kind: string, object: Record<string, unknown>): string | undefined {
  return wrong(object, { metadata: METADATA }, "") ?? wrong(object, SHAPES[kind] ?? {}, "");
}

function wrong(value: unknown, shape: Shape, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === "string") {
    return IS[shape](value) ? undefined : path;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return path;
    const index = value.findIndex((item) => !isRecord(item) || wrong(item, shape[0], path) !== undefined);
    return index < 0 ? undefined : `${path}[${index}]`;
  }
  if (!isRecord(value)) return path;
  for (const [field, of] of Object.entries(shape)) {
    const found = wrong(value[field], of, path === "" ? field : `${path}.${field}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
