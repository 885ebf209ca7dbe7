/** Since when units run. @module */
import type { Host, UnitState } from "../system.ts";

/**
 * When the unit became active; undefined when it never did. systemd prints it to the second. The fraction comes from how
 * long the machine runs, unless that is counted otherwise than systemd does: it slept, or this is a container with an
 * uptime of its own, or the clock was set. Then it is the beginning of the second.
 */
export async function activeSince(host: Host, { activeSince, activeSinceBoot }: UnitState): Promise<Date | undefined> {
  if (activeSince === undefined) return undefined;
  const uptime = Number((await host.readText("/proc/uptime") ?? "").split(" ")[0] || NaN);
  const exact = host.now().getTime() - (uptime - activeSinceBoot) * 1_000;
  const within = exact - activeSince.getTime();
  return within >= 0 && within < 1_000 ? new Date(exact) : activeSince;
}
