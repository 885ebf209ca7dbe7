/**
 * A program that kills itself right before or after its Change number N, and which numbers are tried.
 *
 * @module
 */

import { phaseOf } from "./interrupted.ts";
import type { Host } from "./host.ts";
import { exists } from "./cache.ts";
import type { Run } from "./scenario.ts";

/** The test build on a host; the program itself stands beside it, and is what runs afterwards. */
const FAILING = "/usr/local/bin/kubewright-failpoints";
const COUNTED = "/root/changes";

/** Where to die: right before or right after a Change, counted from 1. */
export interface Failpoint {
  when: "before" | "after";
  number: number;
  /** What is changed there in an undisturbed run. */
  label: string;
}

/** `before change 7 (write /etc/x)`. */
export function described({ when, number, label }: Failpoint): string {
  return `${when} change ${number} (${label})`;
}

/** Path of the test build: KUBEWRIGHT_FAILPOINTS_BINARY, or where compile.sh puts it. */
async function testBuild(): Promise<string> {
  const path = Deno.env.get("KUBEWRIGHT_FAILPOINTS_BINARY") ||
    new URL(`../../dist/failpoints/kubewright-linux-${Deno.build.arch}`, import.meta.url).pathname;
  if (await exists(path)) return path;
  throw new Error(`Cannot find the test build "${path}": KUBEWRIGHT_TEST_BUILD=failpoints ./compile.sh makes it`);
}

/** Puts the test build on a host. */
export async function installFailing(host: Host): Promise<void> {
  await host.push(await testBuild(), FAILING);
}

/** Runs the command undisturbed; what each of its Changes is of. */
export async function countChanges(host: Host, argv: readonly string[]): Promise<string[]> {
  await host.exec(["rm", "-f", COUNTED]);
  const env = { KUBEWRIGHT_FAILPOINT: `count:${COUNTED}` };
  await host.exec([FAILING, ...argv], { env, timeout: 400_000 });
  const changes = (await host.exec(["cat", COUNTED], { check: false })).stdout.split("\n").filter(Boolean);
  await host.exec(["rm", "-f", COUNTED]);
  return changes;
}

/** Runs the command until it kills itself. @returns the phase; undefined when it ended without, having fewer Changes. */
export async function dieAt(
  t: Run,
  host: Host,
  argv: readonly string[],
  { when, number }: Failpoint,
): Promise<string | undefined> {
  const env = { KUBEWRIGHT_FAILPOINT: `${when}:${number}` };
  const ended = await host.exec([FAILING, ...argv, "--output", "json"], { env, timeout: 400_000, check: false });
  if (ended.code === 0) return undefined;
  t.equal(ended.code, 137, `${host.name}: the exit code of a run that kills itself (${ended.stdout.slice(-500)})`);
  return phaseOf(ended);
}

/** Which Changes of which command: KUBEWRIGHT_FAILPOINTS, or all. */
function wanted(command: string): { from: number; to: number; step: number } | undefined {
  for (const part of (Deno.env.get("KUBEWRIGHT_FAILPOINTS") || "init,join,reset,renew").split(",")) {
    const [whole, name, from = "1", to = "Infinity", step = "1"] =
      /^(init|join|reset|renew)(?::(\d+)-(\d+)(?:\/(\d+))?)?$/.exec(part) ?? [];
    if (whole === undefined) throw new Error(`KUBEWRIGHT_FAILPOINTS has "${part}", not of the form init:1-20 or renew`);
    if (name === command) return { from: Number(from), to: Number(to), step: Number(step) };
  }
  return undefined;
}

/** Whether the command is to be tried at all. */
export function isChosen(command: string): boolean {
  return wanted(command) !== undefined;
}

/**
 * The failpoints of a command that KUBEWRIGHT_FAILPOINTS names: `init:1-20,reset,renew:1-99/5` are the first twenty
 * Changes of init, all of reset, and each fifth of renew.
 */
export function chosen(command: string, labels: readonly string[]): Failpoint[] {
  const range = wanted(command);
  const points: Failpoint[] = [];
  for (
    let number = range?.from ?? Infinity;
    range && number <= Math.min(range.to, labels.length);
    number += range.step
  ) {
    const label = labels[number - 1]!;
    points.push({ when: "before", number, label }, { when: "after", number, label });
  }
  return points;
}

/** Folders whose content a command answers for. */
const FOLDERS = ["/etc/kubernetes", "/etc/systemd/system", "/etc/cni", "/var/lib/kubewright"];
const FILES = ["config.yaml", "kubeadm-flags.env", "instance-config.yaml"].map((name) => `/var/lib/kubelet/${name}`);

/** Content that is of a key, a time or a random number: only path, kind, mode and owner are compared. */
const OWN = /\.(crt|key|pub|conf)$|receipt\.jsonl$/;

/**
 * The files of a node, one line each, with the host's name and address taken out: path, kind, mode, owner, and of texts
 * that do not depend on keys or times the hash. Also the receipt, without times.
 */
export async function stateOf(host: Host): Promise<string[]> {
  const script = String.raw`for path in "$@"; do
  [ -e "$path" ] || [ -L "$path" ] || continue
  find "$path" -xdev -printf '%p\t%y\t%m\t%U:%G\t%l\n'
  find "$path" -xdev -type f | while read -r file; do
    printf 'sum\t%s\t%s\n' "$file" "$(sed "s/$ADDRESS/ADDRESS/g; s/$NAME/NAME/g" "$file" | sha256sum | cut -c1-16)"; done
done; sed -n 's/,"at":.*//p' /var/lib/kubewright/receipt.jsonl 2>/dev/null | sort || true`;
  const env = { ADDRESS: host.address.replaceAll(".", "\\."), NAME: host.name };
  const { stdout } = await host.exec(["sh", "-euc", script, "state", ...FOLDERS, ...FILES], { env });
  return stdout.split("\n").filter((line) => line !== "" && !(line.startsWith("sum") && OWN.test(line.split("\t")[1]!)))
    .map((line) => line.replaceAll(host.name, "NAME").replaceAll(host.address, "ADDRESS")).sort();
}

/** Nothing that a killed run of ours leaves: temporary files, the lock. */
export async function noLeftovers(t: Run, host: Host): Promise<void> {
  const found = await host.shell(
    "find /etc /var/lib/kubewright /var/lib/kubelet /run/kubewright -xdev -path /var/lib/kubelet/pods -prune -o " +
      "\\( -name '.kubewright-*' -o -path '/run/kubewright*' \\) -print 2>/dev/null || true",
  );
  t.equal(found, "", `${host.name}: the list of what a killed run left`);
}
