/**
 * Runs scenarios on fresh hosts: `deno task e2e [--binary compiled|self-extracting|both] [scenario [number…]…]`, `--list`
 * names them. Numbers are for the scenario before them. Without `--binary` it is the program in `dist/`, or the one that
 * KUBEWRIGHT_BINARY names.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { binaryOfKind, type Kind, kindsOf } from "../binaries.ts";
import { Lab, removeOnSignal } from "./lab.ts";
import { stopwatch } from "./process.ts";
import { Run, type Scenario, useBinary } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Labs that exist at this moment, for signals. */
const labs = new Set<Lab>();

/** A scenario to run, with the numbers that stand behind its name. */
interface Chosen {
  scenario: Scenario;
  numbers: number[];
}

/**
 * The scenarios that words name, in their order; all without words.
 * @throws when there is no such scenario.
 */
function chosenBy(words: readonly string[]): Chosen[] {
  if (words.length === 0) return SCENARIOS.map((scenario) => ({ scenario, numbers: [] }));
  const chosen: Chosen[] = [];
  for (const word of words) {
    const last = chosen.at(-1);
    if (last && /^\d+$/.test(word)) {
      last.numbers.push(Number(word));
      continue;
    }
    const scenario = SCENARIOS.find(({ name }) => name === word);
    if (scenario === undefined) throw new Error(`there is no scenario "${word}"; --list names them`);
    chosen.push({ scenario, numbers: [] });
  }
  return chosen;
}

async function main(args: readonly string[]): Promise<number> {
  const { values: { binary, list }, positionals: words } = parseArgs({
    args: [...args],
    options: { binary: { type: "string" }, list: { type: "boolean" } },
    allowPositionals: true,
  });
  if (list) {
    for (const { name, summary } of SCENARIOS) console.log(`${name}\t${summary}`);
    return 0;
  }
  let chosen: Chosen[];
  let programs: { kind: Kind; path: string }[] | undefined;
  try {
    chosen = chosenBy(words);
    programs = binary === undefined
      ? undefined
      : await Promise.all(kindsOf(binary).map(async (kind) => ({ kind, path: await binaryOfKind(kind) })));
  } catch (error) {
    console.error(`Cannot run scenarios: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
  removeOnSignal(() => labs);
  let [passed, tried] = [0, 0];
  for (const program of programs ?? [undefined]) {
    if (program !== undefined) {
      useBinary(program.path);
      console.log(`== the ${program.kind} binary`);
    }
    for (const one of chosen) {
      tried++;
      if (await attempt(one)) passed++;
    }
  }
  console.log(`${passed} passed, ${tried - passed} failed`);
  return passed === tried ? 0 : 1;
}

/** Runs one scenario in a lab of its own. Whatever happens, the lab is gone afterwards; what it left is kept on failure. */
async function attempt({ scenario, numbers }: Chosen): Promise<boolean> {
  const time = stopwatch();
  console.log(`${scenario.name}: ${scenario.summary}`);
  let lab: Lab | undefined;
  try {
    lab = await Lab.create({ name: `e2e-${scenario.name}-${Deno.pid}` });
    labs.add(lab);
    await scenario.run(new Run(lab, numbers));
    console.log(`ok ${scenario.name} (${time()})`);
    return true;
  } catch (error) {
    // Interrupted: its hosts were taken away below it, and the signal handler is about to end this process.
    if (lab?.removed) await new Promise(() => {});
    console.log(`FAILED ${scenario.name} (${time()})\n${explain(error)}`);
    if (lab !== undefined) console.log(`  kept in ${await keep(scenario.name, lab)}`);
    return false;
  } finally {
    if (lab !== undefined) {
      await lab[Symbol.asyncDispose]();
      labs.delete(lab);
    }
  }
}

/** Collects every host's journal, logs and files into one folder below KUBEWRIGHT_LAB_REPORTS, or a temporary one. */
async function keep(scenario: string, lab: Lab): Promise<string> {
  const parent = Deno.env.get("KUBEWRIGHT_LAB_REPORTS") || "/tmp/kubewright-lab";
  const folder = `${parent}/${scenario}-${new Date().toISOString().replaceAll(":", "").slice(0, 17)}-${Deno.pid}`;
  await Deno.mkdir(folder, { recursive: true });
  await Promise.all(lab.hosts.map(async (host) => {
    await host.collect(`${folder}/${host.name}`).catch((error) => console.log(`  ${host.name}: ${explain(error)}`));
  }));
  return folder;
}

/** An error with its causes, outermost first. */
function explain(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    lines.push(`  ${at instanceof Error ? at.message : String(at)}`.replaceAll("\n", "\n  "));
  }
  return lines.join("\n");
}

Deno.exit(await main(Deno.args));
