/**
 * What a scenario is, and what it works with.
 *
 * @module
 */

import { exists } from "./cache.ts";
import type { Host, HostOptions } from "./host.ts";
import type { Lab } from "./lab.ts";
import { stopwatch } from "./process.ts";

/** One end-to-end test on fresh hosts. It fails by throwing. */
export interface Scenario {
  name: string;
  /** One line for `--list`. */
  summary: string;
  run(t: Run): Promise<void>;
}

/** A scenario that runs: its lab, its log, its assertions. */
export class Run {
  readonly lab: Lab;
  /** Numbers behind the scenario's name on the command line. */
  readonly numbers: readonly number[];

  constructor(lab: Lab, numbers: readonly number[] = []) {
    this.lab = lab;
    this.numbers = numbers;
  }

  /** A fresh host, ready; several at once are welcome. */
  host(name: string, options: HostOptions = {}): Promise<Host> {
    return this.lab.host(name, options);
  }

  /** Does one thing and prints one line with the time it took, also when it fails. */
  async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const time = stopwatch();
    try {
      const result = await work();
      this.log(`${what} (${time()})`);
      return result;
    } catch (error) {
      this.log(`FAILED ${what} (${time()})`);
      throw error;
    }
  }

  /** Prints one line below the scenario's name. */
  log(line: string): void {
    console.log(`  ${line}`);
  }

  /** Path of the compiled program: KUBEWRIGHT_BINARY, or `dist/kubewright-linux-<arch>`. Throws when it is missing. */
  get binary(): Promise<string> {
    return binary();
  }

  /** Throws `message` unless the condition holds. */
  assert(condition: unknown, message: string): asserts condition {
    if (!condition) throw new Error(message);
  }

  /** Throws unless two values are the same when written as JSON. */
  equal(actual: unknown, expected: unknown, what: string): void {
    const [is, should] = [JSON.stringify(actual, undefined, 2), JSON.stringify(expected, undefined, 2)];
    if (is !== should) throw new Error(`${what} is\n${is}\ninstead of\n${should}`);
  }

  /** Throws unless `text` contains `part` (or matches it). */
  includes(text: string, part: string | RegExp, what: string): void {
    const found = typeof part === "string" ? text.includes(part) : part.test(text);
    if (!found) throw new Error(`${what} does not contain ${part}:\n${text}`);
  }

  /** Throws when a host's containerd was asked to pull an image. */
  async noPulls(): Promise<void> {
    for (const host of this.lab.hosts) {
      const attempts = await host.pullAttempts();
      if (attempts.length > 0) throw new Error(`${host.name} tried to pull images:\n${attempts.join("\n")}`);
    }
  }
}

/** The program that scenarios run, when the runner was asked for one kind. */
let chosen: string | undefined;

/** Makes {@link binary} answer this path from now on. */
export function useBinary(path: string): void {
  chosen = path;
}

/** Path of the compiled program. */
export async function binary(): Promise<string> {
  const path = chosen ?? (Deno.env.get("KUBEWRIGHT_BINARY") ||
    new URL(`../../dist/kubewright-linux-${Deno.build.arch}`, import.meta.url).pathname);
  if (await exists(path)) return path;
  throw new Error(`Cannot find the compiled program "${path}": run ./compile.sh, or set KUBEWRIGHT_BINARY`);
}
