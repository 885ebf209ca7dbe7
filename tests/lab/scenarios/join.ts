import {
  changesOf,
  differingObjects,
  differingPaths,
  init,
  join,
  joinArguments,
  objectsOf,
  onlyIn,
  prepare,
  WATCHED,
} from "../kubewright.ts";
import { worksAcross } from "../across.ts";
import { podsRunning } from "../pods.ts";
import type { Scenario } from "../scenario.ts";

export const scenario: Scenario = {
  name: "join",
  summary: "a worker joins; DNS and a service between hosts, logs and exec; join again: nothing changes",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1), prepare(k2)]);
    const initialized = await t.step("init", () => init(k1));
    t.log(`init took ${initialized.seconds.toFixed(1)} s`);
    const command = joinArguments(initialized);
    const untouched = await k2.snapshot(WATCHED);
    const dry = await t.step("dry run of join", () => join(k2, command, "--dry-run"));
    t.equal(differingPaths(untouched, await k2.snapshot(WATCHED)), [], "the list of paths that a dry run changed");
    const joined = await t.step("join", () => join(k2, command));
    t.log(`join took ${joined.seconds.toFixed(1)} s`);
    // A dry run looks for the cluster as a real one: these waits are no part of the plan.
    const told = changesOf(joined).filter((change) => !/^\{"kind":"wait","what":"cluster-info of /.test(change));
    t.equal(onlyIn(told, changesOf(dry)), [], "the list of changes that the dry run did not tell of");
    t.equal(onlyIn(changesOf(dry), changesOf(joined)), [], "the list of changes that only the dry run told of");
    await t.step(
      "both nodes Ready",
      () => k1.kubectl("wait", "--for=condition=Ready", "node", "k1", "k2", "--timeout=5s"),
    );
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    t.equal(
      await k2.shell("ls /etc/kubernetes/bootstrap-kubelet.conf 2>/dev/null || true"),
      "",
      "the bootstrap credentials left behind",
    );
    const secret = command[command.indexOf("--token") + 1]!.split(".")[1]!;
    const holding = await k2.shell(
      `grep -rl ${secret} /etc /var/lib/kubelet /var/lib/kubewright /var/log/journal /run/log 2>/dev/null || true`,
    );
    t.equal(holding, "", "the list of files on the worker that hold the token's secret");
    await worksAcross(t, k1, ["k1", "k2"]);
    const [files, objects] = [await k2.snapshot(WATCHED), await objectsOf(k1)];
    const again = await t.step("join again", () => join(k2, command));
    t.equal(
      changesOf(again).filter((change) => !change.includes('"kind":"wait"')),
      [],
      "the list of changes of a second join",
    );
    t.equal(differingPaths(files, await k2.snapshot(WATCHED)), [], "the list of paths that a second join changed");
    t.equal(differingObjects(objects, await objectsOf(k1)), [], "the list of objects that a second join changed");
    await t.noPulls();
  },
};
