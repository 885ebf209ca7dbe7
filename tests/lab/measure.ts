/**
 * Measuring programs on lab hosts from outside.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { type Observation, observe } from "./observer.ts";
import { tail } from "./process.ts";
import { phasesOf, type Printed, processStarts, type Timeline } from "./timeline.ts";

/** Seconds of one run. */
export interface Measured {
  /** From the start until the observer had found well all that it asks. */
  healthy: number;
  /** From the start to the end of the command. */
  end: number;
  /** CPU seconds, user and system, of the command and its children. */
  cpu: number;
  timeline: Timeline;
}

/** Runs a command while an observer asks, on the same host or another; throws when either fails. */
export async function measured(
  host: Host,
  argv: readonly string[],
  observation: Observation,
  observer = host,
): Promise<Measured> {
  // `times` prints two lines: CPU time of the shell, CPU time of its children.
  const script = '"$@"; code=$?; times >&2; exit $code';
  const seen = observe(observer, observation);
  seen.catch(() => {}); // a command that fails is told of first
  const start = Date.now();
  const printed: Printed[] = [];
  const hear = (text: string) => void printed.push({ at: Date.now(), text });
  const output = await host.spawn(["sh", "-c", script, "measured", ...argv], { hear }).done;
  const ended = Date.now();
  if (output.code !== 0) throw new Error(`Cannot measure ${argv[0]}: exit code ${output.code}\n${tail(output)}`);
  const children = output.stderr.trim().split("\n").at(-1) ?? "";
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  const healthy = [...await seen].map(([name, at]) => ({ name, from: at, to: at }));
  const timeline = {
    tool: argv[0]!.split("/").at(-1)!,
    start,
    end: ended,
    phases: phasesOf(printed, ended),
    processes: await processStarts(host),
    healthy,
  };
  return {
    healthy: (Math.max(...healthy.map(({ to }) => to)) - start) / 1000,
    end: (ended - start) / 1000,
    cpu,
    timeline,
  };
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
