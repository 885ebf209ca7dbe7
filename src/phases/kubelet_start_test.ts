import { NO_PATCHES } from "../cluster/patches/apply.ts";
import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import { memoryHost, type MemoryHostOptions } from "../../tests/fakes/memory_host.ts";
import type { Change, Host } from "../system.ts";
import { kubeletUnitFiles } from "../cluster/kubelet/unit.ts";
import { cell, cellsBy } from "./cell.ts";
import { kubeletStart, type KubeletStartContext } from "./kubelet_start.ts";
import { kubeletUnit, type KubeletUnitContext } from "./kubelet_unit.ts";

const UNIT = "/etc/systemd/system/kubelet.service";
const DROP_IN = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";

/** Seconds after boot at which the memory host's clock stands. */
const UPTIME = 1000;

/** What is there where process 1 is systemd. */
const BOOTED = { "/run/systemd/system/x": "" };

/** Runs the phase on a host, `times` times, and says what it did the last time: paths written, commands run. */
async function start(options: MemoryHostOptions, times = 1, booted: MemoryHostOptions["files"] = BOOTED) {
  let changes: Change[] = [];
  const host = memoryHost({
    ...options,
    files: { ...booted, "/proc/uptime": `${UPTIME}.00 0.00\n`, ...options.files },
  }, (change) => changes.push(change));
  for (let i = 0; i < times; i++) {
    changes = [];
    const context = contextOf(host, i === 0 ? [] : [UNIT, DROP_IN, ...CONFIGURATION]);
    await kubeletUnit.run!(context);
    await kubeletStart.run!(context);
  }
  return changes.flatMap((change) =>
    change.kind === "write" ? [change.path] : change.kind === "run" ? [change.command.argv.join(" ")] : []
  );
}

function contextOf(host: Host, ownPaths: readonly string[]): KubeletStartContext & KubeletUnitContext {
  return {
    host,
    facts: { hostname: "node-1", addresses: [], criSockets: [], kubeletPath: "/opt/bin/kubelet" },
    nodeRegistration: {
      name: "node-1",
      criSocket: "unix:///run/containerd/containerd.sock",
      taints: [],
      kubeletExtraArgs: [],
      ignorePreflightErrors: [],
      imagePullPolicy: "IfNotPresent",
      imagePullSerial: true,
    },
    registerTaints: false,
    patch: NO_PATCHES,
    kubeletConfiguration: () => Promise.resolve({ kind: "KubeletConfiguration" }),
    ownPaths: new Set(ownPaths),
    kubeletStartedAt: cell("kubelet started at"),
    kubeletEnabled: cell("kubelet enabled by this run"),
    formerFiles: cellsBy("former file"),
  };
}

const CONFIGURATION = [KUBELET_FILES.instanceConfiguration, KUBELET_FILES.flags, KUBELET_FILES.configuration];

Deno.test("a bare host gets an enabled unit, then configuration and a start", async () => {
  assert.deepEqual(await start({}), [
    UNIT,
    DROP_IN,
    "systemctl enable kubelet.service",
    ...CONFIGURATION,
    "systemctl restart kubelet.service",
  ]);
});

Deno.test("kubelet-unit keeps a package's unit that reads the same files", async () => {
  const [unit, dropIn] = kubeletUnitFiles("/usr/bin/kubelet");
  const files = {
    "/usr/bin/kubelet": "",
    "/usr/lib/systemd/system/kubelet.service": unit!.content,
    "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": dropIn!.content,
  };
  const done = await start({ files, units: { "kubelet.service": { enabled: "enabled" } } });
  assert.deepEqual(done, [...CONFIGURATION, "systemctl restart kubelet.service"]);
});

