/**
 * `deno task bench [--pairs N] [RSA-2048] [ECDSA-P256]`: how long `init` takes, beside the lab's kubeadm on an identical
 * fresh host. Both get the same configuration file and the same preloaded images, one host at a time; runs are measured
 * from outside, by when lines arrive.
 *
 * @module
 */

import { CONFIG, prepare, PROGRAM } from "./kubewright.ts";
import { initConfiguration } from "./config.ts";
import { Lab, removeOnSignal } from "./lab.ts";
import { type Measured, measured, median, startUp, table } from "./measure.ts";
import { preparePeer } from "./peer.ts";
import { binary } from "./scenario.ts";

const ALGORITHMS = ["RSA-2048", "ECDSA-P256"] as const;
type Algorithm = typeof ALGORITHMS[number];
const TOOLS = ["kubeadm", "kubewright"] as const;
type Tool = typeof TOOLS[number];

/** Above this, something else was running. */
const QUIET_LOAD = 0.5;

const COMPARED = `compared, from the start of the command (kubewright with --cni none, so that both do the same work):
  healthy  kubeadm: arrival of the third line "[control-plane-check] … is healthy after"; kubewright: phase wait-control-plane finished
  end      preflight, keys, files, kubelet, control plane healthy, configuration uploaded, node registered and marked,
           bootstrap token, CoreDNS and kube-proxy applied; neither waits for the node to be Ready, nor has a pod network
  CPU      user and system seconds of the command and its children; the kubelet and containers are not among them
kubeadm finds the kubelet's unit installed and enabled, kubewright installs it.`;

/** One run of a tool on a fresh host, which is gone afterwards. */
async function once(lab: Lab, name: string, tool: Tool, algorithm: Algorithm): Promise<Measured> {
  const host = await lab.host(name);
  try {
    if (tool === "kubewright") {
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

function rows(pair: string, kubeadm: Measured, kubewright: Measured): string[] {
  const cells = (["healthy", "end", "cpu"] as const).flatMap((key) => [
    two(kubeadm[key]),
    two(kubewright[key]),
    two(kubewright[key] / kubeadm[key]),
  ]);
  return [pair, ...cells];
}

/** Pairs for one algorithm; who comes first alternates. The first pair only warms up and is not counted. */
async function compare(lab: Lab, algorithm: Algorithm, pairs: number): Promise<void> {
  const runs: Record<Tool, Measured[]> = { kubeadm: [], kubewright: [] };
  const lines = [["pair", ...["healthy", "end", "CPU"].flatMap((what) => [`kubeadm ${what}`, "kubewright", "ratio"])]];
  for (let pair = 0; pair <= pairs; pair++) {
    const order = pair % 2 === 1 ? TOOLS : TOOLS.toReversed();
    const name = `${algorithm.toLowerCase().slice(0, 3)}-${pair}`;
    for (const tool of order) {
      const run = await once(lab, `${name}-${tool}`, tool, algorithm);
      console.error(
        `  ${algorithm} ${pair === 0 ? "warm-up" : pair} ${tool}: ${two(run.healthy)} s, ${two(run.end)} s`,
      );
      if (pair > 0) runs[tool].push(run);
    }
    if (pair > 0) lines.push(rows(`${pair} (${order[0]} first)`, runs.kubeadm.at(-1)!, runs.kubewright.at(-1)!));
  }
  lines.push(rows("median", middle(runs.kubeadm), middle(runs.kubewright)));
  console.log(`\n${algorithm}, seconds\n${table(lines)}`);
}

function middle(runs: readonly Measured[]): Measured {
  const of = (key: keyof Measured) => median(runs.map((run) => run[key]));
  return { healthy: of("healthy"), end: of("end"), cpu: of("cpu") };
}

/** What both programs cost before they do anything. */
async function programs(lab: Lab): Promise<void> {
  const host = await lab.host("start-up");
  await prepare(host);
  await preparePeer(host);
  const lines = [["", "version, ms", "binary, MB"]];
  for (
    const [name, path, local] of [["kubeadm", "kubeadm", lab.programs.get("kubeadm")!], [
      "kubewright",
      PROGRAM,
      await binary(),
    ]]
  ) {
    const { size } = await Deno.stat(local!);
    lines.push([name!, (await startUp(host, path!)).toFixed(0), (size / 1e6).toFixed(1)]);
  }
  await host.kill();
  console.log(`\n${table(lines)}`);
}

async function main(args: readonly string[]): Promise<number> {
  const at = args.indexOf("--pairs");
  const pairs = at < 0 ? 5 : Number(args[at + 1]);
  const chosen = args.filter((_, index) => at < 0 || index !== at && index !== at + 1);
  const unknown = chosen.filter((name) => !(ALGORITHMS as readonly string[]).includes(name));
  if (!(Number.isInteger(pairs) && pairs > 0) || unknown.length > 0) {
    console.error("Cannot measure that: deno task bench [--pairs N] [RSA-2048] [ECDSA-P256]");
    return 2;
  }
  const [load = 0] = Deno.loadavg();
  console.log(
    `${navigator.hardwareConcurrency} CPUs, load average ${two(load)} at the start; ${pairs} pairs\n${COMPARED}`,
  );
  if (load > QUIET_LOAD) {
    console.log(`WARNING: the machine is not quiet (load average above ${QUIET_LOAD}): do not quote this`);
  }
  await using lab = await Lab.create({ name: `bench-${Deno.pid}` });
  removeOnSignal(() => [lab]);
  await programs(lab);
  for (const algorithm of chosen.length > 0 ? chosen as Algorithm[] : ALGORITHMS) await compare(lab, algorithm, pairs);
  return 0;
}

Deno.exit(
  await main(Deno.args).catch((error) => {
    console.error(`FAILED ${error instanceof Error ? error.message : error}`);
    return 1;
  }),
);
