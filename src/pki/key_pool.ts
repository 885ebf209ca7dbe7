import type { EncryptionAlgorithm } from "../config/types.ts";
import { generateKeyPair, type KeyPair } from "./keys.ts";

/** Keys that are generated in the background. */
export interface KeyPool {
  /**
   * The key pair of this name, as soon as it is ready; always the same one. A name that was not announced goes to the head
   * of the queue. Rejects with the error of the generation.
   */
  take(name: string): Promise<KeyPair>;
}

/**
 * Starts to generate key pairs in the background. RSA keys take most of the CPU time of `init`. Generation starts before the
 * keys are needed, the earliest-needed first, with at most one key per CPU: more would delay the first ones.
 * @param names in the order in which they are needed; keys that are never taken are not an error.
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
    // A failure must reach the caller of take() only: without this handler it would end the program.
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
