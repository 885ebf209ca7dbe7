/**
 * The main job, to be seen: one lab host, `kubewright init` in it, a node that is Ready. `deno task demo [--exit]`.
 *
 * @module
 */

import { initConfiguration } from "./config.ts";
import type { Host } from "./host.ts";
import { Lab, removeOnSignal } from "./lab.ts";
import { run, stopwatch, tail } from "./process.ts";
import { binary } from "./scenario.ts";

const REPOSITORY = new URL("../../", import.meta.url).pathname;
const CONFIG = "/root/kubewright.yaml";

async function main(args: readonly string[]): Promise<void> {
  const program = await compiled();
  await using lab = await Lab.create({ name: `demo-${Deno.pid}` });
  const takeBack = removeOnSignal(() => [lab]);
  const time = stopwatch();
  const host = await lab.host("demo");
  await host.push(program, "/usr/local/bin/kubewright");
  await host.install("kubectl");
  await host.write(CONFIG, initConfiguration({ address: host.address }), 0o600);
  console.log(`host demo (${host.address}) is up after ${time()}\n\ndemo# kubewright init --config ${CONFIG}`);
  const { code } = await host.spawn(["kubewright", "init", "--config", CONFIG], { show: true }).done;
  if (code !== 0) throw new Error(`Cannot show the demo: kubewright init ended with exit code ${code}`);
  console.log("\ndemo# kubectl get nodes");
  await host.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=120s");
  console.log(await host.kubectl("get", "nodes", "-o", "wide"));
  if (!args.includes("--exit") && Deno.stdin.isTerminal()) await stay(host);
  takeBack();
}

/** Says how to get in, and keeps the host until Ctrl-C (the signal handler removes it). */
async function stay(host: Host): Promise<void> {
  console.log(
    `A shell in the host, from another terminal, as root:\n\n  ${host.shellCommand}\n\nCtrl-C ends the demo.`,
  );
  // A timer, so that the process has something to wait for.
  await new Promise(() => setInterval(() => {}, 60_000));
}

/** The compiled program, made by compile.sh where it is missing. */
async function compiled(): Promise<string> {
  try {
    return await binary();
  } catch (error) {
    if (Deno.env.get("KUBEWRIGHT_BINARY")) throw error;
  }
  console.log("compiling kubewright …");
  const output = await run(["./compile.sh"], { cwd: REPOSITORY, check: false });
  if (output.code !== 0) throw new Error(`Cannot compile kubewright: ./compile.sh failed\n${tail(output)}`);
  return await binary();
}

await main(Deno.args);
