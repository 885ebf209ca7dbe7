/** Since when units run. @module */
import type { Host, UnitState } from "../system.ts";

/** Resolution of /proc/uptime (s), which rounds down. */
const UPTIME_STEP = 0.01;

/**
 * When the unit became active; undefined when it never did. systemd prints it to the second. The fraction comes from how
 * long the machine runs, unless that is counted otherwise than systemd does: the machine slept, this is a container with
 * an uptime of its own, or the clock was set. Then it is the beginning of the second.
 */
export async function activeSince(host: Host, { activeSince, activeSinceBoot }: UnitState): Promise<Date | undefined> {
  if (activeSince === undefined) return undefined;
  // The clock is read before and after, as reading the uptime takes time: the truth lies in between.
  const before = host.now().getTime();
  const uptime = Number((await host.readText("/proc/uptime") ?? "").split(" ")[0] || NaN);
  const latest = host.now().getTime() - (uptime - activeSinceBoot) * 1_000;
  const earliest = before - (uptime + UPTIME_STEP - activeSinceBoot) * 1_000;
  const [second, last] = [activeSince.getTime(), activeSince.getTime() + 999];
  return latest >= second && earliest <= last ? new Date(Math.min(latest, last)) : activeSince;
}
