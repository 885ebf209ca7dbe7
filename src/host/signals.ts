/**
 * SIGHUP, SIGINT and SIGTERM as an AbortSignal.
 * @module
 */
import { type EndingSignal, Interruption, SIGNAL_NUMBERS } from "../errors.ts";
import type { Signals } from "../system.ts";
import { execute } from "./process.ts";

/**
 * Signals that the caller ignores: `nohup` ignores SIGHUP, a shell SIGINT for background jobs. A program that still listens
 * to them would end with a terminal that it should survive. A child inherits ignored signals, and Deno does not read /proc,
 * so a child reads them.
 */
async function ignored(): Promise<Set<string>> {
  const { stdout } = await execute({ argv: ["cat", "/proc/self/status"] });
  const mask = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)$/m.exec(stdout)?.[1] ?? "0"}`);
  const isIgnored = (number: number) => (mask >> BigInt(number - 1) & 1n) === 1n;
  return new Set(Object.entries(SIGNAL_NUMBERS).filter(([, number]) => isIgnored(number)).map(([name]) => name));
}

/** The signals of this process. @param end ends the process at once. */
export function processSignals(end: (code: number) => void): Signals {
  const controller = new AbortController();
  const { signal } = controller;
  let listening: Promise<void> | undefined;
  const receive = (name: EndingSignal) => {
    if (signal.aborted) end(128 + SIGNAL_NUMBERS[name]);
    controller.abort(new Interruption(name));
  };
  async function start(): Promise<void> {
    const left = await ignored();
    for (const name of Object.keys(SIGNAL_NUMBERS) as EndingSignal[]) {
      // Ignored signals also get a listener: after the first listener, Deno ends the process on each one without.
      Deno.addSignalListener(name, left.has(name) ? () => {} : () => receive(name));
    }
  }
  return { signal, listen: () => listening ??= start() };
}
