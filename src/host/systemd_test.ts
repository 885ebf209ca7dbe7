import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import type { Command, CommandOutput } from "../system.ts";
import { showCommand, systemdServices } from "./systemd.ts";
import { TIMER_PROPERTIES } from "./unit_properties.ts";

/** Services of a host whose programs say this; what was run is kept. */
function servicesOf(
  answers: Record<string, Partial<CommandOutput>>,
  ran: string[] = [],
  uptime: string | undefined = "32239.75 21029.18\n",
) {
  return systemdServices({
    query: ({ argv }) =>
      Promise.resolve({ code: 127, failure: "not found", stdout: "", stderr: "", ...answers[argv.join(" ")] }),
    run: ({ argv }: Command) => Promise.resolve(void ran.push(argv.join(" "))),
    stat: () => Promise.resolve(undefined),
    readText: (path) => Promise.resolve(path === "/proc/uptime" ? uptime : undefined),
    now: () => new Date("2026-11-25T11:01:43.160Z"),
  });
}

const answered = (stdout: string, code = 0): Partial<CommandOutput> => ({ code, stdout, failure: undefined! });
const show = (...units: string[]) => showCommand(units).argv.join(" ");

const KUBELET =
  "Result=success\nNRestarts=3\nExecMainStatus=0\nLoadState=loaded\nActiveState=active\nSubState=running\n" +
  "UnitFileState=enabled\nActiveEnterTimestamp=Thu 2026-11-26 02:17:00 UTC\nActiveEnterTimestampMonotonic=61500000\n" +
  "NeedDaemonReload=yes\n";
const ABSENT = "LoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\nActiveEnterTimestamp=\n" +
  "NeedDaemonReload=no\n";

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
    activeSince: new Date("2026-11-26T02:17:00Z"),
    activeSinceBoot: 61.5,
    needsReload: true,
    conditionFailed: false,
    triedSinceBoot: 0,
  });
  assert.deepEqual([
    absent!.load,
    absent!.active,
    absent!.enabled,
    absent!.restarts,
    absent!.activeSinceBoot,
    absent!.activeSince,
  ], [
    ...["not-found", "inactive", ""],
    ...[0, 0, undefined],
  ]);
  assert.deepEqual(await services.states([]), []);
});

Deno.test("systemd: a condition that did not hold, and one that was never looked at", async () => {
  const failed = async (lines: string) => {
    const services = servicesOf({ [show("a.service")]: answered(`${ABSENT}${lines}`) });
    const { conditionFailed, triedSinceBoot } = await services.state("a.service");
    return [conditionFailed, triedSinceBoot];
  };
  const never = "ConditionResult=no\nAssertResult=no\nConditionTimestampMonotonic=0\nAssertTimestampMonotonic=0\n";
  const tried = never.replaceAll("=0", "=61500000");
  assert.deepEqual(await failed(never), [false, 0]);
  assert.deepEqual(await failed(tried.replaceAll("=no", "=yes")), [false, 61.5]);
  assert.deepEqual(await failed(tried.replace("AssertResult=no", "AssertResult=yes")), [true, 61.5]);
  assert.deepEqual(await failed(tried.replace("ConditionResult=no", "ConditionResult=yes")), [true, 61.5]);
  assert.deepEqual(await failed(`${tried.replaceAll("=no", "=yes")}Result=exec-condition\n`), [true, 61.5]);
});

Deno.test("systemd: what cannot be asked, or answers something else, is an error and not a unit that is not there", async () => {
  const command = show("a.service");
  const bus = "Failed to connect to bus: No such file or directory\n";
  for (
    const [answer, says] of [
      [{}, /: program "systemctl" not found$/],
      [
        { code: 1, failure: undefined!, stderr: bus },
        /: "systemctl" ended with exit code 1:\n {2}Failed to connect to bus/,
      ],
      [
        { code: 137, failure: "killed", signal: "SIGKILL" },
        /: "systemctl" was ended by signal SIGKILL and printed nothing$/,
      ],
      [
        { code: 143, failure: "timed out", limit: 60_000 },
        /: "systemctl" did not end within 60 s and printed nothing$/,
      ],
      [answered(""), /: systemctl printed the states of 0 units, expected 1$/],
      [answered(`${ABSENT}\n${ABSENT}`), /: systemctl printed the states of 2 units, expected 1$/],
    ] as const
  ) {
    await assert.rejects(servicesOf({ [command]: answer }).state("a.service"), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^Cannot ask systemd about "a\.service": /);
      assert.match(error.message, says);
      return true;
    });
  }
  const said = async (work: Promise<unknown>, says: string) =>
    await assert.rejects(work, (error: UserError) => (assert.equal(error.message, says), true));
  const services = servicesOf({});
  const missing = 'program "systemctl" not found';
  await said(
    services.states(["a.service", "b.service"]),
    `Cannot ask systemd about "a.service" and 1 other unit: ${missing}`,
  );
  await said(
    services.states(["a.service", "b", "c"]),
    `Cannot ask systemd about "a.service" and 2 other units: ${missing}`,
  );
  await said(services.timer("a.timer"), `Cannot ask systemd about "a.timer": ${missing}`);
  await said(services.isEnabled("a.service"), `Cannot ask systemd whether "a.service" is enabled: ${missing}`);
  await said(
    services.journal("a.service", 3),
    'Cannot read the journal of "a.service": program "journalctl" not found',
  );
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

