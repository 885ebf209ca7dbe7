import type { Host } from "../host.ts";
import { init, join, joinArguments, prepare, PROGRAM } from "../kubewright.ts";
import { until } from "../process.ts";
import type { Run, Scenario } from "../scenario.ts";

/** What of the answer is looked at here. */
interface Status {
  role: string;
  healthy: boolean;
  components: { name: string; state?: string; healthy?: boolean; exitCode?: number }[];
  etcd: { healthy: boolean }[];
  node?: { name: string; ready: boolean };
  apiServer?: { reachable: boolean; version?: string };
  certificates: { name: string; daysLeft: number }[];
  problems: { where: string; what: string; details?: string[] }[];
  unseen: { what: string; why: string }[];
}

interface Answer {
  code: number;
  seconds: number;
  status: Status;
}

async function ask(host: Host, ...before: readonly string[]): Promise<Answer> {
  const start = performance.now();
  const { code, stdout, stderr } = await host.exec([...before, PROGRAM, "status", "--output", "json"], {
    check: false,
    timeout: 30_000,
  });
  const seconds = (performance.now() - start) / 1_000;
  if (stderr !== "") throw new Error(`status on ${host.name} says on standard error:\n${stderr}`);
  return { code, seconds, status: JSON.parse(stdout) as Status };
}

/** How long (ms) a state may take to come: the kubelet starts an etcd whose API server is gone only after its own time limits. */
const STATE_MS = 300_000;

/** Asks until the answer holds what is looked for: containers take their time to end, nodes to be ready. */
async function asked(host: Host, what: string, wanted: (status: Status) => boolean): Promise<Answer> {
  let last: Answer | undefined;
  try {
    await until(what, async () => wanted((last = await ask(host)).status), { timeout: STATE_MS, interval: 1_000 });
  } catch (cause) {
    throw new Error(`${what}: not seen on ${host.name}, but ${JSON.stringify(last?.status, undefined, 2)}`, { cause });
  }
  return last!;
}

/** The text, as a person has it; a secret in it is an error. */
async function show(t: Run, host: Host): Promise<string> {
  const { stdout } = await host.exec([PROGRAM, "status"], { check: false });
  t.assert(!/[a-z0-9]{6}\.[a-z0-9]{16}|BEGIN/.test(stdout), `status shows a secret:\n${stdout}`);
  for (const line of stdout.trimEnd().split("\n")) t.log(`  | ${line}`);
  return stdout;
}

async function well(t: Run, host: Host, role: string, components: number): Promise<void> {
  const { code, status, seconds } = await asked(host, `${host.name} to be well`, ({ healthy }) => healthy);
  t.equal([code, status.role, status.problems, status.unseen], [0, role, [], []], `the status of ${host.name}`);
  t.equal(
    status.components.filter(({ healthy, state }) => healthy && state === "running").length,
    components,
    "healthy",
  );
  t.equal([status.node?.name, status.node?.ready, status.apiServer?.reachable], [host.name, true, true], "the node");
  t.assert(status.certificates.every(({ daysLeft }) => daysLeft > 300), "certificates have more than 300 days left");
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push((await ask(host)).seconds);
  times.sort((a, b) => a - b);
  t.log(`status of ${host.name} takes ${times[2]!.toFixed(2)} s (${seconds.toFixed(2)} s at first)`);
}

/** Writes a file whole or not at all: a kubelet that reads half a manifest looks again only a while later. */
async function replace(host: Host, path: string, text: string): Promise<void> {
  await host.write("/etc/kubernetes/.replaced", text, 0o600);
  await host.exec(["mv", "-f", "/etc/kubernetes/.replaced", path]);
}

/** Does something to a file and takes it back. */
async function withFile(
  host: Host,
  path: string,
  change: (text: string) => string | undefined,
  work: () => Promise<void>,
) {
  const text = await host.read(path);
  const changed = change(text);
  if (changed === undefined) await host.exec(["rm", path]);
  else await replace(host, path, changed);
  try {
    await work();
  } finally {
    await replace(host, path, text);
  }
}

