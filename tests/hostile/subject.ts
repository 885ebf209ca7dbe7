/**
 * The program as hostile servers meet it, in a process of its own: `main` with the real adapters, whose time limits are
 * shorter, on a host in memory. Takes one command a line on standard input, and answers with what came of it.
 *
 * @module
 */

import { realSystem } from "../../mod.ts";
import { containerRuntime } from "../../src/cri/client.ts";
import { etcdClient } from "../../src/etcd/client.ts";
import { memoryHost } from "../fakes/memory_host.ts";
import { kubeClient } from "../../src/kube/client.ts";
import { main } from "../../src/main.ts";
import { SOURCE_BUILD } from "../../src/version.ts";
import { unfit } from "../program/program.ts";

/** A command line, and the files of the host besides those of a fit one. */
export interface Order {
  args: readonly string[];
  files: Readonly<Record<string, string>>;
}

/** What came of it. */
export interface Outcome {
  code: number;
  /** Both streams. */
  said: string;
  ms: number;
  /** The most memory that this process had meanwhile, in MiB. */
  peak: number;
}

/** Time limits, in ms: of one request, and of all tries. */
const REQUEST_MS = 1_500;
const CALL_MS = 2_500;

/** What a running etcd holds locked; one that does not run is not asked. */
const ETCD_DATABASE = "/var/lib/etcd/member/snap/db";

/** Forgets the peak so far: then the next one is of this command. */
const forgetPeak = () => Deno.writeTextFileSync("/proc/self/clear_refs", "5");
const peak = () => Number(/VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]) / 1024;

async function run({ args, files }: Order): Promise<Outcome> {
  let said = "";
  forgetPeak();
  const start = performance.now();
  const code = await main(args, (events) => ({
    ...realSystem(events),
    host: memoryHost(unfit({ waits: true, locked: [ETCD_DATABASE] }, files), events.change),
    connect: (credentials) => kubeClient(credentials, events.change, { timeLimitMs: CALL_MS, requestMs: REQUEST_MS }),
    runtime: (socket) => containerRuntime(socket, events.change, REQUEST_MS),
    etcd: (endpoint, credentials) => etcdClient(endpoint, credentials, events.change, REQUEST_MS),
    stdin: () => Promise.resolve(new Uint8Array()),
    readLine: () => Promise.resolve(undefined),
    out: (line) => said += `${line}\n`,
    err: (text) => said += text,
  }), SOURCE_BUILD);
  return { code, said, ms: performance.now() - start, peak: peak() };
}

if (import.meta.main) {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const text of lines) {
    const orders = (rest + text).split("\n");
    rest = orders.pop() ?? "";
    for (const order of orders) console.log(JSON.stringify(await run(JSON.parse(order) as Order)));
  }
}
