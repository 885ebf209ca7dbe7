import { worksAcross } from "../across.ts";
import { initConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { changesOf, CONFIG, init, join, joinArguments, kubewright, prepare, type Ran } from "../kubewright.ts";
import { pickWithin, plantAround, plantWithin, WITHIN, WITHIN_MOUNT } from "../planted.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedTraces, type Traces, traces } from "../traces.ts";
import { countFrom } from "../trials.ts";

/** What stays of a cluster, as `reset` says (its list "Not removed"). */
const SAID = [/^\+ files: \/run\/(xtables\.lock|netns) /, /\/root\/kubewright\.yaml$/];

const MODES = ["nftables", "iptables"];

/** What `reset` says that it left. */
function leftBy({ events }: Ran): string[] {
  const { left = [] } = events.at(-1) as { left?: { what: string }[] };
  return left.map(({ what }) => what);
}

/** Resets a host, twice; checks what it says, and that nothing is there that was not there before. */
async function resetHost(t: Run, host: Host, before: Traces, ...flags: string[]): Promise<number> {
  await plantWithin(host);
  const ran = await kubewright(host, ["reset", "--force", ...flags]);
  const left = leftBy(ran);
  for (const path of [...WITHIN.slice(0, 4), "/var/lib/kubelet/seccomp", "/var/log/pods", WITHIN_MOUNT, "/run/netns"]) {
    t.assert(
      left.some((what) => what.includes(path)),
      `${host.name}: reset does not say that it left ${path}: ${left}`,
    );
  }
  await pickWithin(host);
  t.equal(changedTraces(before, await traces(host), SAID), [], `${host.name}: the list of traces after reset`);
  const again = await kubewright(host, ["reset"]);
  t.equal(changesOf(again), [], `${host.name}: the list of changes of a second reset`);
  t.equal(again.events.at(-1)!["maker"], "nobody", `${host.name}: who made the node, after reset`);
  return ran.seconds;
}

export const scenario: Scenario = {
  name: "reset",
  summary:
    "init, join, reset of both, again and again (KUBEWRIGHT_ROUNDS, 3) on the same hosts: nothing is left behind",
  async run(t) {
    const rounds = countFrom("KUBEWRIGHT_ROUNDS", 3);
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    for (const host of [k1, k2]) {
      await prepare(host);
      await host.install("kubectl");
      await host.exec(["ctr", "version"]); // what it makes when it is first asked
      await plantAround(host);
    }
    const before = new Map([[k1, await traces(k1)], [k2, await traces(k2)]]);
    for (let round = 1; round <= rounds; round++) {
      await t.step(`round ${round} of ${rounds}`, async () => {
        // kube-proxy writes to the kernel in two ways.
        await k1.write(
          CONFIG,
          initConfiguration({ address: k1.address, kubeProxy: { mode: MODES[round % 2] } }),
          0o600,
        );
        const initialized = await init(k1);
        await join(k2, joinArguments(initialized));
        await podsRunning(k1, "kube-system", 120_000);
        if (round === 1) await worksAcross(t, k1, ["k1", "k2"]);
        const admin = round % 2 === 0;
        if (admin) await k2.write("/run/lock/admin.conf", await k1.read("/etc/kubernetes/admin.conf"), 0o600);
        const seconds = [
          await resetHost(t, k2, before.get(k2)!, ...admin ? ["--kubeconfig=/run/lock/admin.conf"] : []),
        ];
        const nodes = await k1.kubectl("get", "nodes", "-o", "name");
        await k2.exec(["rm", "-f", "/run/lock/admin.conf"]);
        t.equal(nodes.includes("node/k2"), !admin, "whether the Node of the worker is still there");
        seconds.push(await resetHost(t, k1, before.get(k1)!));
        t.log(`reset took ${seconds.map((value) => value.toFixed(1)).join(" and ")} s`);
      });
    }
    await t.step("init once more, and it is healthy", async () => {
      await init(k1);
      await podsRunning(k1, "kube-system", 120_000);
    });
    await t.noPulls();
  },
};
