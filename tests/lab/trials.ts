/**
 * Many tries of one thing on fresh hosts, a few at a time, and choices that can be made again.
 *
 * @module
 */

import type { Host } from "./host.ts";
import type { Run } from "./scenario.ts";

/** Hosts at a time: more would wait for one another's CPUs. */
const AT_ONCE = 2;

/** Numbers in [0, 1) that are the same again for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of KUBEWRIGHT_SEED, or a new one; printed, so that a run can be repeated. */
export function seeded(t: Run): () => number {
  const seed = Number(Deno.env.get("KUBEWRIGHT_SEED") || Math.trunc(Math.random() * 1e9));
  t.log(`seed ${seed} (KUBEWRIGHT_SEED=${seed} makes the same choices again)`);
  return randomFrom(seed);
}

/** `count` from the environment, or the default. */
export function countFrom(name: string, count: number): number {
  return Number(Deno.env.get(name) || count);
}

/** One try: what it is called in the log, and what is done on a host of its own; returns what is to be told. */
export interface Trial {
  label: string;
  run(host: Host): Promise<string>;
}

/**
 * Does all trials, each on a fresh host that is gone afterwards; throws at the end when some failed.
 * @param prefix of the hosts' names.
 */
export async function trials(t: Run, all: readonly Trial[], prefix = "k"): Promise<void> {
  const queue = [...all.entries()];
  const failures: string[] = [];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, trial] = next;
      const failure = await attempt(t, `${prefix}${index + 1}`, trial);
      if (failure !== undefined) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  t.log(`${all.length - failures.length} of ${all.length}`);
  if (failures.length > 0) throw new Error(`${failures.length} of ${all.length} failed:\n${failures.join("\n")}`);
}

async function attempt(t: Run, name: string, { label, run }: Trial): Promise<string | undefined> {
  let host: Host | undefined;
  try {
    host = await t.host(name);
    t.log(`${name}, ${label}: ${await run(host)}`);
    return undefined;
  } catch (error) {
    const folder = await Deno.makeTempDir({ prefix: `kubewright-${name}-` });
    await host?.collect(folder).catch((problem) => t.log(`${name}: ${problem}`));
    const failure = `${name}, ${label}: ${error instanceof Error ? error.message : error}\n  kept in ${folder}`;
    t.log(`FAILED ${failure}`);
    return failure;
  } finally {
    await host?.kill();
    if (host !== undefined) await Deno.remove(host.root, { recursive: true });
  }
}
