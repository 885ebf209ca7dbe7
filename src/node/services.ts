/** How long units have run. @module */
import type { Host, UnitState } from "../system.ts";

/** Resolution of /proc/uptime (s), which rounds down. */
const UPTIME_STEP = 0.01;

/**
 * When the unit became active; undefined when it never did. systemd prints whole seconds. The fraction comes from the
 * machine's uptime, unless that differs from systemd's count: the machine slept, a container has its own uptime, or the
 * clock was set. Then the result is the beginning of the second.
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
