/**
 * Checks the types of the fields of Kubernetes objects that are read elsewhere, when the objects arrive: an answer may be
 * anything. A `null` counts as absent, as in Go.
 * @module
 */
import { isRecord } from "./objects.ts";

/** Types of fields without fields of their own. */
const IS = {
  string: (value: unknown) => typeof value === "string",
  number: (value: unknown) => typeof value === "number",
  boolean: (value: unknown) => typeof value === "boolean",
  texts: (value: unknown) => isRecord(value) && Object.values(value).every((text) => typeof text === "string"),
};

/** One of these types; a list; or fields, of which any may be absent and to which others may be added. */
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
      // Some of its other fields are not strings: `swap` is `{ capacity }`.
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

/** The path of the first field of an object with a wrong type; undefined when all types are right. */
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
