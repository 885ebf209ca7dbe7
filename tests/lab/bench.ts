/**
 * `deno task bench [--rounds N] [--before PROGRAM] [--timeline] [RSA-2048] [ECDSA-P256] [join]`: how long `init` and `join` take, beside
 * the lab's kubeadm, or beside another kubewright, as of before a change, and beside the floor: everything is there, and
 * only the kubelet is started. All get the same configuration and preloaded images, each its own fresh host, one at a time;
 * one observer tells of all when they are healthy. `--timeline` draws the last round, `dist/timeline-<job>.svg`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Contender, initContenders, joinContenders } from "./contenders.ts";
import { Lab, removeOnSignal } from "./lab.ts";
import { type Measured, median, startUp, table } from "./measure.ts";
import { binary } from "./scenario.ts";
import { drawTimelines } from "./timeline.ts";

const JOBS = ["RSA-2048", "ECDSA-P256", "join"] as const;
type Job = typeof JOBS[number];

/** Above this, something else was running. */
const QUIET_LOAD = 0.5;

const MEANING = `seconds from the start of the command (kubewright with --cni none, so that both do the same work):
  healthy  init: /readyz of kube-apiserver, /healthz of kube-controller-manager and kube-scheduler have answered 200;
           join: the Node is Ready
  end      the command has ended; neither waits for the node to be Ready, nor has a pod network
  CPU      user and system seconds of the command and its children; the kubelet and containers are not among them
kubeadm finds the kubelet's unit installed and enabled, kubewright installs it. Ratios are of the same round.`;

const two = (value: number) => value.toFixed(2);
const KEYS = ["healthy", "end", "cpu"] as const;

/** Our own is the last: its values, and what they are of the others'. The floor has no command of its own. */
function heading(contenders: readonly Contender[]): string[] {
  const others = contenders.slice(0, -1);
  const named = (what: string, of: readonly Contender[]) => [
    ...contenders.filter((one) => one === contenders.at(-1) || of.includes(one)).map(({ name }) => `${what} ${name}`),
    ...of.map(({ name }) => `/${name}`),
  ];
  const tools = others.filter(({ isFloor }) => !isFloor);
  return ["round", ...named("healthy", others), ...named("end", tools), ...named("CPU", tools)];
}

function row(title: string, contenders: readonly Contender[], runs: ReadonlyMap<Contender, Measured>): string[] {
  const ours = runs.get(contenders.at(-1)!)!;
  const cells = KEYS.flatMap((key) => {
    const others = contenders.slice(0, -1).filter(({ isFloor }) => key === "healthy" || !isFloor);
    const values = others.map((one) => runs.get(one)![key]);
    return [...values, ours[key], ...values.map((value) => ours[key] / value)];
  });
  return [title, ...cells.map(two)];
}

/** The median of each column: a ratio's is the median of ratios, not the ratio of medians. */
function medians(rows: readonly (readonly string[])[]): string[] {
  return [
    "median",
    ...rows[0]!.slice(1).map((_, column) => two(median(rows.map((cells) => Number(cells[column + 1]))))),
  ];
}

/**
 * Rounds in which each contender has its turn; who begins changes. The first round only warms up and is not counted.
 * @returns the last round.
 */
async function compare(
  lab: Lab,
  job: Job,
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<Contender, Measured>> {
  const rows: string[][] = [];
  let last: ReadonlyMap<Contender, Measured> = new Map();
  for (let round = 0; round <= rounds; round++) {
    const shift = round % contenders.length;
    const runs = new Map<Contender, Measured>();
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      const run = await contender.run(lab, `${job.toLowerCase().slice(0, 3)}-${round}-${contender.name}`);
      runs.set(contender, run);
      console.error(
        `  ${job} ${round === 0 ? "warm-up" : round} ${contender.name}: ${two(run.healthy)}, ${two(run.end)}`,
      );
    }
    if (round > 0) rows.push(row(`${round}`, contenders, runs));
    last = runs;
  }
  console.log(`\n${job}, seconds\n${table([heading(contenders), ...rows, medians(rows)])}`);
  return last;
}

/** Draws a round beside the compiled program. */
async function draw(job: Job, runs: ReadonlyMap<Contender, Measured>): Promise<void> {
  const path = `dist/timeline-${job.toLowerCase()}.svg`;
  const timelines = [...runs].map(([{ name }, { timeline }]) => ({ ...timeline, tool: name }));
  await Deno.writeTextFile(new URL(`../../${path}`, import.meta.url), drawTimelines(job, timelines));
  console.log(`drawn: ${path}`);
}

/** What the programs cost before they do anything. */
async function programs(lab: Lab, paths: Readonly<Record<string, string>>): Promise<void> {
  const host = await lab.host("start-up");
  const lines = [["", "version, ms", "binary, MB"]];
  for (const [name, path] of Object.entries(paths)) {
    const there = `/usr/local/bin/${name}-measured`;
    await host.push(path, there);
    await host.exec([there, "version"]); // the self-extracting kind unpacks itself in its first run
    lines.push([name, (await startUp(host, there)).toFixed(0), ((await Deno.stat(path)).size / 1e6).toFixed(1)]);
  }
  await host.kill();
  console.log(`\n${table(lines)}`);
}

async function main(args: readonly string[]): Promise<number> {
  const { values: { rounds: count, before, timeline }, positionals: chosen } = parseArgs({
    args: [...args],
    options: { rounds: { type: "string", default: "5" }, before: { type: "string" }, timeline: { type: "boolean" } },
    allowPositionals: true,
  });
  const rounds = Number(count);
  const unknown = chosen.filter((name) => !(JOBS as readonly string[]).includes(name));
  if (!(Number.isInteger(rounds) && rounds > 0) || unknown.length > 0) {
    console.error(
      `Cannot measure that: deno task bench [--rounds N] [--before PROGRAM] [--timeline] [${JOBS.join("] [")}]`,
    );
    return 2;
  }
  const [load = 0] = Deno.loadavg();
  console.log(
    `${navigator.hardwareConcurrency} CPUs, load average ${two(load)} at the start; ${rounds} rounds\n${MEANING}`,
  );
  if (load > QUIET_LOAD) {
    console.log(`WARNING: the machine is not quiet (load average above ${QUIET_LOAD}): do not quote this`);
  }
  await using lab = await Lab.create({ name: `bench-${Deno.pid}` });
  removeOnSignal(() => [lab]);
  const ours = await binary();
  await programs(lab, { ...before === undefined ? { kubeadm: lab.programs.get("kubeadm")! } : { before }, ours });
  for (const job of chosen.length > 0 ? chosen as Job[] : JOBS) {
    const contenders = job === "join" ? joinContenders(ours, before) : initContenders(job, ours, before);
    const last = await compare(lab, job, contenders, rounds);
    if (timeline) await draw(job, last);
  }
  return 0;
}

Deno.exit(
  await main(Deno.args).catch((error) => {
    console.error(`FAILED ${error instanceof Error ? error.message : error}`);
    return 1;
  }),
);
