/**
 * Trouble on lab hosts: runs of the program that have to be refused, and how a refusal has to look.
 *
 * @module
 */

import { type ClusterOptions, documents, initConfiguration } from "./config.ts";
import type { Host } from "./host.ts";
import { differingPaths, PROGRAM, TOKEN } from "./kubewright.ts";
import type { Output } from "./process.ts";
import type { Run } from "./scenario.ts";

/** Where a refused run may have left something. */
const PLACES = [
  "/etc",
  "/etc/kubernetes",
  "/var/lib/kubewright",
  "/var/lib/kubelet",
  "/var/lib/etcd",
  "/usr/lib/systemd/system",
  "/tmp",
];

/** Parts of secrets: never in what the program prints. */
const SECRETS = [TOKEN.split(".")[1]!, "-----BEGIN", "client-key-data"];

/** How a run has to fail. */
export interface Refusal {
  /** Exit code, as in docs/exit-codes.md. */
  code: number;
  /** What the message has to say: what failed, why, how things are, what to do next. */
  says: readonly (string | RegExp)[];
  /** What it must not say. */
  not?: readonly string[];
  /** Changes may have been made before it failed, and it says how many; without this, it has to say that there were none. */
  goesOn?: boolean;
  /** It shows the help, and tells of no changes. */
  help?: boolean;
  /** Further secrets that the run knows. */
  secrets?: readonly string[];
  stdin?: string;
  /** Longest time in seconds; 60 without this. */
  within?: number;
}

/** Runs the program in text form, as a person would. */
export async function run(host: Host, argv: readonly string[], stdin?: string): Promise<Output> {
  return await host.exec([PROGRAM, ...argv], { check: false, timeout: 400_000, stdin });
}

/** Runs the program, which has to refuse; returns what it said. `cause` names the trouble in the scenario's log. */
export async function refused(
  t: Run,
  host: Host,
  cause: string,
  argv: readonly string[],
  refusal: Refusal,
): Promise<string> {
  const places = refusal.goesOn === true ? [] : PLACES;
  const before = await host.snapshot(places);
  const start = performance.now();
  const output = await run(host, argv, refusal.stdin);
  const seconds = (performance.now() - start) / 1000;
  const said = output.stdout + output.stderr;
  t.log(`${cause}: exit ${output.code} (${seconds.toFixed(1)} s)`);
  if (Deno.env.has("KUBEWRIGHT_LAB_SHOW")) t.log(`  | ${said.trim().replaceAll("\n", "\n    | ")}`);
  t.assert(output.code === refusal.code, `${cause}: exit code ${output.code} instead of ${refusal.code}:\n${said}`);
  t.assert(seconds < (refusal.within ?? 60), `${cause}: refused only after ${seconds.toFixed(1)} s:\n${said}`);
  for (const part of refusal.says) t.includes(said, part, cause);
  for (const part of refusal.not ?? []) t.assert(!said.includes(part), `${cause}: also says "${part}":\n${said}`);
  const counted = said.match(/^ *(No changes were made\.|\d+ changes? (was|were) made: .+)$/gm) ?? [];
  const none = counted.length === 1 && counted[0]!.trim().startsWith("No");
  const right = refusal.help ? counted.length === 0 : refusal.goesOn ? counted.length === 1 : none;
  t.assert(right, `${cause}: counts wrongly:\n${said}`);
  t.assert(!said.includes("defect of kubewright"), `${cause}: ends as a defect:\n${said}`);
  for (const secret of [...SECRETS, ...refusal.secrets ?? []]) {
    t.assert(!said.includes(secret), `${cause}: shows the secret "${secret}":\n${said}`);
  }
  t.equal(differingPaths(before, await host.snapshot(places)), [], `${cause}: the list of changed paths`);
  t.equal(await leftovers(host), [], `${cause}: the list of temporary files left behind`);
  return said;
}

/** The program's temporary files, which no run may leave. */
async function leftovers(host: Host): Promise<string[]> {
  const found = await host.shell(
    "find /etc /opt /root /tmp /usr/local /var/lib/kubewright /var/lib/kubelet/*.* /var/lib/etcd -name '.kubewright-*' 2>/dev/null || true",
  );
  return found.split("\n").filter(Boolean);
}

/** The very command that was refused succeeds, now that the cause is gone. */
export async function succeeds(t: Run, host: Host, argv: readonly string[], stdin?: string): Promise<string> {
  return await t.step("the same command succeeds", async () => {
    const output = await run(host, argv, stdin);
    const said = output.stdout + output.stderr;
    t.assert(output.code === 0, `the same command ends with exit code ${output.code}:\n${said}`);
    return said;
  });
}

/** A document of a configuration. */
type Document = { kind: string } & Record<string, unknown>;

/** The lab's configuration with changes to its documents by kind, merged at the first level. */
export function changedConfiguration(
  options: ClusterOptions,
  changes: Readonly<Record<string, Record<string, unknown>>>,
): string {
  const given = initConfiguration(options).split("\n---\n").map((text) => JSON.parse(text) as Document);
  return documents(given.map((document) => ({ ...document, ...changes[document.kind] })));
}

/** A configuration of one document with changes, merged at the first level. */
export function changedDocument(text: string, changes: Record<string, unknown>): string {
  return documents([{ ...JSON.parse(text), ...changes }]);
}

/** Does something while a cause is there; takes it away whatever happens. */
export async function during<T>(cause: () => Promise<void>, work: () => Promise<T>, end: () => Promise<void>) {
  await cause();
  try {
    return await work();
  } finally {
    await end();
  }
}
