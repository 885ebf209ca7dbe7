/** HTTP with servers that are not our API server. @module */
import type { Files, FileToPut } from "./files.ts";
import type { HttpAnswer } from "./kube.ts";

/** Requests to a server that cannot be verified yet; `phases/discovery` verifies the answers. */
export interface UnverifiedHttp {
  /** HTTPS GET without verifying the server, without sending anything secret. Bodies over 1 MiB and redirects are refused. */
  get(url: string, timeoutMs: number): Promise<HttpAnswer>;
}

/** Options for a document. */
export interface DownloadOptions {
  /** Time limit of the complete answer, in ms. */
  timeoutMs: number;
  /** Longest body, in bytes. */
  limit: number;
  /** The only trusted CA certificates (PEM). Without them, only `http://` can be used. */
  caPem?: string;
  /** Client certificate and its key. */
  client?: { certificatePem: string; keyPem: string };
}

/** The progress of a download. */
export interface DownloadProgress {
  /** Received bytes; fewer than before when the download had to start over. */
  bytes: number;
  /** Total bytes, if known. */
  total?: number;
}

/** Options for a file. */
export interface FileDownloadOptions extends Pick<DownloadOptions, "limit" | "caPem" | "client"> {
  /** Value of the Authorization header. It and the client certificate go to the origin of the URL, and to no other. */
  authorization?: string;
  /** Required size in bytes, and required hash, 64 hexadecimal digits. */
  size?: number;
  sha256?: string;
  /** Milliseconds without a byte after which the connection counts as broken (60 s). The whole download has no limit. */
  idleMs?: number;
  /** Number of retries, with pauses of 1, 2, 4, … 30 s (10). */
  retries?: number;
  /** Called with each piece. */
  progress?(progress: DownloadProgress): void;
}

/** Downloads from servers that are not an API server, verified with the given CA certificates. */
export interface Download {
  /**
   * GET. Any status is an answer, but a redirect is refused.
   * @throws {Untrusted} when the server cannot be trusted, redirects or answers without end; {@linkcode UserError} for errors
   * that a retry may fix.
   */
  get(url: string, options: DownloadOptions): Promise<HttpAnswer>;
  /**
   * GET into a file, with `put`, never held in memory: the file gets its name only when it is complete, and no request is
   * sent when it already exists with `size` and `sha256`. An encoded answer (gzip) is refused; Deno 2.6 decodes it, so only
   * `sha256` detects it there. Up to five redirects are followed, none from https to http. After a broken connection it
   * resumes if the server can (a strong ETag, or a Last-Modified; a valid 206), else it starts over.
   * @throws {Untrusted} when the server cannot be trusted, redirects wrongly or answers without end;
   * {@linkcode UserError} for any status other than 200, for errors that persist, and for a wrong size or hash.
   */
  toFile(
    url: string,
    files: Pick<Files, "put">,
    file: Omit<FileToPut, "content">,
    options: FileDownloadOptions,
  ): Promise<void>;
}
