import { init, kubewright, prepare, PROGRAM } from "../kubewright.ts";
import { phaseOf } from "../interrupted.ts";
import { plantAround } from "../planted.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import type { Spawned } from "../spawned.ts";
import { changedTraces, traces } from "../traces.ts";
import { countFrom, seeded } from "../trials.ts";

/** What stays of a cluster, as `reset` says (its list "Left as it is"). */
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
    for (let round = 0; round <= count; round++) {
      await init(host);
      await podsRunning(host, "kube-system", 120_000);
      const running = host.spawn([PROGRAM, "reset", "--force", "--output", "json"]);
      if (round > 0) {
        const phase = KILLED_IN[(round - 1) % KILLED_IN.length]!;
        const moment = random() * lengths.get(phase)!;
        await begun(running, phase);
        await new Promise((resolve) => setTimeout(resolve, moment));
        await running.kill();
        const ended = await running.done;
        const where = ended.code === 0 ? "NOT KILLED, over before" : `in ${phaseOf(ended)}`;
        const { seconds } = await kubewright(host, ["reset", "--force"]);
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
    await t.noPulls();
  },
};