/** As systemd 252 printed it on a host in Europe/Berlin, asked with TZ=UTC. */
const TIMERS: Readonly<Record<string, string>> = {
  // OnCalendar=03:17 (in Berlin) and OnBootSec=90d
  "backup.timer": `Unit=backup.service
NextElapseUSecRealtime=Thu 2026-11-26 02:17:00 UTC
NextElapseUSecMonotonic=2month 4w 1d 11h 57min 9.332206s
LastTriggerUSec=
Result=success
LoadState=loaded
ActiveState=active
UnitFileState=enabled
`,
  // OnActiveSec=0, OnUnitActiveSec=90min 3s 250ms
  "often.timer": `Unit=backup.service
NextElapseUSecRealtime=
NextElapseUSecMonotonic=10h 27min 21.793178s
LastTriggerUSec=Wed 2026-11-25 11:01:41 UTC
Result=success
LoadState=loaded
ActiveState=active
UnitFileState=static
`,
  // backup.timer, stopped
  "stopped.timer": `Unit=backup.service
NextElapseUSecRealtime=
NextElapseUSecMonotonic=infinity
LastTriggerUSec=
Result=success
LoadState=loaded
ActiveState=inactive
UnitFileState=enabled
`,
  "no.timer": `Unit=
NextElapseUSecRealtime=
NextElapseUSecMonotonic=infinity
LastTriggerUSec=
Result=success
LoadState=not-found
ActiveState=inactive
UnitFileState=
`,
};

const showTimer = (unit: string) => showCommand([unit], TIMER_PROPERTIES).argv.join(" ");

Deno.test("systemd: timers, by the calendar and counted from boot, stopped and not there", async () => {
  const of = (unit: string) => servicesOf({ [showTimer(unit)]: answered(TIMERS[unit]!) }).timer(unit);
  const waiting = { load: "loaded", active: "active", result: "success", starts: "backup.service" };
  assert.deepEqual(await of("backup.timer"), {
    ...waiting,
    enabled: "enabled",
    next: new Date("2026-11-26T02:17:00Z"),
  });
  assert.deepEqual(await of("often.timer"), {
    ...waiting,
    enabled: "static",
    // systemctl list-timers of that moment: 1795609905197630
    next: new Date("2026-11-25T12:31:45.203Z"),
    last: new Date("2026-11-25T11:01:41Z"),
  });
  assert.deepEqual(await of("stopped.timer"), { ...waiting, active: "inactive", enabled: "enabled" });
  const absent = { load: "not-found", active: "inactive", enabled: "", result: "success", starts: "" };
  assert.deepEqual(await of("no.timer"), absent);
});

Deno.test("systemd: a timer's times that cannot be read are errors", async () => {
  const of = (text: string, uptime?: string) =>
    servicesOf({ [showTimer("a.timer")]: answered(text) }, [], uptime).timer("a.timer");
  const often = TIMERS["often.timer"]!;
  const cases: [string, RegExp][] = [
    [often.replace("11:01:41 UTC", "12:01:41 CET"), /"Wed 2026-11-25 12:01:41 CET", expected one like "Thu/],
    [often.replace("2026-11-25", "2026-13-25"), /"Wed 2026-13-25 11:01:41 UTC"/],
    [often.replace("10h", "10x"), /"10x 27min 21.793178s", expected one like "1h 2min 3.5s"/],
    [often.replace("10h 27min", "10h  27min"), /expected one like "1h/],
    [KUBELET, /^UserError: Cannot ask systemd about "a.timer": it has no time to elapse, expected a timer$/],
  ];
  for (const [text, says] of cases) await assert.rejects(of(text), says);
  await assert.rejects(of(often, "soon"), /Cannot read "\/proc\/uptime": it holds "soon"/);
  assert.equal(
    (await of(often.replace("LastTriggerUSec=Wed 2026-11-25 11:01:41 UTC", "LastTriggerUSec=n/a"))).last,
    undefined,
  );
  // Without a time counted from boot nobody asks since when the machine runs.
  assert.equal((await of(TIMERS["stopped.timer"]!, "soon")).next, undefined);
});

Deno.test("systemd: each unit of time", async () => {
  const units: [string, number][] = [["1y", 31_557_600], ["1month", 2_629_800], ["2w 1d", 1_296_000], [
    "1h 1min 1s",
    3_661,
  ]];
  const answer = (text: string) => TIMERS["often.timer"]!.replace("10h 27min 21.793178s", text);
  for (const [text, seconds] of [...units, ["1.5s", 1.5], ["3ms", 0.003], ["2000us", 0.002]] as const) {
    const { next } = await servicesOf({ [showTimer("a.timer")]: answered(answer(text)) }, [], "0 0").timer("a.timer");
    assert.equal(next!.getTime() - Date.parse("2026-11-25T11:01:43.160Z"), seconds * 1_000, text);
  }
});
