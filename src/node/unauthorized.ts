/** Waits in which an API server refuses the credentials, or is refused itself. @module */
import { UserError } from "../errors.ts";
import { httpStatusOf, isTlsRefusal } from "../system/kube_error.ts";

/** For how long (ms) a refusal may last: a token that was just made, or one of several servers, may take a moment. */
const PATIENCE_MS = 6_000;

/** What one try of a wait came to: an HTTP status, the error of a call, or nothing that says anything of credentials. */
export type Tried = number | Error | undefined;

/** What was refused; undefined for everything that may be otherwise a moment later. */
function refusalIn(tried: Tried): "credentials" | "server" | undefined {
  if (tried === 401 || httpStatusOf(tried) === 401) return "credentials";
  return isTlsRefusal(tried) ? "server" : undefined;
}

/** Whether waiting does not change what a try came to, once it has lasted. */
export function isRefusal(tried: Tried): boolean {
  return refusalIn(tried) !== undefined;
}

/**
 * Watches the answers of one wait: ends it when, for some time, the API server has refused the credentials (401), or what
 * answers at its address could not be trusted (TLS), because waiting does not change that.
 * @param whose what is refused: `the identity of the kubelet (/etc/kubernetes/kubelet.conf)`.
 * @param hints what to do.
 * @param patienceMs how long a refusal may last.
 * @returns takes what each try came to; throws a {@linkcode UserError} when it is time.
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
      throw new UserError(`Cannot continue: the API server refuses ${whose} (401 Unauthorized)`, { hint: hints });
    }
    throw new UserError(`Cannot continue: what answers as the API server is refused over TLS, with ${whose}`, {
      cause: tried,
      hint: [...tried instanceof UserError ? tried.hints : [], ...hints],
    });
  };
}
