/**
 * A Kubernetes API on which changes are only recorded: visible to later reads, never sent to the real API server.
 * @module
 */
import { isAbsentServer } from "./errors.ts";
import {
  asStored,
  covers,
  describe,
  equalJson,
  matchesFields,
  matchesLabels,
  mergePatch,
  referenceOf,
  secretOf,
} from "./objects.ts";
import type { ChangeSink, KubeClient, KubeObject, ObjectReference } from "../system.ts";
import { KubeError } from "../system/kube_error.ts";

/** How long a dry run waits for an API server that may not exist yet, in ms. */
const REACH_MS = 2000;

/** The recorded objects, by `apiVersion kind namespace/name`; undefined: deleted. All clients of a run share one map. */
export type RecordedObjects = Map<string, KubeObject | undefined>;

/** An overlay on `real`. An API server that does not answer within 2 s counts as an empty one. */
export function recordingApi(real: KubeClient, recorded: RecordedObjects, report: ChangeSink): KubeClient {
  let asked: Promise<boolean> | undefined;
  const isThere = () => asked ??= answers(real);

  async function get(reference: ObjectReference): Promise<KubeObject | undefined> {
    const key = keyOf(reference);
    if (recorded.has(key)) return recorded.get(key);
    return await isThere() ? await real.get(reference) : undefined;
  }

  return {
    server: real.server,
    probe: (path) => real.probe(path),
    get,
    async list(query) {
      const objects = new Map<string, KubeObject>();
      for (const object of await isThere() ? await real.list(query) : []) {
        if (!recorded.has(keyOf(referenceOf(object)))) objects.set(keyOf(referenceOf(object)), object);
      }
      for (const [key, object] of recorded) {
        if (object === undefined || object.apiVersion !== query.apiVersion || object.kind !== query.kind) continue;
        if (query.namespace !== undefined && object.metadata.namespace !== query.namespace) continue;
        if (matchesLabels(object, query.labelSelector) && matchesFields(object, query.fieldSelector)) {
          objects.set(key, object);
        }
      }
      return [...objects.values()];
    },
    async apply(object, options) {
      const reference = referenceOf(object);
      const before = await get(reference);
      const wanted = asStored(object);
      if (before !== undefined && covers(before, wanted)) return;
      recorded.set(keyOf(reference), mergePatch(before, wanted) as KubeObject);
      report({ kind: "apply", object, ...(before === undefined ? {} : { before }), ...secretOf(object, options) });
    },
    async patch(reference, patch, options) {
      // A dry run may patch an object that only a real run creates (a Node, by its kubelet).
      const { apiVersion, kind, name, namespace } = reference;
      const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
      const before = await get(reference) ?? { apiVersion, kind, metadata };
      const after = mergePatch(before, patch) as KubeObject;
      if (equalJson(before, after)) return;
      recorded.set(keyOf(reference), after);
      report({ kind: "patch", reference, patch, ...secretOf(reference, options) });
    },
    async delete(reference) {
      if (await get(reference) === undefined) return;
      recorded.set(keyOf(reference), undefined);
      report({ kind: "delete", reference });
    },
  };
}

function keyOf(reference: ObjectReference): string {
  return `${reference.apiVersion} ${describe(reference)}`;
}

/** Whether an API server answers this client. One that refuses TLS is not the one that this run would create. */
async function answers(real: KubeClient): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), REACH_MS));
  const probe = real.probe("/version").then(() => true, (error: unknown) => {
    if (error instanceof KubeError && isAbsentServer(error)) return false;
    throw error;
  });
  try {
    return await Promise.race([probe, late]);
  } finally {
    clearTimeout(timer);
    probe.catch(() => undefined);
  }
}
