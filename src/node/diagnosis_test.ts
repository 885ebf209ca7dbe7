import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { UserError } from "../errors.ts";
import { CONDITION_HINT } from "./kubelet/conditions.ts";
import { memoryHost, type MemoryHostOptions } from "../../tests/fakes/memory_host.ts";
import type { ContainerRuntime, RuntimeContainer, UnitState } from "../system.ts";
import { diagnoseKubelet, diagnosePod, together } from "./diagnosis.ts";

const IMAGE = "registry.k8s.io/kube-scheduler:v1.37.2";
const POD = { name: "kube-scheduler", image: IMAGE };
const KUBELET = "kubelet.service";

const host = (commands: MemoryHostOptions["commands"] = {}, more: MemoryHostOptions = {}) =>
  memoryHost({ commands, files: { "/proc/uptime": "100.00 10.00\n" }, ...more }, () => {});
const kubelet = (unit: Partial<UnitState>, journal = "") =>
  host({}, { units: { [KUBELET]: unit }, journals: { [KUBELET]: journal } });

function runtime(containers: Partial<RuntimeContainer>[], hasImage = true): ContainerRuntime {
  return fake<ContainerRuntime>("container runtime", {
    socket: "unix:///run/x.sock",
    containers: () => Promise.resolve(containers.map((parts) => fake<RuntimeContainer>("container", parts))),
    hasImage: () => Promise.resolve(hasImage),
    containerStatus: () =>
      Promise.resolve({ exitCode: 1, reason: "Error", message: "", logPath: "/var/log/pods/x/0.log" }),
  });
}

Deno.test("diagnosePod: state, exit code and the last lines without the runtime's prefix", async () => {
  const container = { id: "1", name: POD.name, podNamespace: "kube-system", state: "exited" as const, attempt: 3 };
  const log =
    "2026-01-01T00:00:00Z stderr F Error: unknown flag: --x\n2026-01-01T00:00:00Z stdout F usage\n2026-01-01T00:00:00Z stderr F \n2026-01-01T00:00:00Z stderr F goroutine 1 [running]:\n" +
    "2026-01-01T00:00:00Z stderr F main.main()\n2026-01-01T00:00:00Z stderr F \tmain.go:55 +0x39b\n";
  const commands = { "tail -n 400 /var/log/pods/x/0.log": log };
  assert.deepEqual(await diagnosePod(host(commands), runtime([container]), POD), {
    details: [
      "kube-scheduler: container exited, exit code 1, restarted 3 times",
      "kube-scheduler: Error: unknown flag: --x",
      "kube-scheduler: usage",
    ],
    hints: ["Show its log: tail -n 50 /var/log/pods/x/0.log"],
  });
  const running = runtime([{ ...container, state: "running", attempt: 0 }]);
  assert.deepEqual(await diagnosePod(host(commands), running, { ...POD, aside: true }), {
    details: ["kube-scheduler: container running"],
    hints: [],
  });
});

Deno.test("diagnosePod: what tells of trouble is found before the usage that follows it", async () => {
  const container = { id: "1", name: POD.name, podNamespace: "kube-system", state: "exited" as const, attempt: 0 };
  const usage = Array.from({ length: 50 }, (_, i) => `  --flag-${i}`);
  const log = [`{"level":"warn","error":"flag provided but not defined: -x"}`, ...usage].join("\n");
  const { details } = await diagnosePod(host({ "tail -n 400 /var/log/pods/x/0.log": log }), runtime([container]), POD);
  assert.match(details[1]!, /not defined: -x/);
  assert.equal(details.length, 5);
});

Deno.test("diagnosePod: without a container, its missing image and the kubelet's different errors about it, once", async () => {
  const line = (time: string, text: string) => `E0101 ${time}   99 pod_workers.go:1324] ${text}`;
  const journal = [
    line("10:00:01", '"Error syncing pod" err="ErrImageNeverPull" pod="kube-system/kube-scheduler-k1"'),
    "I0101 10:00:02   99 kubelet.go:1] kube-scheduler is fine",
    line("10:00:03", '"Error syncing pod" err="ErrImageNeverPull" pod="kube-system/kube-scheduler-k1"'),
    line("10:00:04", '"Error syncing pod" pod="kube-system/etcd-k1"'),
  ];
  const journals = { [KUBELET]: journal.join("\n") };
  const { details, hints } = await diagnosePod(host({}, { journals }), runtime([], false), POD);
  assert.deepEqual(details, [
    "kube-scheduler: no container found in the container runtime",
    `kube-scheduler: image ${IMAGE} not found on this host`,
    'kubelet: "Error syncing pod" err="ErrImageNeverPull" pod="kube-system/kube-scheduler-k1"',
  ]);
  assert.match(hints.join("\n"), /images import.*\n.*grep kube-scheduler/);
});

Deno.test("diagnosePod: a runtime that is gone is told, not thrown", async () => {
  const gone = fake<ContainerRuntime>("container runtime", {
    containers: () => Promise.reject(new UserError("Cannot connect to the container runtime", { hint: "Start it." })),
  });
  assert.deepEqual(await diagnosePod(host(), gone, POD), {
    details: ["kube-scheduler: Cannot connect to the container runtime"],
    hints: ["Start it."],
  });
});

Deno.test("diagnoseKubelet: nothing while it runs, its last error when it does not or ends again and again", async () => {
  const running = { active: "active" };
  assert.deepEqual(await diagnoseKubelet(kubelet(running), false), { details: [], hints: [] });
  const steady = { active: "active", restarts: 7, activeSinceBoot: 50 };
  assert.deepEqual(await diagnoseKubelet(kubelet(steady), false), { details: [], hints: [] });
  const journal = 'I0101 x] starting\nE0101 x] "command failed" err="cgroup v1"\nkubelet.service: Failed.\n';
  for (const [state, restarts] of [["activating", 0], ["active", 7]] as const) {
    const unit = { active: state, restarts, activeSinceBoot: 98 };
    assert.deepEqual((await diagnoseKubelet(kubelet(unit, journal), false)).details, [
      `kubelet: systemd reports "${state}"${restarts > 0 ? ", restarted 7 times" : ""}`,
      'kubelet: E0101 x] "command failed" err="cgroup v1"',
    ]);
  }
  assert.equal((await diagnoseKubelet(kubelet(running, journal), true)).details.length, 4);
  const passedOver = { active: "inactive", conditionFailed: true, triedSinceBoot: 9 };
  assert.deepEqual(await diagnoseKubelet(kubelet(passedOver, journal), false), {
    details: ['kubelet: systemd reports "inactive": a condition of the unit is not met'],
    hints: [CONDITION_HINT],
  });
  assert.deepEqual(await diagnoseKubelet(kubelet({ ...passedOver, ...running }), false), { details: [], hints: [] });
  const blind = await diagnoseKubelet(host({}, { systemd: false }), false);
  assert.deepEqual(blind.details, ['kubelet: systemd reports "unknown"']);
});

Deno.test("together: the same hint once, and in the end what to do", () => {
  const part = { details: ["a"], hints: ["Look."] };
  assert.deepEqual(together([part, part], "More.").hints, [
    "Look.",
    "More.",
    "After fixing the cause, rerun the command: it continues from here.",
  ]);
});
