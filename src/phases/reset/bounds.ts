import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/**
 * Waits for work that may hang (a dead file server, a runtime that does not answer) no longer than that.
 * @throws {UserError} when time is up; the work may still go on.
 */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UserError(`${what}: it did not end within ${limitMs / 1_000} s`)), limitMs);
  });
  work.catch(() => undefined); // nobody listens any more when it was late
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A phase whose failure keeps no other from its work: it stays open, and with it the receipt. */
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
