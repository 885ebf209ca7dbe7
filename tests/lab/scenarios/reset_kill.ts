import type { Host } from "../host.ts";
import { init, kubewright, prepare, PROGRAM } from "../kubewright.ts";
import { phaseOf } from "../interrupted.ts";
import { plantAround } from "../planted.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import type { Spawned } from "../spawned.ts";
import { changedTraces, traces } from "../traces.ts";
import { countFrom, seeded } from "../trials.ts";

/** What stays of a cluster, as `reset` says (its list "Not removed"). */
const SAID = [/^\+ files: \/run\/(xtables\.lock|netns) /];

/** Each in turn is the one in which a run is killed; the moment within it is random. */
const KILLED_IN = [
  "kubelet",
  "containers",
  "mounts",
  "etcd-data",
  "network",
  "firewall",
  "cgroups",
  "logs",
  "files",
  "receipt",
]
  .map((name) => `cleanup-node/${name}`);

/** Phases that take a few ms: the run is slowed down from the phase before on, or it would be over before it is killed. */
const SHORT: Readonly<Record<string, string>> = {
  "cleanup-node/files": "cleanup-node/logs",
  "cleanup-node/receipt": "cleanup-node/files",
};
const SLOW_GROUP = "/sys/fs/cgroup/cpu/slow";

/** Gives a run 2 % of a CPU from now on. */
async function slowDown(host: Host): Promise<void> {
  await host.shell(
    `mkdir -p ${SLOW_GROUP}; echo 2000 >${SLOW_GROUP}/cpu.cfs_quota_us
for pid in $(pgrep -x kubewright); do echo $pid >${SLOW_GROUP}/cgroup.procs || true; done`,
  );
}

/** A run that ends within so many seconds does not wait for anything that an earlier run has ended. */
const PROMPT = 45;

/** Waits until a phase of a run has begun; or until the run is over. */
async function begun(running: Spawned, phase: string): Promise<void> {
  const over = running.done.then(() => true);
  const pause = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2));
  while (!running.stdout.includes(`"phase":"${phase}","state":"started"`)) {
    if (await Promise.race([over, pause()])) return;
  }
}

export const scenario: Scenario = {
  name: "reset-kill",
  summary:
    "reset killed in each of its phases in turn (KUBEWRIGHT_KILLS, 10), run again: nothing is left behind, and init works again",
  async run(t: Run) {
    const count = countFrom("KUBEWRIGHT_KILLS", 10);
    const random = seeded(t);
    const host = await t.step("a host boots", () => t.host("k1"));
    await prepare(host);
    await host.install("kubectl");
    await host.exec(["ctr", "version"]);
    await plantAround(host);
    const before = await traces(host);
    const lengths = new Map<string, number>(); // ms, of each phase of an undisturbed run
    const hit = new Set<string>();
    for (let round = 0; round <= count; round++) {
      await init(host);
      await podsRunning(host, "kube-system", 120_000);
      const running = host.spawn([PROGRAM, "reset", "--force", "--output", "json"]);
      if (round > 0) {
        const phase = KILLED_IN[(round - 1) % KILLED_IN.length]!;
        const earlier = SHORT[phase];
        const moment = earlier === undefined ? random() * lengths.get(phase)! : 0;
        if (earlier !== undefined) {
          await begun(running, earlier);
          await slowDown(host);
        }
        await begun(running, phase);
        await new Promise((resolve) => setTimeout(resolve, moment));
        await running.kill();
        const ended = await running.done;
        const where = ended.code === 0 ? "NOT KILLED, over before" : `in ${phaseOf(ended)}`;
        if (ended.code !== 0) hit.add(phaseOf(ended));
        if (earlier !== undefined) await host.shell(`rmdir ${SLOW_GROUP}`);
        const { seconds } = await kubewright(host, ["reset", "--force"]);
        t.assert(seconds < PROMPT, `the second run took ${seconds} s`);
        t.log(`killed ${Math.round(moment)} ms into ${phase}, ${where}; second run ${seconds.toFixed(1)} s`);
      } else {
        const { code, stdout } = await running.done;
        t.equal(code, 0, "the exit code of an undisturbed run");
        for (const line of stdout.split("\n").filter(Boolean)) {
          const { event, phase, state, ms } = JSON.parse(line) as {
            event: string;
            phase: string;
            state: string;
            ms: number;
          };
          if (event === "phase" && state === "finished") lengths.set(phase, ms);
        }
      }
      t.equal(changedTraces(before, await traces(host), SAID), [], "the list of traces after the last run");
    }
    const never = KILLED_IN.slice(0, count).filter((phase) => SHORT[phase] !== undefined && !hit.has(phase));
    t.equal(never, [], "the list of short phases in which no run was killed");
    await t.noPulls();
  },
};