async function fallen(t: Run, k1: Host): Promise<void> {
  await k1.exec(["systemctl", "stop", "kubelet"]);
  await t.step("kubelet stopped", async () => {
    const { code, status } = await ask(k1);
    t.equal([code, status.problems[0]?.where], [6, "kubelet"], "exit code and first problem");
    t.equal(
      status.components.every(({ state }) => state === "running"),
      true,
      "whether the containers are seen running",
    );
    t.includes(await show(t, k1), "next: Start it: systemctl start kubelet", "the text");
  });
  await k1.exec(["systemctl", "start", "kubelet"]);
  await asked(k1, "k1 to be well again", ({ healthy }) => healthy);

  const manifests = "/etc/kubernetes/manifests";
  await t.step("a flag that the API server does not know", async () => {
    const broken = (text: string) => text.replace("- kube-apiserver\n", "- kube-apiserver\n    - --no-such-flag=1\n");
    await withFile(k1, `${manifests}/kube-apiserver.yaml`, broken, async () => {
      const { code, status } = await asked(
        k1,
        "the API server's container to end again and again",
        ({ components }) => components.some(({ name, exitCode }) => name === "kube-apiserver" && exitCode === 1),
      );
      t.equal(code, 6, "the exit code");
      const problem = status.problems.find(({ where }) => where === "kube-apiserver");
      t.includes(problem?.details?.join("\n") ?? "", "unknown flag: --no-such-flag", "the reason");
      await show(t, k1);
    });
    await asked(k1, "k1 to be well again", ({ healthy }) => healthy);
  });

  await t.step("etcd down", async () => {
    await withFile(k1, `${manifests}/etcd.yaml`, () => undefined, async () => {
      const { code, status } = await asked(k1, "etcd to be down", ({ etcd }) => etcd.every(({ healthy }) => !healthy));
      t.equal(code, 6, "the exit code");
      t.includes(
        status.problems.find(({ where }) => where === "etcd")?.what ?? "",
        'etcd.yaml" not found',
        "etcd's problem",
      );
      await asked(k1, "the API server to be not ready", (s) => s.problems.some((p) => p.where === "kube-apiserver"));
      await show(t, k1);
    });
    await asked(k1, "k1 to be well again", ({ healthy }) => healthy);
  });

  await t.step("no container runtime", async () => {
    await k1.exec(["systemctl", "stop", "containerd"]);
    const { code, status, seconds } = await ask(k1);
    t.equal([code, status.problems[0]?.where], [6, "container runtime"], "exit code and first problem");
    t.assert(seconds < 8, `it takes ${seconds} s`);
    await show(t, k1);
    await k1.exec(["systemctl", "start", "containerd"]);
    await asked(k1, "k1 to be well again", ({ healthy }) => healthy);
  });
}

export const scenario: Scenario = {
  name: "status",
  summary: "status of a bare host, a healthy cluster, without root, and of nodes where something is down",
  async run(t: Run) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1), prepare(k2)]);
    await t.step("a bare host", async () => {
      const { code, status } = await ask(k2);
      t.equal([code, status.role, status.healthy], [6, "none", false], "exit code, role and health");
      t.includes(await show(t, k2), "has not created or joined a cluster", "the text");
    });
    const initialized = await t.step("init", () => init(k1));
    await t.step("join", () => join(k2, joinArguments(initialized)));
    await t.step("the control plane node is well", () => well(t, k1, "control-plane", 4));
    await t.step("the worker is well", () => well(t, k2, "worker", 0));
    await show(t, k1);
    await show(t, k2);
    await t.step("without root", async () => {
      const { code, status } = await ask(k1, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
      t.equal([code, status.problems], [6, []], "exit code and problems");
      t.assert(status.unseen.some(({ why }) => why.includes("permission denied")), "it says what only root can see");
      t.assert(status.certificates.length >= 10, `${status.certificates.length} certificates can be seen`);
      t.log(`not seen: ${status.unseen.map(({ what }) => what).join(", ")}`);
    });
    await fallen(t, k1);
    await t.step("a worker whose control plane is off", async () => {
      await k1.kill();
      const { code, status, seconds } = await ask(k2);
      t.equal([code, status.apiServer?.reachable], [6, false], "exit code, and whether the API server is reachable");
      t.assert(seconds < 8, `it takes ${seconds} s`);
      await show(t, k2);
    });
  },
};
