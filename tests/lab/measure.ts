/**
 * Measuring programs on lab hosts from outside.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { tail } from "./process.ts";

/** Milliseconds between two looks at what a program has printed. */
const LOOK = 5;

/** Seconds of one run. */
export interface Measured {
  /** From the start until the line arrived that says that the control plane is healthy. */
  healthy: number;
  /** From the start to the end of the command. */
  end: number;
  /** CPU seconds, user and system, of the command and its children. */
  cpu: number;
}

/** Runs a command; it is healthy when `pattern` has been seen `times` times in its output. Throws when it fails. */
export async function measured(
  host: Host,
  argv: readonly string[],
  pattern: RegExp,
  times: number,
): Promise<Measured> {
  // `times` prints two lines: CPU time of the shell, CPU time of its children.
  const script = '"$@"; code=$?; times >&2; exit $code';
  const start = performance.now();
  const running = host.spawn(["sh", "-c", script, "measured", ...argv]);
  let ended = false;
  const done = running.done.finally(() => ended = true);
  let healthy: number | undefined;
  while (!ended) {
    if (healthy === undefined && [...running.stdout.matchAll(pattern)].length >= times) {
      healthy = (performance.now() - start) / 1000;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  const output = await done;
  const end = (performance.now() - start) / 1000;
  if (output.code !== 0) throw new Error(`Cannot measure ${argv[0]}: exit code ${output.code}\n${tail(output)}`);
  if (healthy === undefined) throw new Error(`Cannot measure ${argv[0]}: it never said ${pattern}\n${tail(output)}`);
  const children = output.stderr.trim().split("\n").at(-1) ?? "";
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { healthy, end, cpu };
}

/** Milliseconds that `program version` takes: the median of twenty runs. */
export async function startUp(host: Host, program: string): Promise<number> {
  const script =
    'for i in $(seq 20); do s=$(date +%s%N); "$0" version >/dev/null; e=$(date +%s%N); echo $((e - s)); done';
  const lines = (await host.exec(["sh", "-euc", script, program])).stdout.trim().split("\n");
  return median(lines.map(Number)) / 1e6;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half) - 1]!) / 2;
}

/** Columns, the first to the left and the others to the right. */
export function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)).join("  ")
  ).join("\n");
}
