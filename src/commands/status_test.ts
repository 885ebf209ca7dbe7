import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { EXIT, UserError } from "../errors.ts";
import { memoryHost, type MemoryHostOptions } from "../../tests/fakes/memory_host.ts";
import type { ContainerRuntime, HttpAnswer, KubeClient, RuntimeContainer, System } from "../system.ts";
import type { CommandContext } from "./command_context.ts";
import { status } from "./status.ts";
import type { Status, Trouble } from "../node/status/document.ts";
import { judge } from "./status/judge.ts";
import { look } from "../node/status/look.ts";
import { duration } from "./status/text.ts";
import { conforms } from "../../tests/program/conform.ts";

const NOW = new Date("2026-01-01T01:00:00Z");
const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const KUBELET = "kubelet.service";
const CONF = `apiVersion: v1
kind: Config
clusters: [{name: k, cluster: {server: "https://192.0.2.10:6443"}}]
contexts: [{name: c, context: {cluster: k, user: u}}]
current-context: c
users: [{name: u, user: {token: t}}]
`;

function manifest(name: string): string {
  const flags = ["etcd-servers=https://127.0.0.1:2379", "advertise-address=192.0.2.10", "secure-port=6443"];
  const command = name === "kube-apiserver" ? [name, ...flags.map((flag) => `--${flag}`)] : [name];
  const spec = { containers: [{ name, image: `registry.k8s.io/${name}:v1.37.2`, command }] };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec });
}

const CONTROL_PLANE: MemoryHostOptions = {
  now: NOW,
  files: {
    "/proc/uptime": "3600.00 1.00\n",
    "/etc/kubernetes/kubelet.conf": CONF,
    "/var/lib/kubelet/instance-config.yaml": "containerRuntimeEndpoint: unix:///run/x.sock\n",
    ...Object.fromEntries(COMPONENTS.map((name) => [`/etc/kubernetes/manifests/${name}.yaml`, manifest(name)])),
  },
  manager: { version: "252", state: "running", failedUnits: 0 },
  units: { [KUBELET]: { active: "active", enabled: "enabled", activeSinceBoot: 60 } },
};

/** A host with other commands or files; `undefined` takes one away. */
function hostWith(commands: Record<string, string>, files: Record<string, string | undefined> = {}): MemoryHostOptions {
  const all = Object.entries({ ...CONTROL_PLANE.files, ...files }).filter(([, text]) => text !== undefined);
  return {
    ...CONTROL_PLANE,
    commands: { ...CONTROL_PLANE.commands, ...commands },
    files: Object.fromEntries(all) as Record<string, string>,
  };
}

const RUNNING: RuntimeContainer[] = COMPONENTS.map((name) => ({
  id: name,
  name,
  podName: `${name}-node-1`,
  podNamespace: "kube-system",
  state: "running",
  attempt: 0,
  createdAt: new Date("2026-01-01T00:30:00Z"),
  image: "sha256:0",
}));

function runtimeOf(containers: RuntimeContainer[] | UserError): ContainerRuntime {
  const answer = <T>(value: T) => containers instanceof UserError ? Promise.reject(containers) : Promise.resolve(value);
  return fake<ContainerRuntime>("container runtime", {
    socket: "unix:///run/x.sock",
    version: () => answer({ runtimeName: "containerd", runtimeVersion: "v2", runtimeApiVersion: "v1" }),
    status: () => answer([{ type: "RuntimeReady", status: true, reason: "", message: "" }]),
    containers: () => containers instanceof UserError ? Promise.reject(containers) : Promise.resolve(containers),
    containerStatus: () =>
      answer({
        exitCode: 1,
        reason: "Error",
        message: "",
        logPath: "/log",
        finishedAt: new Date(NOW.getTime() - 9_000),
      }),
    hasImage: () => answer(true),
  });
}

