import type { Host } from "../host.ts";
import { init, join, joinArguments, kubewright, prepare, type Ran } from "../kubewright.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import { countFrom } from "../trials.ts";

const ADMIN = "/run/lock/admin.conf";

/** What of the other host may not change: its Node, and what runs on it. */
async function stateOf(cluster: Host, other: Host, node: string): Promise<string[]> {
  const field = (path: string) => cluster.kubectl("get", "node", node, "-o", `jsonpath={${path}}`);
  return [
    await field(".metadata.uid"),
    await field('.status.conditions[?(@.type=="Ready")].status'),
    await field(".spec.unschedulable"),
    await other.shell("ctr -n k8s.io containers list -q | sort; systemctl is-active kubelet; ls /etc/kubernetes"),
  ];
}

/** Resets a host with an administrator's identity, which could delete any Node. */
async function resetAsAdmin(cluster: Host, host: Host): Promise<Ran> {
  await host.write(ADMIN, await cluster.read("/etc/kubernetes/admin.conf"), 0o600);
  const ran = await kubewright(host, ["reset", "--force", `--kubeconfig=${ADMIN}`]);
  await host.exec(["rm", "-f", ADMIN]);
  return ran;
}

const leftBy = ({ events }: Ran) => (events.at(-1) as { left?: { what: string }[] }).left!.map(({ what }) => what);
const nodesOf = async (cluster: Host) =>
  (await cluster.kubectl("get", "nodes", "-o", "name")).split("\n").filter(Boolean).sort();

/** The host joined as k2 and is called k3 now; k3 is another, healthy node. */
async function renamed(t: Run, [k1, k2, k3]: readonly [Host, Host, Host], command: readonly string[]) {
  await join(k2, command);
  await join(k3, command);
  const before = await stateOf(k1, k3, "k3");
  await k2.exec(["hostname", "k3"]);
  await resetAsAdmin(k1, k2);
  await k2.exec(["hostname", "k2"]);
  t.equal(await stateOf(k1, k3, "k3"), before, "the other host and its Node");
  t.equal(await nodesOf(k1), ["node/k1", "node/k3"], "the list of Nodes: its own is gone");
  await resetAsAdmin(k1, k3);
}

/** Another host has joined as k2 since: the name in the certificate is the same, the machine is not. */
async function succeeded(t: Run, [k1, k2, k3]: readonly [Host, Host, Host], command: readonly string[]) {
  await join(k2, command);
  await k2.exec(["systemctl", "stop", "kubelet"]);
  await k1.kubectl("delete", "node", "k2");
  await join(k3, command, "--node-name=k2");
  const before = await stateOf(k1, k3, "k2");
  const ran = await resetAsAdmin(k1, k2);
  t.assert(leftBy(ran).includes("Node k2"), `reset does not say that it left Node k2: ${leftBy(ran)}`);
  t.equal(await stateOf(k1, k3, "k2"), before, "the other host and its Node");
  await resetAsAdmin(k1, k3);
}

export const scenario: Scenario = {
  name: "reset-renamed",
  summary: "reset of a renamed host beside the host that has its name (KUBEWRIGHT_ROUNDS, 4): the other's Node stays",
  async run(t) {
    const rounds = countFrom("KUBEWRIGHT_ROUNDS", 4);
    const hosts = await t.step(
      "three hosts boot",
      () => Promise.all([t.host("k1"), t.host("k2"), t.host("k3")]),
    );
    for (const host of hosts) await prepare(host);
    const [k1] = hosts;
    const command = joinArguments(await t.step("init", () => init(k1)));
    await podsRunning(k1, "kube-system", 120_000);
    for (let round = 1; round <= rounds; round++) {
      const [what, work] = round % 2 === 1
        ? ["a renamed host beside its namesake", renamed] as const
        : ["a host whose name another one has taken over", succeeded] as const;
      await t.step(`round ${round} of ${rounds}: ${what}`, () => work(t, hosts, command));
      t.equal(await nodesOf(k1), ["node/k1"], "the list of Nodes after a round");
    }
    await t.noPulls();
  },
};
