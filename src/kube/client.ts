/**
 * The Kubernetes API over REST.
 * @module
 */
import { UserError } from "../errors.ts";
import type { ChangeSink, HttpAnswer, KubeClient, KubeCredentials, KubeObject, ObjectReference } from "../system.ts";
import { errorOfAnswer } from "./errors.ts";
import { describe, equalJson, isRecord, mergePatch, referenceOf, secretOf } from "./objects.ts";
import { builtInResource, discoveredResource, groupPath, type Resource, resourcePath } from "./rest.ts";
import { misshapen } from "./shapes.ts";
import { type KubeAnswer, type KubeRequest, openTransport } from "./transport.ts";
import { KubeError, UNREACHABLE } from "../system/kube_error.ts";
import { shellWord } from "../text/shell.ts";

/** The field manager under which the API server records our fields. */
export const FIELD_MANAGER = "kubewright";
/** Objects in one page of a list, as in kubectl. */
const PAGE = 500;
/** Limits of a list: consecutive empty pages, and pages, objects and bytes in total. */
const EMPTY_PAGES = 100;
const MAX_PAGES = 1_000;
const MAX_OBJECTS = 100_000;
const MAX_LIST = 128 * 1024 * 1024;
/** How long to look for a kind that the server does not have, in ms: a new CustomResourceDefinition takes a moment. */
const DISCOVERY_MS = 10_000;

/**
 * How long, in ms, to wait for an address that is allocated although no Service has it: an interrupted creation left it. The
 * API server releases it after 60 s (kubernetes v1.37.2, pkg/registry/core/service/ipallocator/controller/repairip.go).
 */
const LEAKED_MS = 90_000;
/** Pause between two tries, in ms. */
const LEAKED_PAUSE_MS = 500;

/** A client that holds connections until it is closed. */
export interface ClosableKubeClient extends KubeClient {
  close(): void;
}

