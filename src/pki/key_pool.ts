import type { EncryptionAlgorithm } from "../config/types.ts";
import { generateKeyPair, type KeyPair } from "./keys.ts";

/** Keys that are being made in the background. */
export interface KeyPool {
  /**
   * The key pair of this name, as soon as it is ready; always the same one. A name that was not announced is put at
   * the head of the queue. Rejects with what the generation threw.
   */
  take(name: string): Promise<KeyPair>;
}

/**
 * Starts to make key pairs in the background. RSA keys cost the most CPU time of all that `init` computes, so they are
 * begun before anything waits for them, the earliest-needed first, and no more at once than there are CPUs: more would
 * delay the first ones without finishing the last ones sooner.
 * @param names in the order in which they will be needed; one that is never taken is no error.
 * @param concurrency how many at once, usually `host.cpus()`.
 * @param generate for tests.
 */
export function startKeys(
  names: readonly string[],
  algorithm: EncryptionAlgorithm,
  concurrency: number,
  generate: (algorithm: EncryptionAlgorithm) => Promise<KeyPair> = generateKeyPair,
): KeyPool {
  const keys = new Map<string, Promise<KeyPair>>();
  const queue: (() => Promise<void>)[] = [];
  let running = 0;

  const work = async () => {
    running++;
    for (let next = queue.shift(); next; next = queue.shift()) await next();
    running--;
  };
  const order = (name: string, place: "push" | "unshift"): Promise<KeyPair> => {
    const { promise, resolve } = Promise.withResolvers<KeyPair>();
    // Nobody may ever take this key: a failure must reach whoever does, and not end the program as an unhandled one.
    promise.catch(() => {});
    keys.set(name, promise);
    queue[place](async () => {
      const made = (async () => await generate(algorithm))();
      resolve(made);
      await made.catch(() => {});
    });
    if (running < Math.max(1, concurrency)) void work();
    return promise;
  };

  for (const name of new Set(names)) void order(name, "push");
  return { take: (name) => keys.get(name) ?? order(name, "unshift") };
}