Deno.test("kubelet-unit refuses somebody's unit in /etc that reads other files", async () => {
  const files = { [UNIT]: "[Service]\nExecStart=/opt/bin/kubelet --standalone\n" };
  await assert.rejects(start({ files }), /kubelet\.service": it starts the kubelet without --config=/);
});

Deno.test("kubelet-start does not ask systemd on a host that was not booted with it", async () => {
  const refused = new UserError("System has not been booted with systemd as init system (PID 1).");
  const changes = await start(
    { units: { "systemd-resolved.service": refused, "kubelet.service": refused }, enabled: ["kubelet.service"] },
    1,
    {},
  );
  assert.ok(changes.includes("systemctl restart kubelet.service"), changes.join("\n"));
});

/** A second run, where systemd says that the kubelet was started this many seconds after boot. */
function again(startedAt: number): Promise<string[]> {
  return start({
    units: { "kubelet.service": { enabled: "enabled", active: "active", activeSinceBoot: startedAt } },
  }, 2);
}

Deno.test("kubelet-start leaves a kubelet alone that was started with these very files", async () => {
  assert.deepEqual(await again(UPTIME + 1), []);
});

Deno.test("kubelet-start restarts a kubelet that was started before the newest of its files", async () => {
  assert.deepEqual(await again(UPTIME - 1), ["systemctl restart kubelet.service"]);
});

Deno.test("kubelet-start: when a kubelet was started is known where uptime is another one's, or the machine slept", async () => {
  const [started, written] = [new Date("2026-01-01T00:00:05Z"), new Date("2026-01-01T00:00:00Z")];
  const unit = { enabled: "enabled", active: "active", activeSinceBoot: UPTIME - 300 };
  const kubelet = (activeSince: Date) => start({ units: { "kubelet.service": { ...unit, activeSince } } }, 2);
  assert.deepEqual(await kubelet(started), []);
  assert.deepEqual(await kubelet(new Date(written.getTime() - 5_000)), ["systemctl restart kubelet.service"]);
});

Deno.test("kubelet-start: a kubelet that ends at once is waited for; one that cannot be run is an error", async () => {
  const failing = (sub: string, exitStatus: number) => ({
    units: { "kubelet.service": { sub, exitStatus } },
    commands: {
      "systemctl restart kubelet.service": { code: 1, stdout: "", stderr: "Job for kubelet.service failed" },
    },
  });
  await start(failing("auto-restart", 1));
  await assert.rejects(start(failing("auto-restart", 203)), /systemctl restart kubelet/);
  await assert.rejects(start(failing("dead", 0)), /systemctl restart kubelet/);
});

Deno.test("a kubelet that systemd skips because of a condition is an error at once, and names it", async () => {
  const path = "/etc/systemd/system/kubelet.service.d/20-x.conf";
  const files = { ...BOOTED, [path]: "[Unit]\nConditionHost=other\n" };
  const unit = { active: "inactive", conditionFailed: true, triedSinceBoot: 5 };
  for (
    const { failing, triedLater, says } of [
      {
        failing: false,
        triedLater: true,
        says: /skips "kubelet.service".*ConditionHost=other in "\/etc.*20-x.conf"/,
      },
      { failing: true, triedLater: true, says: /skips/ }, // an assertion: systemctl fails, too
      { failing: true, triedLater: false, says: /job failed/ },
      { failing: false, triedLater: false, says: undefined }, // a dry run: what the unit was is no news
    ]
  ) {
    const memory = memoryHost({ files, units: { "kubelet.service": unit } }, () => {});
    let restarted = false;
    const host = {
      ...memory,
      services: {
        ...memory.services,
        restart() {
          restarted = true;
          return failing ? Promise.reject(new UserError("job failed")) : Promise.resolve();
        },
        state: async (name: string) => ({
          ...await memory.services.state(name),
          ...(restarted && triedLater ? { triedSinceBoot: 1_001 } : {}),
        }),
      },
    };
    const run = kubeletStart.run!(contextOf(host, []));
    if (says) await assert.rejects(run, says);
    else await run;
    assert.ok(restarted);
  }
});
