import type { Host } from "../host.ts";
import { described, INIT, phaseOf, recover } from "../interrupted.ts";
import { init, prepare } from "../kubewright.ts";
import type { Output } from "../process.ts";
import type { Scenario } from "../scenario.ts";
import { countFrom, seeded, trials } from "../trials.ts";

/** In these first seconds almost all files are written: half of the kills fall into them. */
const WRITING = 3;

/** Starts `init` and ends the program itself, not what it started, after so many seconds. */
async function killedAfter(host: Host, seconds: number): Promise<Output> {
  const running = host.spawn(INIT);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await running.kill();
  return await running.done;
}

export const scenario: Scenario = {
  name: "kill",
  summary:
    "init killed at random moments (KUBEWRIGHT_KILLS, 20), run again: healthy, same keys; and a third changes nothing",
  async run(t) {
    const count = countFrom("KUBEWRIGHT_KILLS", 20);
    const random = seeded(t);
    const whole = await t.step("undisturbed run", async () => {
      const host = await t.host("k0");
      await prepare(host);
      const { seconds, stdout } = await init(host);
      t.log(`an undisturbed run takes ${seconds.toFixed(1)} s, until ${phaseOf({ stdout })}`);
      await host.kill();
      return seconds;
    });
    const moments = Array.from({ length: count }, (_, i) => random() * (i % 2 === 0 ? WRITING : whole));
    await trials(
      t,
      moments.map((moment) => ({
        label: `killed after ${moment.toFixed(2)} s`,
        run: async (host) => described(await recover(t, host, (host) => killedAfter(host, moment))),
      })),
    );
  },
};
