/** Errors of the Kubernetes API, thrown by clients and fakes. @module */
import { UserError, type UserErrorOptions } from "../errors.ts";

/** `reason` of a {@linkcode KubeError} when there was no HTTP answer; its `status` is 0. */
export const UNREACHABLE = "Unreachable";
/** `reason` of a {@linkcode KubeError} when the TLS handshake failed in a way that waiting does not fix; `status` is 0. */
export const TLS_REFUSED = "TLSRefused";

/** An error answer of the API server, or no answer. */
export class KubeError extends UserError {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The API's machine-readable reason (`Forbidden`, `Conflict`, `AlreadyExists`), {@linkcode UNREACHABLE} or {@linkcode TLS_REFUSED}. */
  readonly reason: string;

  constructor(message: string, about: { status: number; reason: string }, options: UserErrorOptions = {}) {
    super(message, options);
    this.status = about.status;
    this.reason = about.reason;
  }
}

/** The HTTP status of a failed call (0: no answer); undefined for other errors. */
export function httpStatusOf(error: unknown): number | undefined {
  return error instanceof KubeError ? error.status : undefined;
}

/** Whether a call failed because TLS refused the server, which waiting does not fix. */
export function isTlsRefusal(error: unknown): boolean {
  return error instanceof KubeError && error.reason === TLS_REFUSED;
}
