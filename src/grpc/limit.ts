/** The early end of a call: its deadline, or the caller's signal. @module */
import { GrpcTimeout } from "../system/grpc.ts";

export interface Limit {
  /** Settles as the work does, or rejects when the limit is reached first; a later result of the work goes to `discard`. */
  during<T>(work: Promise<T>, discard: (late: T) => void): Promise<T>;
  /** Calls the listener once, with the reason, when the call must end; at once when it already must. */
  onEnd(listener: (reason: unknown) => void): void;
  /** Disables the deadline and the signal. */
  clear(): void;
}

/** @throws the signal's reason when it is already aborted. */
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
