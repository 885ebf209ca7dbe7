/**
 * `kubewright init` ended in the middle, and what the same command must make of what that left.
 *
 * @module
 */

import type { Host } from "./host.ts";
import {
  changesOf,
  CONFIG,
  differingObjects,
  differingPaths,
  type Event,
  init,
  objectsOf,
  prepare,
  PROGRAM,
  WATCHED,
} from "./kubewright.ts";
import { podsRunning } from "./pods.ts";
import type { Output } from "./process.ts";
import type { Run } from "./scenario.ts";

const PKI = "/etc/kubernetes/pki";
/** Where the program writes files. */
const WRITTEN = ["/etc", "/var/lib/kubewright", "/var/lib/kubelet"];
/** Folders in which a second `init` may leave nothing unfinished. */
const LEFTOVERS = `find ${
  WRITTEN.join(" ")
} -xdev -path /var/lib/kubelet/pods -prune -o -name '.kubewright-*' -print 2>/dev/null || true`;

/** Command line of the run that is ended. */
export const INIT: readonly string[] = [PROGRAM, "init", "--config", CONFIG, "--output", "json"];

/** The phase that was begun last, and whether it had finished. */
export function phaseOf({ stdout }: Pick<Output, "stdout">): string {
  // The last line may be cut off.
  const lines = stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Event);
  const last = lines.findLast(({ event }) => event === "phase");
  return last === undefined
    ? "before the first phase"
    : `${last["state"] === "finished" ? "after " : ""}${last["phase"]}`;
}

/** Hashes of all whole files below the PKI folder, by path. */
async function pki(host: Host): Promise<Map<string, string>> {
  const entries = [...await host.snapshot([PKI])];
  return new Map(
    entries.filter(([path, { type }]) => type === "file" && !path.includes("/.kubewright-"))
      .map(([path, { sha256 }]) => [path, sha256]),
  );
}

/** The authorities and the service account key of which both halves are there. */
function complete(files: ReadonlyMap<string, string>): string[] {
  return ["ca.crt", "front-proxy-ca.crt", "etcd/ca.crt", "sa.pub"].map((name) => `${PKI}/${name}`)
    .filter((path) => files.has(path) && files.has(path.replace(/\.[a-z]+$/, ".key")));
}

async function healthy(host: Host): Promise<void> {
  await host.kubectl("wait", "--for=condition=Ready", `node/${host.name}`, "--timeout=5s");
  await host.kubectl("get", "--raw", "/readyz");
  await podsRunning(host, "kube-system", 120_000);
  await podsRunning(host, "kube-flannel", 60_000);
}

/** What came of a run that was ended in the middle. */
export interface Recovery {
  phase: string;
  /** Whether the run was over before it could be ended. */
  unharmed: boolean;
  /** Pairs of authorities that were complete. */
  pairs: number;
  /** Temporary files that it left. */
  leftovers: number;
  /** What the second run took. */
  seconds: number;
}

/**
 * Ends `init` on a fresh host as `interrupt` does, then runs it twice more: the second run must end in a healthy cluster
 * that keeps every key and certificate there was, the third may change nothing. Throws otherwise.
 */
export async function recover(
  t: Run,
  host: Host,
  interrupt: (host: Host) => Promise<Output>,
): Promise<Recovery> {
  await prepare(host);
  const ended = await interrupt(host);
  const before = await pki(host);
  const leftovers = (await host.shell(LEFTOVERS)).split("\n").filter(Boolean).length;

  const second = await init(host);
  await healthy(host);
  const after = await pki(host);
  const changed = [...before].filter(([path, hash]) => after.get(path) !== hash).map(([path]) => path);
  t.equal(changed, [], `${host.name}: the list of keys and certificates that the second init did not keep`);
  t.equal(complete(after).length, 4, `${host.name}: the number of complete authorities`);
  t.equal(await host.shell(LEFTOVERS), "", `${host.name}: the list of temporary files after the second init`);

  const [files, objects] = [await host.snapshot(WATCHED), await objectsOf(host)];
  const third = changesOf(await init(host)).filter((change) => !change.includes('"kind":"wait"'));
  t.equal(third, [], `${host.name}: the list of changes of a third init`);
  t.equal(
    [...differingPaths(files, await host.snapshot(WATCHED)), ...differingObjects(objects, await objectsOf(host))],
    [],
    `${host.name}: the list of paths and objects that a third init changed`,
  );
  t.equal(await host.pullAttempts(), [], `${host.name}: the list of images it tried to pull`);
  return {
    phase: phaseOf(ended),
    unharmed: ended.code === 0,
    pairs: complete(before).length,
    leftovers,
    seconds: second.seconds,
  };
}

/** One line for {@link Recovery}. */
export function described({ phase, unharmed, pairs, leftovers, seconds }: Recovery): string {
  const left = `${pairs} of 4 pairs complete${leftovers > 0 ? `, ${leftovers} temporary files` : ""}`;
  return `${unharmed ? "NOT KILLED, over before" : `in ${phase}`}; ${left}; second run ${seconds.toFixed(1)} s`;
}
