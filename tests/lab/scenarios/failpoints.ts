import {
  chosen,
  countChanges,
  described,
  dieAt,
  type Failpoint,
  installFailing,
  isChosen,
  noLeftovers,
  stateOf,
} from "../failpoints.ts";
import type { Host } from "../host.ts";
import { changesOf, CONFIG, init, join, joinArguments, kubewright, onlyIn, prepare, TOKEN } from "../kubewright.ts";
import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import { brokenPairs } from "../pairs_of_keys.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedTraces, traces } from "../traces.ts";
import { trials } from "../trials.ts";

/** As in `reset-kill`: what stays of a cluster, as `reset` says. */
const SAID = [/^\+ files: \/run\/(xtables\.lock|netns) /];

async function ready(host: Host, by = host): Promise<void> {
  await by.kubectl("wait", "--for=condition=Ready", `node/${host.name}`, "--timeout=120s");
}

async function equip(host: Host): Promise<void> {
  await prepare(host, { algorithm: "ECDSA-P256", token: TOKEN });
  await installFailing(host);
}

/** Keys and certificates of the host by path, of files that are whole. */
async function keysOf(host: Host): Promise<Map<string, string>> {
  const entries = [...await host.snapshot(["/etc/kubernetes/pki"])];
  return new Map(
    entries.filter(([path, { type }]) => type === "file" && !path.includes("/.kubewright-")).map(
      ([path, { sha256 }]) => [path, sha256],
    ),
  );
}

async function sameState(t: Run, host: Host, whole: readonly string[]): Promise<void> {
  const state = await stateOf(host);
  const differing = [
    ...onlyIn(whole, state).map((line) => `- ${line}`),
    ...onlyIn(state, whole).map((line) => `+ ${line}`),
  ];
  t.equal(differing, [], `${host.name}: what differs from an undisturbed run`);
  const { broken, count } = await brokenPairs(host);
  t.equal(broken, [], `${host.name}: the list of ${count} pairs that do not belong together`);
  await noLeftovers(t, host);
}

const INIT = ["init", "--config", CONFIG];

async function ofInit(t: Run): Promise<void> {
  if (!isChosen("init")) return;
  const { changes, whole } = await t.step("init, undisturbed", async () => {
    const host = await t.host("i0");
    await equip(host);
    const changes = await countChanges(host, INIT);
    await ready(host);
    const whole = await stateOf(host);
    await host.kill();
    return { changes, whole };
  });
  const points = chosen("init", changes);
  t.log(`init: ${changes.length} Changes, ${points.length} kills`);
  await trials(
    t,
    points.map((point) => ({
      label: `init, ${described(point)}`,
      async run(host) {
        await equip(host);
        const phase = await dieAt(t, host, INIT, point);
        const before = await keysOf(host);
        const { seconds } = await init(host);
        const after = await keysOf(host);
        const lost = [...before].filter(([path, hash]) => after.get(path) !== hash).map(([path]) => path);
        t.equal(lost, [], `${host.name}: the list of keys and certificates that the second run did not keep`);
        await ready(host);
        await sameState(t, host, whole);
        const third = changesOf(await init(host, "--dry-run")).filter((change) => !change.includes('"kind":"wait"'));
        t.equal(third, [], `${host.name}: the list of changes of a third init`);
        return `${phase ?? "NOT KILLED"}; second run ${seconds.toFixed(1)} s`;
      },
    })),
    "ki",
  );
}

async function ofJoin(t: Run): Promise<void> {
  if (!isChosen("join")) return;
  const control = await t.host("c1");
  await prepare(control, { algorithm: "ECDSA-P256", token: TOKEN });
  const command = joinArguments(await init(control));
  const argv = [...command, `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`];
  const forget = (host: Host) => control.kubectl("delete", "node", host.name);
  const { changes, whole } = await t.step("join, undisturbed", async () => {
    const host = await t.host("j0");
    await equip(host);
    const changes = await countChanges(host, argv);
    await ready(host, control);
    const whole = await stateOf(host);
    await host.kill();
    await forget(host);
    return { changes, whole };
  });
  const points = chosen("join", changes);
  t.log(`join: ${changes.length} Changes, ${points.length} kills`);
  await trials(
    t,
    points.map((point) => ({
      label: `join, ${described(point)}`,
      async run(host) {
        await equip(host);
        const phase = await dieAt(t, host, argv, point);
        const { seconds } = await join(host, command);
        await ready(host, control);
        await sameState(t, host, whole);
        await forget(host);
        return `${phase ?? "NOT KILLED"}; second run ${seconds.toFixed(1)} s`;
      },
    })),
    "kj",
  );
}

