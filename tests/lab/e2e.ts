/**
 * Runs scenarios on fresh hosts: `deno task e2e [scenario [number…]…]`, `--list` names them. Numbers are for the scenario
 * before them.
 *
 * @module
 */

import { Lab, removeOnSignal } from "./lab.ts";
import { stopwatch } from "./process.ts";
import { Run, type Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Labs that exist at this moment, for signals. */
const labs = new Set<Lab>();

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--list")) {
    for (const { name, summary } of SCENARIOS) console.log(`${name}\t${summary}`);
    return 0;
  }
  const isNumber = (word: string) => /^\d+$/.test(word);
  const numbersOf = (name: string) => {
    const behind = args.slice(args.indexOf(name) + 1);
    const end = behind.findIndex((word) => !isNumber(word));
    return behind.slice(0, end < 0 ? behind.length : end).map(Number);
  };
  const unknown = args.filter((name) => !isNumber(name) && !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    console.error(`Cannot run ${unknown.join(", ")}: no such scenario; --list names them`);
    return 2;
  }
  const chosen = args.length === 0
    ? SCENARIOS
    : args.flatMap((name) => SCENARIOS.filter((found) => found.name === name));
  removeOnSignal(() => labs);
  let passed = 0;
  for (const scenario of chosen) if (await attempt(scenario, numbersOf(scenario.name))) passed++;
  console.log(`${passed} passed, ${chosen.length - passed} failed`);
  return passed === chosen.length ? 0 : 1;
}

/** Runs one scenario in a lab of its own. Whatever happens, the lab is gone afterwards; what it left is kept on failure. */
async function attempt(scenario: Scenario, numbers: readonly number[]): Promise<boolean> {
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