/** Options of {@linkcode kubeClient}. */
export interface KubeClientOptions {
  /** How long a call is retried, in ms (`timeouts.kubernetesAPICall`). */
  timeLimitMs?: number;
  /** Receives the reason of each retry. */
  onRetry?(why: string): void;
  /** Time limit of one request, in ms; for tests. */
  requestMs?: number;
  /** After it aborts, no request is sent, and observing requests are abandoned with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A client for one API server and identity. Nothing is sent before the first call. Calls are retried after connection
 * errors, 429 and 5xx for `timeLimitMs` (60 s); `probe` asks once.
 * @throws {UserError} when the URL, a certificate or the key cannot be used.
 */
export function kubeClient(
  credentials: KubeCredentials,
  report: ChangeSink,
  { timeLimitMs = 60_000, onRetry, requestMs, signal }: KubeClientOptions = {},
): ClosableKubeClient {
  const transport = openTransport(credentials, requestMs, signal);
  const discovered = new Map<string, Promise<Resource>>();

  /** The object in an answer. @throws {UserError} when it is not an object, or has fields of a wrong type. */
  function objectIn(answer: KubeAnswer, kind: string): KubeObject {
    const value = parse(answer, credentials.server);
    if (isNamed(value)) return shaped(value, kind);
    throw unreadable("it is not a Kubernetes object");
  }

  function shaped(object: KubeObject, kind: string): KubeObject {
    const field = misshapen(kind, object);
    if (field === undefined) return object;
    throw unreadable(`"${field}" of ${kind} "${object.metadata.name}" has the wrong type`);
  }

  const unreadable = (state: string) => new UserError(`Cannot read the answer of "${credentials.server}": ${state}`);

  /** Sends; any status other than success and `accepted` is an error. */
  async function send(action: string, subject: ObjectReference, request: KubeRequest, accepted?: number) {
    const answer = await transport.send(request, timeLimitMs, onRetry).catch((error: unknown) => {
      throw request.method === "GET" ? error : uncertain(error);
    });
    if (answer.status < 300 || answer.status === accepted) return answer;
    throw errorOfAnswer(action, describe(subject), answer, subject.kind === "Secret" && request.method === "PATCH");
  }

  function resourceOf(apiVersion: string, kind: string): Resource | Promise<Resource> {
    const known = builtInResource(apiVersion, kind);
    if (known !== undefined) return known;
    const key = `${apiVersion} ${kind}`;
    const asked = discovered.get(key) ?? discover(apiVersion, kind);
    discovered.set(key, asked);
    asked.catch(() => discovered.delete(key));
    return asked;
  }

  async function discover(apiVersion: string, kind: string): Promise<Resource> {
    const deadline = performance.now() + DISCOVERY_MS;
    while (true) {
      const subject = { apiVersion, kind: "APIResourceList", name: apiVersion };
      const answer = await send("look up", subject, { method: "GET", path: groupPath(apiVersion) }, 404);
      const found = answer.status === 404 ? undefined : discoveredResource(parse(answer, credentials.server), kind);
      if (found !== undefined) return found;
      if (performance.now() >= deadline) {
        throw new UserError(`Cannot use the kind "${kind}" of "${apiVersion}": the API server does not have it`, {
          hint: "Apply the CustomResourceDefinition that defines it first.",
        });
      }
      const { delay } = await import("@std/async/delay");
      await delay(200, signal ? { signal } : {});
    }
  }

  async function pathOf(reference: ObjectReference): Promise<string> {
    const { apiVersion, kind } = reference;
    return resourcePath(apiVersion, await resourceOf(apiVersion, kind), reference);
  }

  async function getAt(path: string, reference: ObjectReference): Promise<KubeObject | undefined> {
    const answer = await send("get", reference, { method: "GET", path }, 404);
    return answer.status === 404 ? undefined : objectIn(answer, reference.kind);
  }

  /** Sends an apply; waits for the address of a Service whose creation was interrupted by a killed run. */
  async function sendApply(reference: ObjectReference, request: KubeRequest): Promise<KubeAnswer> {
    const deadline = performance.now() + LEAKED_MS;
    while (true) {
      try {
        return await send("apply", reference, request);
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        const address = takenAddress(reference, error);
        if (address === undefined) throw error;
        const holder = await holderOf(address).catch(() => undefined);
        if (holder !== undefined) throw takenBy(error, address, holder);
        if (performance.now() >= deadline) throw error;
        onRetry?.(`${address} is still allocated to an interrupted request; the API server releases it after a minute`);
        const { delay } = await import("@std/async/delay");
        await delay(LEAKED_PAUSE_MS, signal ? { signal } : {});
      }
    }
  }

  /** The Service that has the address. */
  async function holderOf(address: string): Promise<KubeObject | undefined> {
    const services = await client.list({ apiVersion: "v1", kind: "Service" });
    return services.find(({ spec }) => isRecord(spec) && [spec.clusterIP, spec.clusterIPs].flat().includes(address));
  }

  const client: ClosableKubeClient = {
    server: credentials.server,
    close: () => transport.close(),
    async probe(path: string): Promise<HttpAnswer> {
      const { status, body } = await transport.once({ method: "GET", path });
      return { status, body };
    },
    get: async (reference) => getAt(await pathOf(reference), reference),
    async list({ apiVersion, kind, namespace, labelSelector, fieldSelector }) {
      const resource = await resourceOf(apiVersion, kind);
      const path = resourcePath(apiVersion, resource, namespace === undefined ? {} : { namespace });
      const items: KubeObject[] = [];
      const places = new Set([""]);
      let [next, empty, size] = ["", 0, 0];
      const deadline = performance.now() + timeLimitMs;
      do {
        const parameters = new URLSearchParams({
          limit: String(PAGE),
          ...(labelSelector === undefined ? {} : { labelSelector }),
          ...(fieldSelector === undefined ? {} : { fieldSelector }),
          ...(next === "" ? {} : { continue: next }),
        });
        const subject = { apiVersion, kind, name: "(all)", ...(namespace === undefined ? {} : { namespace }) };
        const answer = await send("list", subject, { method: "GET", path: `${path}?${parameters}` });
        const page = listIn(answer, credentials.server);
        items.push(...page.items.map((item) => shaped({ ...item, apiVersion, kind }, kind))); // items of a list have no kind
        // Each position occurs once. A page may be empty because all its objects are filtered out, but not every page.
        empty = page.items.length === 0 ? empty + 1 : 0;
        size += answer.body.length;
        const tooMuch = places.size > MAX_PAGES || items.length > MAX_OBJECTS || size > MAX_LIST;
        const endless = empty > EMPTY_PAGES || places.has(page.next) || performance.now() > deadline;
        if (tooMuch || page.next !== "" && endless) {
          throw new UserError(
            `Cannot list "${kind}" of "${credentials.server}": the list does not end`,
          );
        }
        next = page.next;
        places.add(next);
      } while (next !== "");
      return items;
    },
    async apply(object, options) {
      const reference = referenceOf(object);
      const path = await pathOf(reference);
      const before = await getAt(path, reference);
      const { managedFields: _, ...metadata } = object.metadata; // the server refuses them here
      const answer = await sendApply(reference, {
        method: "PATCH",
        path: `${path}?fieldManager=${FIELD_MANAGER}&force=true`,
        contentType: "application/apply-patch+yaml", // JSON is YAML
        body: JSON.stringify({ ...object, metadata }),
        retryStatus: [409], // two creations at once; an apply has no version that could conflict
      });
      if (isSameVersion(before, objectIn(answer, reference.kind))) return;
      report({ kind: "apply", object, ...(before === undefined ? {} : { before }), ...secretOf(object, options) });
    },
    async patch(reference, patch, options) {
      const path = await pathOf(reference);
      const before = await getAt(path, reference);
      if (before !== undefined && equalJson(before, mergePatch(before, patch))) return;
      const answer = await send("patch", reference, {
        method: "PATCH",
        path: `${path}?fieldManager=${FIELD_MANAGER}`,
        contentType: "application/merge-patch+json",
        body: JSON.stringify(patch),
      });
      if (!isSameVersion(before, objectIn(answer, reference.kind))) {
        report({ kind: "patch", reference, patch, ...secretOf(reference, options) });
      }
    },
    async delete(reference) {
      const answer = await send("delete", reference, { method: "DELETE", path: await pathOf(reference) }, 404);
      // Not found after a second try: the first one may have deleted it.
      if (answer.status !== 404 || answer.tries > 1) report({ kind: "delete", reference });
    },
  };
  return client;
}

/** The address of a Service that could not be created because the address is allocated; undefined for other errors. */
function takenAddress({ kind }: ObjectReference, { status, message }: KubeError): string | undefined {
  if (kind !== "Service" || status !== 422) return undefined;
  return /failed to allocate IP ([0-9a-f.:]+): provided IP is already allocated/.exec(message)?.[1];
}

function takenBy(error: KubeError, address: string, { metadata: { name, namespace } }: KubeObject): KubeError {
  const hint =
    `Service "${namespace}/${name}" has the address ${shellWord(address)}: delete this Service, or configure another ` +
    "service subnet.";
  return new KubeError(error.message, error, { cause: error.cause, hint });
}

/** A change whose answer was lost is not counted, but may have happened. */
function uncertain(error: unknown): unknown {
  if (!(error instanceof KubeError) || error.reason !== UNREACHABLE) return error;
  if (/connection refused|no route to host|unreachable|does not resolve/.test(error.message)) return error; // not sent
  const hint = [...error.hints, "The API server may still have applied the change."];
  return new KubeError(error.message, error, { cause: error.cause, hint });
}

/** Whether both are the same version of the object. */
function isSameVersion(before: KubeObject | undefined, after: KubeObject): boolean {
  return before?.metadata.resourceVersion !== undefined &&
    before.metadata.resourceVersion === after.metadata.resourceVersion;
}

function parse(answer: KubeAnswer, server: string): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    // The parser's own message quotes the answer, which may contain a Secret.
    throw new UserError(`Cannot read the answer of "${server}": it is not JSON; the server is not an API server`);
  }
}

function isNamed(value: unknown): value is KubeObject {
  return isRecord(value) && isRecord(value.metadata) && typeof value.metadata.name === "string";
}

function listIn(answer: KubeAnswer, server: string): { items: KubeObject[]; next: string } {
  const value = parse(answer, server);
  const items = isRecord(value) ? value.items ?? [] : undefined;
  if (!isRecord(value) || !("items" in value) || !Array.isArray(items) || !items.every(isNamed)) {
    throw new UserError(`Cannot read the answer of "${server}": it is not a list of Kubernetes objects`);
  }
  const next = isRecord(value.metadata) && typeof value.metadata.continue === "string" ? value.metadata.continue : "";
  return { items, next };
}
