/**
 * systemd by `systemctl` and `journalctl`: the one place that has their words and reads their answers.
 * @module
 */
import { UserError } from "../errors.ts";
import { ask } from "../programs.ts";
import type { Command, Host, ServiceChanges, Services, UnitState } from "../system.ts";
import { commandLine } from "../text/shell.ts";

/** Properties of a unit that are read; systemd leaves out those that a type of unit does not have. */
const PROPERTIES = [
  ...["LoadState", "ActiveState", "SubState", "UnitFileState", "Result", "NRestarts", "ExecMainStatus"],
  ...["ActiveEnterTimestampMonotonic", "NeedDaemonReload"],
].join(",");

/** The command that asks for the units' states. */
export function showCommand(units: readonly string[]): Command {
  return { argv: ["systemctl", "show", `--property=${PROPERTIES}`, "--", ...units] };
}

/** `Name=value` lines. */
function propertiesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function stateOf(text: string): UnitState {
  const properties = propertiesOf(text);
  const word = (name: string) => properties.get(name) ?? "";
  const number = (name: string) => Number(properties.get(name) ?? 0) || 0; // "[not set]"
  return {
    load: word("LoadState"),
    active: word("ActiveState"),
    sub: word("SubState"),
    enabled: word("UnitFileState"),
    result: word("Result"),
    restarts: number("NRestarts"),
    exitStatus: number("ExecMainStatus"),
    activeSinceBoot: number("ActiveEnterTimestampMonotonic") / 1e6,
    needsReload: word("NeedDaemonReload") === "yes",
  };
}

/** Asks for the units; systemd answers in blocks in their order, an empty line between two. */
async function statesOf(host: Pick<Host, "query">, units: readonly string[]): Promise<UnitState[]> {
  if (units.length === 0) return [];
  const command = showCommand(units);
  const { stdout } = await ask(host, command);
  const states = stdout.trim().split(/\n\n+/).map(stateOf);
  if (states.length === units.length && states.every(({ load, active }) => load !== "" && active !== "")) return states;
  throw new UserError(
    `Cannot read the answer of "${commandLine(command.argv)}": expected the states of ${units.length} units`,
  );
}

/** How long systemd may take to stop a unit, in ms: it kills after 90 s, unless the unit says otherwise. */
const STOP_MS = 120_000;

/** systemd's changing methods, each as one command line that `run` executes or records. */
export function serviceChanges(run: (command: Command) => Promise<void>): ServiceChanges {
  const systemctl = (...words: string[]) => run({ argv: ["systemctl", ...words] });
  const now = (options?: { now?: boolean }) => options?.now ? ["--now"] : [];
  return {
    start: (unit) => systemctl("start", unit),
    stop: (unit) => run({ argv: ["systemctl", "stop", unit], timeoutMs: STOP_MS }),
    restart: (unit) => systemctl("restart", unit),
    enable: (unit, options) => systemctl("enable", ...now(options), unit),
    disable: (unit, options) => systemctl("disable", ...now(options), unit),
    resetFailed: (unit) => systemctl("reset-failed", unit),
    daemonReload: () => systemctl("daemon-reload"),
  };
}

/** The services of a host whose programs these are. */
export function systemdServices(host: Pick<Host, "query" | "run" | "stat">): Services {
  return {
    ...serviceChanges((command) => host.run(command)),
    booted: async () => await host.stat("/run/systemd/system") !== undefined,
    async manager() {
      const argv = ["systemctl", "show", "--property=Version,SystemState,NFailedUnits"];
      const { code, stdout } = await host.query({ argv });
      const properties = propertiesOf(stdout);
      const version = properties.get("Version")?.split(" ")[0];
      if (code !== 0 || !version) return undefined;
      const failedUnits = Number(properties.get("NFailedUnits") ?? 0);
      return { version, state: properties.get("SystemState") ?? "unknown", failedUnits };
    },
    state: async (unit) => (await statesOf(host, [unit]))[0]!,
    states: (units) => statesOf(host, units),
    async isEnabled(unit) {
      // 1: not enabled, or there is no such unit; 4: there is no such unit.
      const { stdout } = await ask(host, { argv: ["systemctl", "is-enabled", unit] }, [0, 1, 4]);
      return stdout.trim() === "enabled";
    },
    async journal(unit, lines) {
      const argv = ["journalctl", `--unit=${unit}`, `--lines=${lines}`, "--output=cat", "--no-pager"];
      const { stdout } = await ask(host, { argv });
      return stdout.split("\n").filter((line) => line !== "" && !line.startsWith("-- "));
    },
  };
}
