/**
 * Generates configurations from a seed, gives them to both programs, and makes each kind of difference small.
 *
 * @module
 */
import { type Execute, runBatch, type Try } from "./batch.ts";
import { type Allowed, differencesOf, type Found } from "./differences.ts";
import { describeEdit, type Edit, edits, render } from "./edits.ts";
import { FIXTURES } from "./fixtures.ts";
import { Random } from "./random.ts";

/** What is run. */
export interface Plan {
  seed: number;
  count: number;
  /** Of how many configurations that both take one has its files compared; those with fixtures always. */
  filesOneIn: number;
  /** Batches beside one another. */
  lanes: number;
  /** For how many seconds differences are made small. */
  shrinkSeconds: number;
}

/** A kind of difference: how often, and the smallest configuration that shows it. */
export interface Kind extends Found {
  times: number;
  /** Number of the first configuration that showed it. */
  first: number;
  smallest: readonly Edit[];
}

/** What came of a run. */
export interface Outcome {
  kinds: readonly Kind[];
  /** Both took, both refused, only one took. */
  verdicts: { both: number; neither: number; one: number };
}

/** Configurations in one batch. */
const BATCH = 10;
/** Kinds of differences that are made small; more are a sign of something else. */
const MOST_KINDS = 25;

/** The edits of configuration `index` of a seed. */
export function editsOf(seed: number, index: number): Edit[] {
  return edits(new Random(seed * 1_000_003 + index), Object.keys(FIXTURES));
}

function tryOf(name: string, chosen: readonly Edit[], files: boolean): Try {
  const fixture = chosen.flatMap((edit) => "before" in edit ? [FIXTURES[edit.before]!] : [])[0];
  return { name, text: render(chosen), files: files || fixture !== undefined, before: fixture };
}

/** Runs the plan; `log` is told how far it is. */
export async function fuzz(
  plan: Plan,
  execute: Execute,
  programs: readonly [string, string],
  allowed: Allowed,
  log: (line: string) => void,
): Promise<Outcome> {
  const kinds = new Map<string, Kind>();
  const verdicts = { both: 0, neither: 0, one: 0 };
  const look = async (tries: readonly Try[]) => {
    const made = await runBatch(execute, programs, tries);
    return await Promise.all(tries.map(async ({ name, text }) => {
      const pair = made.get(name)!;
      const codes = [pair.kubeadm, pair.kubewright].map(({ stages }) => stages.get("validate")?.code === 0);
      return { name, codes, found: await differencesOf(pair, text, allowed) };
    }));
  };
  let next = 0, done = 0;
  const lane = async () => {
    while (next < plan.count) {
      const from = next;
      next = Math.min(plan.count, next + BATCH);
      const indices = Array.from({ length: next - from }, (_, i) => from + i);
      const tries = indices.map((index) =>
        tryOf(String(index), editsOf(plan.seed, index), index % plan.filesOneIn === 0)
      );
      for (const { name, codes, found } of await look(tries)) {
        verdicts[codes[0] !== codes[1] ? "one" : codes[0] ? "both" : "neither"]++;
        for (const difference of found) {
          const known = kinds.get(difference.key);
          if (known) known.times++;
          else {
            const index = Number(name);
            kinds.set(difference.key, { ...difference, times: 1, first: index, smallest: editsOf(plan.seed, index) });
          }
        }
      }
      done += tries.length;
      if (done % 500 < BATCH) log(`${done} configurations, ${kinds.size} kinds of differences`);
    }
  };
  await Promise.all(Array.from({ length: plan.lanes }, lane));
  const end = performance.now() + plan.shrinkSeconds * 1000;
  for (const kind of [...kinds.values()].slice(0, MOST_KINDS)) await shrink(kind, look, end);
  return { kinds: [...kinds.values()], verdicts };
}

/** Leaves out edits, one after another, for as long as the difference is the same. */
async function shrink(
  kind: Kind,
  look: (tries: readonly Try[]) => Promise<{ name: string; found: Found[] }[]>,
  end: number,
): Promise<void> {
  while (kind.smallest.length > 1 && performance.now() < end) {
    const smaller = kind.smallest.map((_, i) => kind.smallest.filter((_, j) => j !== i));
    const results = await look(smaller.map((chosen, i) => tryOf(String(i), chosen, !kind.key.startsWith("validate"))));
    const same = results.find(({ found }) => found.some(({ key }) => key === kind.key));
    if (!same) return;
    kind.smallest = smaller[Number(same.name)]!;
    kind.shown = same.found.find(({ key }) => key === kind.key)!.shown;
  }
}

/** A kind of difference for people, with what shows it again. */
export function describeKind(kind: Kind, seed: number): string {
  const lines = [
    `${kind.shown}`,
    `${kind.times} times; seed ${seed}, configuration ${kind.first}; smallest:`,
    ...kind.smallest.map((edit) => `  ${describeEdit(edit)}`),
  ];
  return lines.join("\n    ");
}
