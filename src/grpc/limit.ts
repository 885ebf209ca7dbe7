/** When a call has to end before it is over: its deadline, the caller's signal. @module */
import { GrpcTimeout } from "../system/grpc.ts";

export interface Limit {
  /** As the work ends, or rejects when time is up first; what the work then still brings goes to `discard`. */
  during<T>(work: Promise<T>, discard: (late: T) => void): Promise<T>;
  /** Called once, with the reason, when the call has to end; at once, when it had to before. */
  onEnd(listener: (reason: unknown) => void): void;
  /** Neither deadline nor signal counts any more. */
  clear(): void;
}

/** @throws the signal's reason when it is aborted already. */
export function limitOf({ timeoutMs, signal }: { timeoutMs?: number; signal?: AbortSignal }): Limit {
  signal?.throwIfAborted();
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = timeoutMs === undefined
    ? undefined
    : setTimeout(() => own.abort(new GrpcTimeout(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  const onEnd = (listener: (reason: unknown) => void) => {
    if (own.signal.aborted) listener(own.signal.reason);
    else own.signal.addEventListener("abort", () => listener(own.signal.reason), { once: true });
  };
  return {
    clear,
    onEnd,
    async during(work, discard) {
      work.then((late) => own.signal.aborted && discard(late), () => undefined);
      return await Promise.race([work, new Promise<never>((_, reject) => onEnd(reject))]);
    },
  };
}
