/**
 * Versions of kubeadm's API that are converted: v1beta3 (deprecated in 1.31, removed from kubeadm 1.37), and v1, which is
 * experimental and so far v1beta4 with one more field.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/apis/kubeadm/v1beta3/types.go (and conversion.go)
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/kubeadm/v1/types.go
 * @module
 */
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import type { Documents } from "./assignments.ts";
import type { Schema } from "./schema.ts";
import { isMapping } from "./yaml.ts";

/** Changes to the fields of a document, by path: another schema, or undefined for no such field. */
type Edits = Readonly<Record<string, Schema | undefined>>;

const ARGUMENTS: Schema = { type: "map", of: { type: "text" }, doc: "command line arguments by name" };
const TIMEOUT: Schema = { type: "duration", doc: "time limit" };

/** A schema with some of its fields changed. */
function edited(schema: Schema, edits: Edits): Schema {
  if (schema.type !== "fields") return schema;
  const fields: Record<string, Schema> = {};
  for (const [name, field] of Object.entries(schema.fields)) {
    if (name in edits && edits[name] === undefined) continue;
    const below = Object.entries(edits).filter(([path]) => path.startsWith(`${name}.`));
    fields[name] = edited(
      edits[name] ?? field,
      Object.fromEntries(below.map(([k, v]) => [k.slice(name.length + 1), v])),
    );
  }
  const added = Object.entries(edits).filter(([name, field]) => field && !name.includes(".") && !(name in fields));
  return { ...schema, fields: { ...fields, ...Object.fromEntries(added as [string, Schema][]) } };
}

const NODE_EDITS: Edits = {
  "nodeRegistration.kubeletExtraArgs": ARGUMENTS,
  "nodeRegistration.imagePullSerial": undefined,
  dryRun: undefined,
  timeouts: undefined,
};

const V1BETA3: Readonly<Record<string, Schema>> = {
  ClusterConfiguration: edited(KUBEADM_KINDS.ClusterConfiguration, {
    "apiServer.extraArgs": ARGUMENTS,
    "apiServer.extraEnvs": undefined,
    "apiServer.timeoutForControlPlane": TIMEOUT,
    "controllerManager.extraArgs": ARGUMENTS,
    "controllerManager.extraEnvs": undefined,
    "scheduler.extraArgs": ARGUMENTS,
    "scheduler.extraEnvs": undefined,
    "etcd.local.extraArgs": ARGUMENTS,
    "etcd.local.extraEnvs": undefined,
    "etcd.external.httpEndpoints": undefined,
    "dns.disabled": undefined,
    proxy: undefined,
    caCertificateValidityPeriod: undefined,
    certificateValidityPeriod: undefined,
    encryptionAlgorithm: undefined,
  }),
  InitConfiguration: edited(KUBEADM_KINDS.InitConfiguration, NODE_EDITS),
  JoinConfiguration: edited(KUBEADM_KINDS.JoinConfiguration, { ...NODE_EDITS, "discovery.timeout": TIMEOUT }),
};

/** v1: arguments have a method of merging with the defaults. */
function withMergeMethod(schema: Schema): Schema {
  if (schema.type === "list") return { ...schema, of: withMergeMethod(schema.of) };
  if (schema.type !== "fields") return schema;
  const fields = Object.fromEntries(
    Object.entries(schema.fields).map(([name, field]) => [name, withMergeMethod(field)]),
  );
  const isArgument = Object.keys(fields).sort().join() === "name,value";
  const mergeMethod: Schema = { type: "text", values: ["append", "prepend"] };
  return { ...schema, fields: isArgument ? { ...fields, mergeMethod } : fields };
}

/** The kinds of the converted versions. */
export const OLD_KINDS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  "kubeadm.k8s.io/v1beta3": V1BETA3,
  "kubeadm.k8s.io/v1": Object.fromEntries(
    Object.entries(KUBEADM_KINDS).map(([kind, schema]) => [kind, withMergeMethod(schema)]),
  ),
};

/** The value at a path below a value; undefined when there is none. */
function at(value: unknown, ...steps: string[]): unknown {
  return steps.reduce<unknown>((inner, step) => isMapping(inner) ? inner[step] : undefined, value);
}

/** Turns a mapping of arguments into the list of v1beta4, sorted by name, as kubeadm does. */
function listArguments(holder: unknown, field = "extraArgs"): void {
  if (!isMapping(holder) || !isMapping(holder[field])) return;
  const names = Object.keys(holder[field]).sort();
  const given = holder[field];
  holder[field] = names.map((name) => ({ name, value: given[name] }));
}

/** Removes a field from a mapping, and returns its value. */
function take(holder: unknown, field: string): unknown {
  if (!isMapping(holder)) return undefined;
  const value = holder[field];
  delete holder[field];
  return value;
}

/** Removes what v1beta4 cannot represent. */
function withoutMergeMethods(value: unknown, path: string, warn: (path: string, what: string) => void): void {
  if (Array.isArray(value)) value.forEach((item, i) => withoutMergeMethods(item, `${path}[${i}]`, warn));
  else if (isMapping(value)) {
    if (take(value, "mergeMethod") !== undefined) {
      warn(`${path}.mergeMethod`, "is experimental and ignored; the argument replaces the default of the same name");
    }
    for (const [name, item] of Object.entries(value)) withoutMergeMethods(item, `${path}.${name}`, warn);
  }
}

/** Moves a time limit of v1beta3; absent or zero means the default. */
function timeLimit(documents: Documents, kind: string, name: string, value: unknown): void {
  if (typeof value !== "string" || /^[-+]?0*(\.0*)?([a-zµμ]*)$/.test(value)) return;
  const document = documents[kind] ??= {};
  document.timeouts = { ...document.timeouts as object | undefined, [name]: value };
}

/**
 * Converts documents of other versions to v1beta4, in place.
 * @param kinds of the documents to convert.
 */
export function convertOld(
  documents: Documents,
  kinds: readonly string[],
  warn: (path: string, what: string) => void,
): void {
  for (const kind of kinds) {
    const document = documents[kind]!;
    withoutMergeMethods(document, kind, warn);
    for (const part of ["apiServer", "controllerManager", "scheduler"]) listArguments(at(document, part));
    listArguments(at(document, "etcd", "local"));
    listArguments(at(document, "nodeRegistration"), "kubeletExtraArgs");
    const limit = take(at(document, "apiServer"), "timeoutForControlPlane");
    timeLimit(documents, "InitConfiguration", "controlPlaneComponentHealthCheck", limit);
    timeLimit(documents, "JoinConfiguration", "discovery", take(at(document, "discovery"), "timeout"));
    document.apiVersion = "kubeadm.k8s.io/v1beta4";
  }
}
