import type { Host } from "../host.ts";
import { changesOf, init, join, joinArguments, kubewright, prepare, PROGRAM, type Ran } from "../kubewright.ts";
import { plantAround } from "../planted.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedTraces, type Traces, traces } from "../traces.ts";

/** What stays of a cluster, as `reset` says (its list "Not removed"). */
const SAID = [/^\+ files: \/run\/(xtables\.lock|netns) /];
const RECEIPT = "/var/lib/kubewright/receipt.jsonl";
/** A run that cannot go on ends within so many seconds. */
const PROMPT = 60;

/** Something that keeps a reset from its work, and what takes that away. */
interface Obstacle {
  what: string;
  begin: string;
  end: string;
  /** What the run says. */
  says: RegExp;
  /** Whether the run ends before anything of the pods is removed. */
  ends: boolean;
}

const FIREWALL = "/usr/sbin/*tables* /usr/sbin/nft /sbin/*tables* /sbin/nft";

const OBSTACLES: readonly Obstacle[] = [
  {
    what: "a runtime that is down",
    begin: "systemctl stop containerd",
    end: "systemctl start containerd",
    says: /Cannot remove the pods of this node[\s\S]*systemctl restart containerd/,
    ends: true,
  },
  {
    what: "a runtime that hangs",
    begin: "pkill -STOP -x containerd",
    end: "pkill -CONT -x containerd",
    says: /Cannot remove the pods of this node[\s\S]*no answer within/,
    ends: true,
  },
  {
    what: "no program for firewalls",
    begin:
      `mkdir /root/away; for f in ${FIREWALL}; do if [ -e "$f" ]; then mv "$f" "/root/away/$(basename "$f")"; fi; done`,
    end: "mv /root/away/* /usr/sbin/; rmdir /root/away",
    says: /firewall: Cannot list the firewall rules/,
    ends: false,
  },
];

const everything = ({ stdout, stderr }: Ran) => `${stdout}${stderr}`;

/** Resets a host that has an obstacle, then without it. */
async function finishedLater(t: Run, host: Host, before: Traces, obstacle: Obstacle): Promise<void> {
  const { what, begin, end, says, ends } = obstacle;
  await host.shell(begin);
  const blocked = await kubewright(host, ["reset", "--force"], { check: false });
  t.equal(blocked.code, 1, `${host.name}: the exit code of reset with ${what}`);
  t.includes(everything(blocked).replaceAll("\\n", "\n"), says, `${host.name}: what reset says with ${what}`);
  t.assert(blocked.seconds < PROMPT, `${host.name}: reset with ${what} took ${blocked.seconds} s`);
  t.assert((await host.read(RECEIPT)).length > 0, `${host.name}: the receipt is gone`);
  if (ends) {
    const removed = changesOf(blocked).filter((change) => change.includes('"kind":"remove"'));
    t.equal(removed, [], `${host.name}: the list of paths removed with ${what}`);
  }
  await host.shell(end);
  const { events, seconds } = await kubewright(host, ["reset", "--force"]);
  t.equal(events.at(-1)!["maker"], "kubewright", `${host.name}: who made the node, says the second run`);
  t.equal(changedTraces(before, await traces(host), SAID), [], `${host.name}: the list of traces after the second run`);
  t.log(`${host.name}: ${blocked.seconds.toFixed(1)} s with ${what}, ${seconds.toFixed(1)} s without`);
}

export const scenario: Scenario = {
  name: "reset-unfinished",
  summary: "reset while the runtime is down or hangs, without programs, without a PATH: the next run finishes it",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    for (const host of [k1, k2]) {
      await prepare(host);
      await host.install("kubectl");
      await host.exec(["ctr", "version"]);
      await plantAround(host);
    }
    const before = new Map([[k1, await traces(k1)], [k2, await traces(k2)]]);
    const cluster = async () => {
      await join(k2, joinArguments(await init(k1)));
      await podsRunning(k1, "kube-system", 120_000);
    };
    for (const obstacle of OBSTACLES) {
      await t.step(obstacle.what, async () => {
        await cluster();
        for (const host of [k2, k1]) await finishedLater(t, host, before.get(host)!, obstacle);
      });
    }
    await t.step("a PATH without sbin, and none", async () => {
      await cluster();
      for (const [host, path] of [[k2, "/usr/bin:/bin"], [k1, "/nonexistent"]] as const) {
        await host.exec(["/usr/bin/env", "-i", "HOME=/root", `PATH=${path}`, PROGRAM, "reset", "--force"], {
          timeout: 120_000,
        });
        t.equal(changedTraces(before.get(host)!, await traces(host), SAID), [], `${host.name}: the list of traces`);
      }
    });
    await t.noPulls();
  },
};
