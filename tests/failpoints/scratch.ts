/**
 * The program with failpoints on this machine, its receipt and its lock in a folder of the test's (KUBEWRIGHT_STATE).
 * @module
 */
import { realSystem } from "../../mod.ts";
import { hostLock } from "../../src/host/host_lock.ts";
import { linuxHost } from "../../src/host/linux.ts";
import { receiptHost } from "../../src/host/receipt.ts";
import { main } from "../../src/main.ts";
import { SOURCE_BUILD } from "../../src/version.ts";
import { failingSystem } from "./system.ts";

const state = Deno.env.get("KUBEWRIGHT_STATE");
if (!state) throw new Error("KUBEWRIGHT_STATE names no folder");

const build: typeof realSystem = (events, around = (host) => host) => {
  const real = realSystem(events);
  const host = linuxHost(events.change, events.wait, hostLock(`${state}/run`), real.signals!.signal);
  return { ...real, host: receiptHost(around(host), { path: `${state}/receipt.jsonl` }) };
};
Deno.exit(await main(Deno.args, (events) => failingSystem(events, build), SOURCE_BUILD));
