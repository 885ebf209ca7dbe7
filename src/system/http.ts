/** Documents of servers that are no API server of ours. @module */
import type { Files, FileToPut } from "./files.ts";
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

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes that have come; less than before where it had to begin again. */
  bytes: number;
  /** How many there will be, where that is known. */
  total?: number;
}

/** How to fetch a file. */
export interface FileDownloadOptions extends Pick<DownloadOptions, "limit" | "caPem" | "client"> {
  /** Value of the Authorization header. It and the client certificate go to the origin of the URL, and to no other. */
  authorization?: string;
  /** What the file must have: its bytes, and 64 hexadecimal digits. */
  size?: number;
  sha256?: string;
  /** Milliseconds without a byte after which the connection counts as broken (60 s). The whole has no limit. */
  idleMs?: number;
  /** How often it is tried again, with pauses of 1, 2, 4, … 30 s (10 times). */
  retries?: number;
  /** Called with each piece. */
  progress?(progress: DownloadProgress): void;
}

/** Fetches documents from servers that are no API server, verified by the CA certificates that are given. */
export interface Download {
  /**
   * GET. Any status is an answer, but a redirect is refused.
   * @throws {Untrusted} when the server cannot be trusted, redirects or answers without end; {@linkcode UserError} for
   * trouble that another try may mend.
   */
  get(url: string, options: DownloadOptions): Promise<HttpAnswer>;
  /**
   * GET into a file, by `put`, and never held: the file has its name only when it is whole, and no request is made where
   * it is there already with `size` and `sha256`. An encoded answer (gzip) is refused; with Deno 2.6 it comes decoded, so that only `sha256` tells.
   * Up to five redirects are followed, none from https to http. After a break it goes on from there where the server can
   * (a strong ETag, or a Last-Modified; a right 206), else it begins again.
   * @throws {Untrusted} when the server cannot be trusted, redirects wrongly or answers without end;
   * {@linkcode UserError} for any status but 200, for trouble that lasts, and when the content is not what it must be.
   */
  toFile(
    url: string,
    files: Pick<Files, "put">,
    file: Omit<FileToPut, "content">,
    options: FileDownloadOptions,
  ): Promise<void>;
}
