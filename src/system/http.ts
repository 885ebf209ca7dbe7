/** Documents of servers that are no API server of ours. @module */
import type { HttpAnswer } from "./kube.ts";

/** Talks to what cannot be verified yet; see `kube/discovery.ts` for what makes its answers trustworthy. */
export interface UnverifiedHttp {
  /** HTTPS GET without verifying the server, without sending anything secret. Bodies over 1 MiB and redirects are refused. */
  get(url: string, timeoutMs: number): Promise<HttpAnswer>;
}

/** How to fetch a document. */
export interface DownloadOptions {
  /** Milliseconds until the answer has to be whole. */
  timeoutMs: number;
  /** Longest body, in bytes. */
  limit: number;
  /** The only CA certificates that the server's may be of (PEM). Without it, only `http://` can be fetched. */
  caPem?: string;
  /** Client certificate and its key. */
  client?: { certificatePem: string; keyPem: string };
}

/** Fetches documents from servers that are no API server, verified by the CA certificates that are given. */
export interface Download {
  /**
   * GET. Any status is an answer, but a redirect is refused.
   * @throws {Untrusted} when the server cannot be trusted, redirects or answers without end; {@linkcode UserError} for
   * trouble that another try may mend.
   */
  get(url: string, options: DownloadOptions): Promise<HttpAnswer>;
}
