import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import type { Command, CommandOutput } from "../system.ts";
import { showCommand, systemdServices } from "./systemd.ts";

/** Services of a host whose programs say this; what was run is kept. */
function servicesOf(answers: Record<string, Partial<CommandOutput>>, ran: string[] = []) {
  return systemdServices({
    query: ({ argv }) =>
      Promise.resolve({ code: 127, failure: "not found", stdout: "", stderr: "", ...answers[argv.join(" ")] }),
    run: ({ argv }: Command) => Promise.resolve(void ran.push(argv.join(" "))),
    stat: () => Promise.resolve(undefined),
  });
}

const answered = (stdout: string, code = 0): Partial<CommandOutput> => ({ code, stdout, failure: undefined! });
const show = (...units: string[]) => showCommand(units).argv.join(" ");

const KUBELET =
  "Result=success\nNRestarts=3\nExecMainStatus=0\nLoadState=loaded\nActiveState=active\nSubState=running\n" +
  "UnitFileState=enabled\nActiveEnterTimestampMonotonic=61500000\nNeedDaemonReload=yes\n";
const ABSENT = "LoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\nNeedDaemonReload=no\n";

Deno.test("systemd: states of several units, in their order, and of one that is not there", async () => {
  const services = servicesOf({ [show("kubelet.service", "no.slice")]: answered(`${KUBELET}\n${ABSENT}`) });
  const [kubelet, absent] = await services.states(["kubelet.service", "no.slice"]);
  assert.deepEqual(kubelet, {
    load: "loaded",
    active: "active",
    sub: "running",
    enabled: "enabled",
    result: "success",
    restarts: 3,
    exitStatus: 0,
    activeSinceBoot: 61.5,
    needsReload: true,
  });
  assert.deepEqual([absent!.load, absent!.active, absent!.enabled, absent!.restarts, absent!.activeSinceBoot], [
    ...["not-found", "inactive", ""],
    ...[0, 0],
  ]);
  assert.deepEqual(await services.states([]), []);
});

Deno.test("systemd: what cannot be asked, or answers something else, is an error and not a unit that is not there", async () => {
  const command = show("a.service");
  const bus = "Failed to connect to bus: No such file or directory\n";
  for (
    const [answer, says] of [
      [{}, /program "systemctl" not found/],
      [{ code: 1, failure: undefined!, stderr: bus }, /Failed to connect to bus/],
      [{ code: 137, failure: "killed", signal: "SIGKILL" }, /ended by signal SIGKILL/],
      [answered(""), /expected the states of 1 units/],
      [answered(`${ABSENT}\n${ABSENT}`), /expected the states of 1 units/],
    ] as const
  ) {
    await assert.rejects(servicesOf({ [command]: answer }).state("a.service"), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, says);
      return true;
    });
  }
  await assert.rejects(servicesOf({}).isEnabled("a.service"), /program "systemctl" not found/);
  await assert.rejects(servicesOf({}).journal("a.service", 3), /program "journalctl" not found/);
});

Deno.test("systemd: what starts at boot, the manager and the journal", async () => {
  const enabled = (stdout: string, code: number) =>
    servicesOf({ "systemctl is-enabled a.service": answered(stdout, code) }).isEnabled("a.service");
  assert.deepEqual([await enabled("enabled\n", 0), await enabled("static\n", 0), await enabled("disabled\n", 1)], [
    ...[true, false, false],
  ]);
  assert.equal(await enabled("", 4), false);
  const manager = "systemctl show --property=Version,SystemState,NFailedUnits";
  assert.deepEqual(
    await servicesOf({ [manager]: answered("Version=252 (252.39-1)\nSystemState=degraded\nNFailedUnits=2\n") })
      .manager(),
    { version: "252", state: "degraded", failedUnits: 2 },
  );
  assert.equal(await servicesOf({ [manager]: answered("", 1) }).manager(), undefined);
  const journal = "journalctl --unit=a.service --lines=3 --output=cat --no-pager";
  const services = servicesOf({ [journal]: answered("-- Boot 1 --\nfirst\n\nsecond\n") });
  assert.deepEqual(await services.journal("a.service", 3), ["first", "second"]);
});

Deno.test("systemd: each change is its command line", async () => {
  const ran: string[] = [];
  const services = servicesOf({}, ran);
  await services.start("a.service");
  await services.stop("a.service");
  await services.restart("a.service");
  await services.enable("a.timer", { now: true });
  await services.enable("a.service");
  await services.disable("a.service", { now: true });
  await services.resetFailed("a.service");
  await services.daemonReload();
  assert.deepEqual(ran, [
    "systemctl start a.service",
    "systemctl stop a.service",
    "systemctl restart a.service",
    "systemctl enable --now a.timer",
    "systemctl enable a.service",
    "systemctl disable --now a.service",
    "systemctl reset-failed a.service",
    "systemctl daemon-reload",
  ]);
});
