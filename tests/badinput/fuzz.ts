/**
 * The fuzzer: mutations through every door of `targets.ts`, the same ones for the same seed.
 *
 *     deno task fuzz [seed] [count]
 *
 * @module
 */

import { UserError } from "../../src/errors.ts";
import { startTime, timeTrouble } from "./case.ts";
import { smaller, Source } from "./mutate.ts";
import { type Input, type Target, TARGETS } from "./targets.ts";

/** A defect: the mutation, and the smallest input that was found to show it. */
export interface Failure {
  target: string;
  seed: number;
  trouble: string;
  input: Input;
}

/** What came of a run. */
export interface Fuzzed {
  /** Mutations by target: tried, and refused. */
  targets: Map<string, { tried: number; refused: number }>;
  failures: Failure[];
}

/** Runs one input. @returns what is wrong, as one line; "refused" and "taken" are right. */
async function outcomeOf(target: Target, input: Input): Promise<string> {
  const start = startTime();
  let outcome = "taken";
  try {
    await target.run(input);
  } catch (error) {
    const at = (error as Error).stack?.split("\n").find((line) => line.includes("/src/"))?.trim() ?? "";
    outcome = error instanceof UserError ? "refused" : `${error} ${at}`;
  }
  return timeTrouble(start)[0] ?? outcome;
}

/** Takes away from a failing input what does not matter for the failure. */
async function shrink(target: Target, input: Input, trouble: string): Promise<Input> {
  if (trouble.startsWith("took")) return input;
  const kind = trouble.slice(0, 60);
  for (let rounds = 0; rounds < 20; rounds++) {
    let found: Input | undefined;
    for (const candidate of smaller(input)) {
      if ((await outcomeOf(target, candidate)).startsWith(kind)) {
        found = candidate;
        break;
      }
    }
    if (found === undefined) break;
    input = found;
  }
  return input;
}

/** Tries so many mutations of a seed, shared out among the targets. `progress` is told the number of each before it runs. */
export async function fuzz(
  seed: number,
  count: number,
  progress: (target: string, seed: number) => void = () => {},
): Promise<Fuzzed> {
  const all = TARGETS.reduce((sum, { share }) => sum + share, 0);
  const fuzzed: Fuzzed = { targets: new Map(), failures: [] };
  for (const [number, target] of TARGETS.entries()) {
    const counts = { tried: 0, refused: 0 };
    fuzzed.targets.set(target.name, counts);
    for (let i = 0; i < Math.max(1, Math.round(count * target.share / all)); i++) {
      const own = (seed * 1_000_003 + number * 10_000_019 + i) >>> 0;
      progress(target.name, own);
      const input = target.make(new Source(own));
      const outcome = await outcomeOf(target, input);
      counts.tried++;
      if (outcome === "refused") counts.refused++;
      if (outcome === "refused" || outcome === "taken") continue;
      if (fuzzed.failures.some(({ trouble }) => trouble.slice(0, 80) === outcome.slice(0, 80))) continue;
      fuzzed.failures.push({
        target: target.name,
        seed: own,
        trouble: outcome,
        input: await shrink(target, input, outcome),
      });
    }
  }
  return fuzzed;
}

/** A failure as a person reads it. */
export function failureText({ target, seed, trouble, input }: Failure): string {
  const shown = input instanceof Uint8Array ? input.toHex() : JSON.stringify(input);
  return `${target}, seed ${seed}: ${trouble.slice(0, 600)}\n  input: ${shown.slice(0, 2_000)}`;
}

if (import.meta.main) {
  const [seed = Math.floor(Math.random() * 2 ** 31), count = 10_000] = Deno.args.map(Number);
  console.log(`seed ${seed}, ${count} mutations`);
  const { targets, failures } = await fuzz(seed, count);
  let tried = 0;
  for (const [name, counts] of targets) {
    tried += counts.tried;
    console.log(`${String(counts.tried).padStart(7)} ${name}, ${counts.refused} refused by the door itself`);
  }
  for (const failure of failures) console.log(`\n${failureText(failure)}`);
  console.log(`\nseed ${seed}: ${tried} mutations, ${failures.length} defects`);
  Deno.exit(failures.length === 0 ? 0 : 1);
}