/** One host: made a node again for each kill. */
async function ofReset(t: Run): Promise<void> {
  if (!isChosen("reset")) return;
  const host = await t.host("r1");
  await equip(host);
  await host.install("kubectl");
  await host.exec(["ctr", "version"]);
  const before = await traces(host);
  await init(host);
  const changes = await countChanges(host, ["reset", "--force"]);
  t.equal(changedTraces(before, await traces(host), SAID), [], "the list of traces after an undisturbed reset");
  const points = chosen("reset", changes);
  t.log(`reset: ${changes.length} Changes, ${points.length} kills`);
  await each(t, points, "reset", async (point) => {
    await init(host);
    // Until flannel has written of its network, reset cannot know the tunnel for its own: it names it, and leaves it.
    await host.shell("timeout 60 sh -c 'until [ -s /run/flannel/subnet.env ]; do sleep 0.2; done'", {
      timeout: 90_000,
    });
    const phase = await dieAt(t, host, ["reset", "--force"], point);
    const { seconds } = await kubewright(host, ["reset", "--force"]);
    await noLeftovers(t, host);
    t.equal(changedTraces(before, await traces(host), SAID), [], "the list of traces after the second run");
    return `${phase ?? "NOT KILLED"}; second run ${seconds.toFixed(1)} s`;
  });
  await host.kill();
}

/** One node: its certificates are renewed again and again. */
async function ofRenewal(t: Run): Promise<void> {
  if (!isChosen("renew")) return;
  const host = await t.host("n1");
  await equip(host);
  await init(host);
  const argv = ["certs", "renew", "all"];
  const changes = await countChanges(host, argv);
  const whole = await stateOf(host);
  const points = chosen("renew", changes);
  t.log(`certs renew: ${changes.length} Changes, ${points.length} kills`);
  await each(t, points, "certs renew", async (point) => {
    const old = await keysOf(host);
    await dieAt(t, host, argv, point);
    const { seconds } = await kubewright(host, argv);
    await sameState(t, host, whole);
    const now = await keysOf(host);
    const kept = [...old].filter(([path, hash]) => now.get(path) === hash).map(([path]) => path);
    t.equal(
      kept.filter((path) => !/\/(ca|front-proxy-ca|sa)\.(crt|key|pub)$/.test(path)),
      [],
      "the list of files not renewed",
    );
    return `second run ${seconds.toFixed(1)} s`;
  });
  await kubewright(host, [...argv, "--restart"]);
  await ready(host);
  await host.kill();
}

/** All of them one after another; throws at the end when some failed. */
async function each(
  t: Run,
  points: readonly Failpoint[],
  command: string,
  work: (point: Failpoint) => Promise<string>,
) {
  const failures: string[] = [];
  for (const point of points) {
    const label = `${command}, ${described(point)}`;
    try {
      t.log(`${label}: ${await work(point)}`);
    } catch (error) {
      failures.push(`${label}: ${error instanceof Error ? error.message : error}`);
      t.log(`FAILED ${failures.at(-1)}`);
    }
  }
  t.log(`${points.length - failures.length} of ${points.length}`);
  if (failures.length > 0) throw new Error(`${failures.length} of ${points.length} failed:\n${failures.join("\n")}`);
}

export const scenario: Scenario = {
  name: "failpoints",
  summary: "init, join, reset and certs renew killed before and after each of their Changes (KUBEWRIGHT_FAILPOINTS), " +
    "run again: as undisturbed",
  async run(t: Run) {
    t.log("a lab has addresses for 240 hosts: all of init and all of join go into two runs");
    await ofRenewal(t);
    await ofReset(t);
    await ofJoin(t);
    await ofInit(t);
  },
};
