/** Waits in which an API server refuses the credentials. @module */
import { UserError } from "../errors.ts";

/** For how long (ms) a refusal may last: a token that was just made, or one of several servers, may take a moment. */
const PATIENCE_MS = 6_000;

/**
 * Watches the answers of one wait: ends it when the API server has refused the credentials (401) for some time, because
 * waiting does not change that.
 * @param whose what is refused: `the identity of the kubelet (/etc/kubernetes/kubelet.conf)`.
 * @param hints what to do.
 * @returns takes each answer's status; throws a {@linkcode UserError} when it is time.
 */
export function endWhenRefused(whose: string, hints: readonly string[]): (status: number | undefined) => void {
  let since: number | undefined;
  return (status) => {
    if (status !== 401) return void (since = undefined);
    since ??= performance.now();
    if (performance.now() - since < PATIENCE_MS) return;
    throw new UserError(`Cannot continue: the API server refuses ${whose} (401 Unauthorized)`, { hint: hints });
  };
}
