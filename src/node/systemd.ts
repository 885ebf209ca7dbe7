import type { Host } from "../system.ts";

/**
 * Whether process 1 is systemd, as sd_booted(3) tells. Where it is not (a container, a chroot), no service runs, and
 * `systemctl` has no answer to give.
 */
export async function bootedWithSystemd(host: Pick<Host, "stat">): Promise<boolean> {
  return await host.stat("/run/systemd/system") !== undefined;
}
