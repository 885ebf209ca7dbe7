/** The Kubernetes API. @module */

/** Any Kubernetes object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
    uid?: string;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** Names one object; `namespace` is absent for cluster-wide kinds. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
}

/** An HTTP answer. */
export interface HttpAnswer {
  status: number;
  body: string;
}

/** The URL and CA of an API server, and the client's identity. PEM texts. */
export interface KubeCredentials {
  server: string;
  caPem: string;
  /** Client certificate and its key. */
  client?: { certificatePem: string; keyPem: string };
  /** Bearer token, instead of a certificate. */
  token?: string;
}

/** How to write an object. */
export interface WriteOptions {
  /** It holds a key, a token or another secret: its content is never shown. Its writer declares this. */
  secret?: boolean;
}

/** The Kubernetes API for one identity (a kubeconfig). Errors are `KubeError` (`kube_error.ts`) with the API's reason and message. */
export interface KubeClient {
  /** The server URL, without a trailing slash. */
  readonly server: string;
  /** GET of a raw path (`/livez?verbose`, `/version`). Any HTTP status is an answer; only connection errors throw. */
  probe(path: string): Promise<HttpAnswer>;
  /** The object, or undefined when it does not exist (404). */
  get(reference: ObjectReference): Promise<KubeObject | undefined>;
  /** All objects of a kind, in a namespace or in all; by label or field selector. */
  list(
    query: { apiVersion: string; kind: string; namespace?: string; labelSelector?: string; fieldSelector?: string },
  ): Promise<KubeObject[]>;

  /** Server-side apply as field manager "kubewright" (force). Reports a Change only when the object changed. A Secret is secret. */
  apply(object: KubeObject, options?: WriteOptions): Promise<void>;
  /** JSON merge patch (RFC 7386). `resourceVersion` inside makes it conditional. Reports a Change only when the object changed. */
  patch(reference: ObjectReference, patch: Record<string, unknown>, options?: WriteOptions): Promise<void>;
  /** Deletes the object; a no-op when it does not exist. */
  delete(reference: ObjectReference): Promise<void>;
}
