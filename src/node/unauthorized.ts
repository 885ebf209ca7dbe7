/** Waits in which an API server rejects the credentials, or TLS rejects the API server. @module */
import { UserError } from "../errors.ts";
import { httpStatusOf, isTlsRefusal } from "../system/kube_error.ts";

/** How long (ms) a refusal may last: a new token, or one of several servers, may take a moment. */
const PATIENCE_MS = 6_000;

/** The outcome of one try of a wait: an HTTP status, the error of a call, or undefined for neither. */
export type Tried = number | Error | undefined;

/** What was refused; undefined for everything that may change a moment later. */
function refusalIn(tried: Tried): "credentials" | "server" | undefined {
  if (tried === 401 || httpStatusOf(tried) === 401) return "credentials";
  return isTlsRefusal(tried) ? "server" : undefined;
}

/** Whether the outcome of a try is a refusal, which waiting does not change once it has lasted. */
export function isRefusal(tried: Tried): boolean {
  return refusalIn(tried) !== undefined;
}

/**
 * Watches the answers of one wait: ends it when, for some time, the API server has rejected the credentials (401), or TLS
 * has rejected the server at its address, because waiting does not change that.
 * @param whose what is rejected: `the identity of the kubelet (/etc/kubernetes/kubelet.conf)`.
 * @param hints what to do.
 * @param patienceMs how long a refusal may last.
 * @returns takes the outcome of each try; throws a {@linkcode UserError} when the refusal has lasted too long.
 */
export function endWhenRefused(
  whose: string,
  hints: readonly string[],
  patienceMs = PATIENCE_MS,
): (tried: Tried) => void {
  let since: { refused: "credentials" | "server"; at: number } | undefined;
  return (tried) => {
    const refused = refusalIn(tried);
    if (refused === undefined) return void (since = undefined);
    if (since?.refused !== refused) since = { refused, at: performance.now() };
    if (performance.now() - since.at < patienceMs) return;
    if (refused === "credentials") {
      throw new UserError(`Cannot continue: the API server rejects ${whose} (401 Unauthorized)`, { hint: hints });
    }
    throw new UserError(`Cannot continue: the API server's certificate was rejected, connecting with ${whose}`, {
      cause: tried,
      hint: [...tried instanceof UserError ? tried.hints : [], ...hints],
    });
  };
}
