import { init, kubewright, prepare, PROGRAM } from "../kubewright.ts";
import { phaseOf } from "../interrupted.ts";
import { plantAround } from "../planted.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedTraces, traces } from "../traces.ts";
import { countFrom, seeded } from "../trials.ts";

/** What stays of a cluster, as `reset` says (its list "Left as it is"). */
const SAID = [/^\+ files: \/run\/(xtables\.lock|netns) /];

export const scenario: Scenario = {
  name: "reset-kill",
  summary:
    "reset killed at random moments (KUBEWRIGHT_KILLS, 5), run again: nothing is left behind, and init works again",
  async run(t: Run) {
    const count = countFrom("KUBEWRIGHT_KILLS", 5);
    const random = seeded(t);
    const host = await t.step("a host boots", () => t.host("k1"));
    await prepare(host);
    await host.install("kubectl");
    await host.exec(["ctr", "version"]);
    await plantAround(host);
    const before = await traces(host);
    let whole = 3; // seconds, until one was measured
    for (let round = 0; round <= count; round++) {
      await init(host);
      await podsRunning(host, "kube-system", 120_000);
      const running = host.spawn([PROGRAM, "reset", "--force", "--output", "json"]);
      if (round > 0) {
        const moment = random() * whole;
        await new Promise((resolve) => setTimeout(resolve, moment * 1000));
        await running.kill();
        const ended = await running.done;
        const where = ended.code === 0 ? "NOT KILLED, over before" : `in ${phaseOf(ended)}`;
        const { seconds } = await kubewright(host, ["reset", "--force"]);
        t.log(`killed after ${moment.toFixed(2)} s, ${where}; second run ${seconds.toFixed(1)} s`);
      } else {
        const start = performance.now();
        t.equal((await running.done).code, 0, "the exit code of an undisturbed run");
        whole = (performance.now() - start) / 1000;
        t.log(`an undisturbed run takes ${whole.toFixed(1)} s`);
      }
      t.equal(changedTraces(before, await traces(host), SAID), [], "the list of traces after the last run");
    }
    await t.noPulls();
  },
};
