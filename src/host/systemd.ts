/**
 * systemd through `systemctl` and `journalctl`: the one place with their command lines; `unit_properties.ts` reads their
 * output.
 * @module
 */
import { UserError } from "../errors.ts";
import { ask } from "../programs.ts";
import type { Command, Host, ServiceChanges, Services } from "../system.ts";
import {
  blocksOf,
  countsFromBoot,
  isUnit,
  type Properties,
  propertiesOf,
  TIMER_PROPERTIES,
  timerState,
  UNIT_PROPERTIES,
  unitState,
} from "./unit_properties.ts";

/** The command that prints these properties of units. */
export function showCommand(units: readonly string[], properties = UNIT_PROPERTIES): Command {
  return { argv: ["systemctl", "show", `--property=${properties.join(",")}`, "--", ...units] };
}

/** The beginning of the error when systemd cannot be asked about units. */
export function notAsked([unit, ...others]: readonly string[]): string {
  const more = others.length === 0 ? "" : ` and ${others.length} other ${others.length === 1 ? "unit" : "units"}`;
  return `Cannot ask systemd about "${unit}"${more}`;
}

/** Asks for the properties of units, a block for each. */
async function show(
  host: Pick<Host, "query">,
  units: readonly string[],
  properties?: readonly string[],
): Promise<Properties[]> {
  if (units.length === 0) return [];
  const { stdout } = await ask(host, showCommand(units, properties), [0], notAsked(units));
  const blocks = blocksOf(stdout);
  if (blocks.length === units.length && blocks.every(isUnit)) return blocks;
  const count = blocks.filter(isUnit).length;
  throw new UserError(`${notAsked(units)}: systemctl printed the states of ${count} units, expected ${units.length}`);
}

/** When the machine was booted, in ms since 1970. @throws {UserError} when that is unknown. */
async function bootTime(host: Pick<Host, "readText" | "now">): Promise<number> {
  const text = await host.readText("/proc/uptime") ?? "";
  const uptime = Number(text.split(" ")[0] || NaN);
  if (!Number.isFinite(uptime)) throw new UserError(`Cannot read "/proc/uptime": it holds "${text}", expected seconds`);
  return host.now().getTime() - uptime * 1_000;
}

/** How long systemd may take to stop a unit, in ms: by default it kills after 90 s. */
const STOP_MS = 120_000;

/** Changing methods, each as one command line that `run` executes or records. */
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

/** The services of a host. */
export function systemdServices(host: Pick<Host, "query" | "run" | "stat" | "readText" | "now">): Services {
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
    state: async (unit) => unitState((await show(host, [unit]))[0]!),
    states: async (units) => (await show(host, units)).map(unitState),
    async timer(unit) {
      const properties = (await show(host, [unit], TIMER_PROPERTIES))[0]!;
      if (!properties.has("NextElapseUSecMonotonic")) {
        throw new UserError(`${notAsked([unit])}: it has no time to elapse, expected a timer`);
      }
      return timerState(properties, countsFromBoot(properties) ? await bootTime(host) : NaN);
    },
    async isEnabled(unit) {
      // 1: not enabled, or no such unit; 4: no such unit.
      const command = { argv: ["systemctl", "is-enabled", unit] };
      const { stdout } = await ask(host, command, [0, 1, 4], `Cannot ask systemd whether "${unit}" is enabled`);
      return stdout.trim() === "enabled";
    },
    async journal(unit, lines) {
      const argv = ["journalctl", `--unit=${unit}`, `--lines=${lines}`, "--output=cat", "--no-pager"];
      const { stdout } = await ask(host, { argv }, [0], `Cannot read the journal of "${unit}"`);
      return stdout.split("\n").filter((line) => line !== "" && !line.startsWith("-- "));
    },
  };
}
