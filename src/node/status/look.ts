import { UserError } from "../../errors.ts";

/** Time limit of one observation, in ms. */
const LOOK_MS = 2_000;

/** The outcome of an observation: the value, or why there is none. */
export type Seen<T> = { value: T } | { why: string };

/** Observes with a time limit; a {@linkcode UserError} becomes the reason. */
export async function look<T>(work: () => Promise<T>, limitMs = LOOK_MS): Promise<Seen<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Seen<T>>((resolve) => {
    timer = setTimeout(() => resolve({ why: `no answer within ${limitMs / 1_000} s` }), limitMs);
  });
  const seen = (async (): Promise<Seen<T>> => {
    try {
      return { value: await work() };
    } catch (error) {
      if (error instanceof UserError) return { why: error.message };
      throw error;
    }
  })();
  seen.catch(() => undefined); // after the time limit, no one handles a rejection
  try {
    return await Promise.race([seen, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The value, or undefined. */
export function valueOf<T>(seen: Seen<T>): T | undefined {
  return "value" in seen ? seen.value : undefined;
}