/** Lists of pods of kube-system and kube-flannel on node-1, as a kubelet may ask for them. */
function podsOf(system: unknown[], flannel: unknown[]): Answers {
  const path = (namespace: string) => `/api/v1/namespaces/${namespace}/pods?fieldSelector=spec.nodeName%3Dnode-1`;
  const list = (items: unknown[]) => ({ status: 200, body: JSON.stringify({ items }) });
  return { [path("kube-system")]: list(system), [path("kube-flannel")]: list(flannel) };
}

/** What the servers answer, by path; others are not there. */
type Answers = Readonly<Record<string, HttpAnswer | UserError>>;

const NODE = {
  metadata: { name: "node-1" },
  status: {
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" }],
    nodeInfo: { kubeletVersion: "v1.37.2" },
  },
};
const ok = (body: unknown): HttpAnswer => ({
  status: 200,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const WELL: Answers = {
  "/readyz?verbose": ok("ok"),
  "/version": ok({ gitVersion: "v1.37.2", etcdserver: "3.7.0" }),
  "/api/v1/nodes/node-1": ok(NODE),
  ...podsOf([], []),
  "/health": ok({ health: "true", reason: "" }),
  "/healthz": ok("ok"),
  "/livez": ok("ok"),
};

async function statusOf(
  host: MemoryHostOptions = CONTROL_PLANE,
  containers: RuntimeContainer[] | UserError = RUNNING,
  answers: Answers = WELL,
) {
  const get = (path: string) => {
    const answer = answers[path] ?? new UserError("Cannot reach it: connection refused");
    return answer instanceof UserError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const system = fake<System>("system", {
    host: memoryHost(host, () => assert.fail("status changes nothing")),
    connect: ({ server }: { server: string }) => fake<KubeClient>("API client", { server, probe: get }),
    runtime: () => runtimeOf(containers),
    unverified: { get: (url: string) => get(new URL(url).pathname + new URL(url).search) },
  });
  const { text, result, exitCode } = await status(fake<CommandContext>("context", { system }));
  conforms(JSON.parse(JSON.stringify(result)), "status.json");
  return { text, exitCode, found: result as unknown as Status };
}

Deno.test("status of a control plane node that is well: 0, and the tree", async () => {
  const { text, exitCode, found } = await statusOf();
  assert.deepEqual([exitCode, found.problems, found.unseen], [EXIT.ok, [], []]);
  assert.equal(
    text,
    `node-1: control plane node, healthy

systemd 252: running
├─ containerd v2: ready, unix:///run/x.sock
└─ kubelet: active for 59 min
   ├─ etcd v1.37.2: running for 30 min, healthy
   ├─ kube-apiserver v1.37.2: running for 30 min, healthy
   ├─ kube-controller-manager v1.37.2: running for 30 min, healthy
   └─ kube-scheduler v1.37.2: running for 30 min, healthy

API server https://192.0.2.10:6443: ready, v1.37.2
node node-1: Ready`,
  );
});

Deno.test("status: a container that ended, with its last error and without the secrets in it", async () => {
  const containers = RUNNING.map((c) =>
    c.name === "kube-scheduler" ? { ...c, state: "exited" as const, attempt: 3 } : c
  );
  const host = hostWith({ "tail -n 400 /log": "x stderr F E0101 1 1 a.go:1] no token abcdef.0123456789abcdef\n" });
  const { text, exitCode, found } = await statusOf(host, containers, { ...WELL, "/livez": new UserError("refused") });
  assert.equal(exitCode, EXIT.unhealthy);
  assert.deepEqual(found.problems, [{
    where: "kube-scheduler",
    what: "container exited, exit code 1, restarted 3 times",
    details: ["E0101 1 1 a.go:1] no token abcdef.<secret>"],
    hints: ["Show its log: tail -n 50 /log"],
  }]);
  assert.match(
    text,
    /└─ kube-scheduler v1\.37\.2: exited 9 s ago with exit code 1, restarted 3 times, not healthy: refused\n/,
  );
  assert.match(text, /^node-1: control plane node, 1 problem\n/);
});

Deno.test("status: a kubelet that ends again and again, and one that was stopped", async () => {
  const unit = (active: string, restarts: number): MemoryHostOptions => ({
    ...CONTROL_PLANE,
    units: { [KUBELET]: { active, enabled: "enabled", restarts } },
    journals: { [KUBELET]: 'E0101 1 1 run.go:72] "command failed" err="no swap"\n' },
  });
  const { found } = await statusOf(unit("activating", 7));
  assert.deepEqual(found.problems.map(({ where, what, details }) => [where, what, details]), [
    ["kubelet", "keeps exiting, restarted 7 times", ['"command failed" err="no swap"']],
  ]);
  const stopped = await statusOf(unit("inactive", 0));
  assert.equal(stopped.found.problems[0]!.what, "is not running (systemd state: inactive)");
  assert.match(stopped.text, /next: Start it: systemctl start kubelet\n {4}next: Show its log: journalctl/);
  const skipped = { active: "inactive", enabled: "enabled", conditionFailed: true, triedSinceBoot: 9 };
  const { found: { problems: [condition] } } = await statusOf({ ...CONTROL_PLANE, units: { [KUBELET]: skipped } });
  assert.equal(condition?.what, 'systemd reports "inactive": a condition of the unit is not met');
  assert.match(condition?.hints?.join("\n") ?? "", /systemctl status kubelet/);
  const absent = await statusOf({ ...CONTROL_PLANE, units: {} });
  assert.equal(absent.found.kubelet?.state, "absent");
});

Deno.test("status: etcd that has no quorum, and an API server that says so", async () => {
  const { found } = await statusOf(CONTROL_PLANE, RUNNING, {
    ...WELL,
    "/health": { status: 503, body: JSON.stringify({ health: "false", reason: "RAFT NO LEADER" }) },
    "/readyz?verbose": { status: 500, body: "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n" },
  });
  assert.deepEqual(found.problems.map(({ where, what }) => [where, what]), [
    ["etcd", "not healthy: RAFT NO LEADER"],
    ["kube-apiserver", "not healthy: answers 500, failing checks: etcd"],
  ]);
});

Deno.test("status: manifests that are not there or cannot be read as such are named", async () => {
  const { found } = await statusOf(hostWith({}, {
    "/etc/kubernetes/manifests/etcd.yaml": undefined,
    "/etc/kubernetes/manifests/kube-scheduler.yaml": "a: [",
  }));
  const about = (name: string) => found.problems.find(({ where }) => where === name)?.what ?? "";
  assert.match(about("etcd"), /^manifest "\/etc\/kubernetes\/manifests\/etcd\.yaml" not found$/);
  assert.match(about("kube-scheduler"), /Cannot read ".*kube-scheduler\.yaml": not valid YAML/);
});

Deno.test("status: a runtime that is down is a problem; one that only root may ask is not seen", async () => {
  const down = await statusOf(CONTROL_PLANE, new UserError("Cannot connect to the container runtime: refused"));
  assert.deepEqual(down.found.problems.map(({ where }) => where), ["container runtime"]);
  assert.match(down.text, /^Problems:\n {2}container runtime: .*\n {4}next: Start the container runtime/m);
  assert.equal(down.found.components[0]!.state, undefined);
  const denied = await statusOf(CONTROL_PLANE, new UserError("Cannot connect: permission denied"));
  assert.deepEqual([denied.exitCode, denied.found.problems], [EXIT.unhealthy, []]);
  assert.deepEqual(denied.found.unseen.map(({ what }) => what), ["container runtime"]);
  assert.match(denied.text, /no problems found, but not everything could be checked\n/);
  assert.match(denied.text, /\nCould not check:\n {2}container runtime: /);
});

Deno.test("status of a worker: the API server is that of the control plane; the node says why it is not ready", async () => {
  const files = Object.fromEntries(COMPONENTS.map((name) => [`/etc/kubernetes/manifests/${name}.yaml`, undefined]));
  const conditions = [
    { type: "Ready", status: "False", reason: "KubeletNotReady", message: "no CNI" },
    { type: "DiskPressure", status: "True", reason: "Full", message: "disk" },
  ];
  const node = ok({ metadata: { name: "node-1" }, spec: { unschedulable: true }, status: { conditions } });
  const { text, found } = await statusOf(hostWith({}, files), [], { ...WELL, "/api/v1/nodes/node-1": node });
  assert.deepEqual([found.role, found.components], ["worker", []]);
  assert.deepEqual(found.problems, [{
    where: "node",
    what: "node-1 is not Ready",
    details: ["KubeletNotReady: no CNI", "DiskPressure: Full: disk"],
    hints: ["Show the node: kubectl --kubeconfig /etc/kubernetes/kubelet.conf describe node node-1"],
  }]);
  assert.match(text, /node node-1: not Ready, cordoned\n/);
  const alone = await statusOf(hostWith({}, files), [], {});
  assert.deepEqual(alone.found.problems.map(({ where }) => where), ["kubelet", "API server"]);
});

Deno.test("status of a host without a cluster says so, and what to do", async () => {
  const { text, exitCode, found } = await statusOf({ now: NOW }, new UserError("no socket"), {});
  assert.deepEqual([exitCode, found.role], [EXIT.unhealthy, "none"]);
  assert.match(
    text,
    /^node-1: not a cluster node\n[^]*host: has not created or joined a cluster[^]*next: Create a cluster: kubewright init/,
  );
});

Deno.test("status: certificates that have expired or will within a week are problems, within a month warnings", async () => {
  const certificates = [-1, 0, 6, 7, 29, 30].map((daysLeft) => ({
    name: `c${daysLeft}`,
    path: "/c",
    authority: false,
    expires: new Date(NOW.getTime() + daysLeft * 86_400_000).toISOString(),
    daysLeft,
  }));
  const { found } = await statusOf();
  const evidence = { host: memoryHost(CONTROL_PLANE, () => {}), manifests: [] };
  const { problems, warnings } = await judge({ ...found, components: [], certificates }, evidence);
  assert.deepEqual(problems.map(({ what }) => what), [
    "expired: c-1 (2025-12-31)",
    "expire within 7 days: c0 (2026-01-01), c6 (2026-01-07)",
  ]);
  assert.deepEqual(warnings.map(({ what }) => what), ["expire within 30 days: c7 (2026-01-08), c29 (2026-01-30)"]);
  const renewal = ({ hints = [] }: Trouble) => hints.some((hint) => hint.includes("certs renew all --restart"));
  assert.deepEqual([...problems, ...warnings].map(renewal), [true, true, true]);
  const authorities = certificates.map((certificate) => ({ ...certificate, authority: true }));
  const kept = await judge({ ...found, components: [], certificates: authorities }, evidence);
  assert.ok(!kept.problems.some(renewal), "renewal does not renew an authority");
});

Deno.test("look() ends at its time limit, and returns the message of a UserError", async () => {
  assert.deepEqual(await look(() => new Promise(() => {}), 5), { why: "no answer within 0.005 s" });
  assert.deepEqual(await look(() => Promise.reject(new UserError("Cannot"))), { why: "Cannot" });
  await assert.rejects(look(() => Promise.reject(new TypeError("a defect"))), TypeError);
});

Deno.test("duration() has two units at most", () => {
  const texts = [9, 59, 60, 3_599, 3_600, 86_399, 86_400, 273_600].map((seconds) => duration(seconds * 1_000));
  assert.deepEqual(texts, ["9 s", "59 s", "1 min", "59 min", "1 h 0 min", "23 h 59 min", "1 d 0 h", "3 d 4 h"]);
});

Deno.test("status: answers of the API server that are no Node, whatever they are, are not seen", async () => {
  const bodies = ["", "<html>", "null", "5", "[]", "{}", '{"metadata":{"name":"other"}}', '{"metadata":[]}'];
  for (const body of bodies) {
    const answer = { status: 200, body };
    const { found } = await statusOf(hostWith({}), [], { ...WELL, "/api/v1/nodes/node-1": answer, "/version": answer });
    assert.deepEqual(found.unseen, [{
      what: "node",
      why: 'the API server did not return Node "node-1"',
    }]);
  }
  const odd = {
    metadata: { name: "node-1" },
    spec: 5,
    status: { conditions: [null, { type: 5, status: "True" }], nodeInfo: [] },
  };
  const { found } = await statusOf(hostWith({}), [], { ...WELL, "/api/v1/nodes/node-1": ok(odd) });
  assert.equal(found.unseen.length, 0);
});

Deno.test("status: the Node is asked for by its name, whatever is in it", async () => {
  const asked = async (hostname: string) => {
    const seen: string[] = [];
    const answers = new Proxy(WELL, {
      get: (all, path: string) => (seen.push(path), all[path]),
    });
    const { found } = await statusOf({ ...CONTROL_PLANE, hostname }, RUNNING, answers);
    return { paths: [...new Set(seen.filter((path) => path.startsWith("/api/v1/nodes")))], found };
  };
  const { paths } = await asked("a/../../secrets?x#y%2f");
  assert.deepEqual(paths, ["/api/v1/nodes/a%2F..%2F..%2Fsecrets%3Fx%23y%252f"]);
  const above = await asked("..");
  assert.deepEqual(above.paths, []);
  assert.ok(above.found.unseen.some(({ what, why }) => what === "node" && /invalid object name/.test(why)));
});

Deno.test("status: a Node that the cluster does not have is not found, neither not Ready nor cordoned", async () => {
  const gone: HttpAnswer = { status: 404, body: '{"kind":"Status","code":404}' };
  const { found, text } = await statusOf(undefined, undefined, { ...WELL, "/api/v1/nodes/node-1": gone });
  assert.equal(found.node?.found, false);
  assert.match(text, /^node node-1: not found$/m);
  assert.doesNotMatch(text, /not Ready|cordoned/i);
  assert.match(text, /^ {2}node: the cluster has no Node "node-1"\n {4}next: /m);
});

const COREDNS = (seconds: number, status: unknown, annotations?: unknown) => ({
  metadata: {
    name: "coredns-1",
    namespace: "kube-system",
    creationTimestamp: new Date(NOW.getTime() - seconds * 1_000).toISOString(),
    annotations,
  },
  spec: { nodeName: "node-1" },
  status,
});
const waiting = (reason: string) => ({ phase: "Pending", containerStatuses: [{ state: { waiting: { reason } } }] });

/** A pod of kube-system, and what is wrong. */
const PODS: readonly [string, unknown, string | undefined][] = [
  ["one that has just been made", COREDNS(5, waiting("ContainerCreating")), undefined],
  ["one that does not start", COREDNS(60, waiting("ContainerCreating")), "ContainerCreating"],
  ["one that has failed", COREDNS(5, waiting("ImagePullBackOff")), "ImagePullBackOff"],
  ["one that runs", COREDNS(60, { phase: "Running", conditions: [{ type: "Ready", status: "True" }] }), undefined],
  ["a static one", COREDNS(60, waiting("x"), { "kubernetes.io/config.mirror": "h" }), undefined],
];

for (const [name, pod, state] of PODS) {
  Deno.test(`status of a node with a pod of its system: ${name}`, async () => {
    const { found, exitCode, text } = await statusOf(CONTROL_PLANE, RUNNING, { ...WELL, ...podsOf([pod], []) });
    assert.deepEqual(
      found.problems.map(({ where, what }) => `${where}: ${what}`),
      state === undefined ? [] : [`pods: kube-system/coredns-1 is not ready: ${state}`],
    );
    assert.equal(exitCode, state === undefined ? EXIT.ok : EXIT.unhealthy);
    if (state !== undefined) assert.match(text, /kubectl -n kube-system describe pod coredns-1/);
  });
}

Deno.test("status: a list of pods that is no list is not seen", async () => {
  const paths = Object.keys(podsOf([], []));
  const { found } = await statusOf(CONTROL_PLANE, RUNNING, { ...WELL, [paths[0]!]: { status: 200, body: "<html>" } });
  assert.deepEqual(found.unseen.map(({ what }) => what), ["pods of kube-system"]);
});
