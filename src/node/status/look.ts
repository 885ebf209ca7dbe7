import { UserError } from "../../errors.ts";

/** How long one look at something may take, in ms. */
const LOOK_MS = 2_000;

/** What looking gave: the thing, or why it could not be seen. */
export type Seen<T> = { value: T } | { why: string };

/** Looks, for a limited time; an error that is meant for people is why nothing was seen. */
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
  seen.catch(() => undefined); // nobody listens any more when it was late
  try {
    return await Promise.race([seen, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The thing, or undefined. */
export function valueOf<T>(seen: Seen<T>): T | undefined {
  return "value" in seen ? seen.value : undefined;
}
