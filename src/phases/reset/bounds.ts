import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/**
 * Waits with a time limit for work that may hang (a file server or a container runtime that does not answer).
 * @throws {UserError} when the time limit expires; the work may continue.
 */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UserError(`${what}: timed out after ${limitMs / 1_000} s`)), limitMs);
  });
  work.catch(() => undefined); // a late failure is not reported
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A phase whose failure does not stop the run: it is reported, and the receipt is kept. */
export function onItsOwn(phase: Phase<ResetContext>): Phase<ResetContext> {
  return {
    ...phase,
    async run(context) {
      try {
        await phase.run?.(context);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        context.open(phase.name, messageOf(error));
      }
    },
  };
}
