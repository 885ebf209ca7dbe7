/**
 * `deno task bench [--pairs N] [--before PROGRAM] [RSA-2048] [ECDSA-P256]`: how long `init` takes, beside the lab's kubeadm
 * on an identical fresh host, or beside another kubewright, as of before a change. Both get the same configuration file and
 * the same preloaded images, one host at a time; runs are measured from outside, by when lines arrive.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { CONFIG, prepare, PROGRAM } from "./kubewright.ts";
import { initConfiguration } from "./config.ts";
import { Lab, removeOnSignal } from "./lab.ts";
import { type Measured, measured, median, startUp, table } from "./measure.ts";
import { preparePeer } from "./peer.ts";
import { binary, useBinary } from "./scenario.ts";

const ALGORITHMS = ["RSA-2048", "ECDSA-P256"] as const;
type Algorithm = typeof ALGORITHMS[number];
/** The one that others are compared with comes first. */
type Tool = "kubeadm" | "before" | "kubewright";

/** The two that are compared. */
interface Pair {
  tools: readonly [Tool, Tool];
  /** Where `before` and `kubewright` are. */
  programs: { readonly [tool in Tool]?: string };
}

/** Above this, something else was running. */
const QUIET_LOAD = 0.5;

const COMPARED = `compared, from the start of the command (kubewright with --cni none, so that both do the same work):
  healthy  kubeadm: arrival of the third line "[control-plane-check] … is healthy after"; kubewright: phase wait-control-plane finished
  end      preflight, keys, files, kubelet, control plane healthy, configuration uploaded, node registered and marked,
           bootstrap token, CoreDNS and kube-proxy applied; neither waits for the node to be Ready, nor has a pod network
  CPU      user and system seconds of the command and its children; the kubelet and containers are not among them
kubeadm finds the kubelet's unit installed and enabled, kubewright installs it.`;

/** One run of a tool on a fresh host, which is gone afterwards. */
async function once(lab: Lab, name: string, tool: Tool, { programs }: Pair, algorithm: Algorithm): Promise<Measured> {
  const host = await lab.host(name);
  try {
    if (tool !== "kubeadm") {
      useBinary(programs[tool]!);
      await prepare(host, { algorithm });
      const argv = [PROGRAM, "init", "--config", CONFIG, "--cni", "none", "--output", "json"];
      return await measured(host, argv, /"phase":"wait-control-plane","state":"finished"/g, 1);
    }
    await preparePeer(host);
    await host.write("/root/kubeadm.yaml", initConfiguration({ address: host.address, algorithm }), 0o600);
    return await measured(
      host,
      ["kubeadm", "init", "--config", "/root/kubeadm.yaml"],
      /\[control-plane-check\] \S+ is healthy after /g,
      3,
    );
  } finally {
    await host.kill();
    await Deno.remove(host.root, { recursive: true });
  }
}

const two = (value: number) => value.toFixed(2);

function rows(pair: string, other: Measured, ours: Measured): string[] {
  const cells = (["healthy", "end", "cpu"] as const).flatMap((key) => [
    two(other[key]),
    two(ours[key]),
    two(ours[key] / other[key]),
  ]);
  return [pair, ...cells];
}

/** Pairs for one algorithm; who comes first alternates. The first pair only warms up and is not counted. */
async function compare(lab: Lab, algorithm: Algorithm, compared: Pair, pairs: number): Promise<void> {
  const [other, ours] = compared.tools;
  const runs: { [tool in Tool]: Measured[] } = { kubeadm: [], before: [], kubewright: [] };
  const lines = [["pair", ...["healthy", "end", "CPU"].flatMap((what) => [`${other} ${what}`, ours, "ratio"])]];
  for (let pair = 0; pair <= pairs; pair++) {
    const order = pair % 2 === 1 ? compared.tools : compared.tools.toReversed();
    const name = `${algorithm.toLowerCase().slice(0, 3)}-${pair}`;
    for (const tool of order) {
      const run = await once(lab, `${name}-${tool}`, tool, compared, algorithm);
      console.error(
        `  ${algorithm} ${pair === 0 ? "warm-up" : pair} ${tool}: ${two(run.healthy)} s, ${two(run.end)} s`,
      );
      if (pair > 0) runs[tool].push(run);
    }
    if (pair > 0) lines.push(rows(`${pair} (${order[0]} first)`, runs[other].at(-1)!, runs[ours].at(-1)!));
  }
  lines.push(rows("median", middle(runs[other]), middle(runs[ours])));
  console.log(`\n${algorithm}, seconds\n${table(lines)}`);
}

function middle(runs: readonly Measured[]): Measured {
  const of = (key: keyof Measured) => median(runs.map((run) => run[key]));
  return { healthy: of("healthy"), end: of("end"), cpu: of("cpu") };
}

/** What the programs cost before they do anything. */
async function programs(lab: Lab, { tools, programs }: Pair): Promise<void> {
  const host = await lab.host("start-up");
  const lines = [["", "version, ms", "binary, MB"]];
  for (const tool of tools) {
    const path = programs[tool] ?? lab.programs.get("kubeadm")!;
    const there = `/usr/local/bin/${tool}-measured`;
    await host.push(path, there);
    await host.exec([there, "version"]); // the self-extracting kind unpacks itself in its first run
    lines.push([tool, (await startUp(host, there)).toFixed(0), ((await Deno.stat(path)).size / 1e6).toFixed(1)]);
  }
  await host.kill();
  console.log(`\n${table(lines)}`);
}

async function main(args: readonly string[]): Promise<number> {
  const { values: { pairs: count, before }, positionals: chosen } = parseArgs({
    args: [...args],
    options: { pairs: { type: "string", default: "5" }, before: { type: "string" } },
    allowPositionals: true,
  });
  const pairs = Number(count);
  const unknown = chosen.filter((name) => !(ALGORITHMS as readonly string[]).includes(name));
  if (!(Number.isInteger(pairs) && pairs > 0) || unknown.length > 0) {
    console.error("Cannot measure that: deno task bench [--pairs N] [--before PROGRAM] [RSA-2048] [ECDSA-P256]");
    return 2;
  }
  const compared: Pair = before === undefined
    ? { tools: ["kubeadm", "kubewright"], programs: { kubewright: await binary() } }
    : { tools: ["before", "kubewright"], programs: { before, kubewright: await binary() } };
  const [load = 0] = Deno.loadavg();
  console.log(
    `${navigator.hardwareConcurrency} CPUs, load average ${two(load)} at the start; ${pairs} pairs\n${COMPARED}`,
  );
  if (load > QUIET_LOAD) {
    console.log(`WARNING: the machine is not quiet (load average above ${QUIET_LOAD}): do not quote this`);
  }
  await using lab = await Lab.create({ name: `bench-${Deno.pid}` });
  removeOnSignal(() => [lab]);
  await programs(lab, compared);
  for (const algorithm of chosen.length > 0 ? chosen as Algorithm[] : ALGORITHMS) {
    await compare(lab, algorithm, compared, pairs);
  }
  return 0;
}

Deno.exit(
  await main(Deno.args).catch((error) => {
    console.error(`FAILED ${error instanceof Error ? error.message : error}`);
    return 1;
  }),
);
