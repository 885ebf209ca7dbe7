/**
 * What systemd says about this host: the kubelet's unit, the firewall, the clock.
 * @module
 */
import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** No release of this program is older: a clock before that is not set, and certificates would be of the past. */
const EARLIEST = new Date("2026-01-01T00:00:00Z");

/**
 * Units that keep the clock right; of the first one alone can be told, without starting anything, whether it has.
 * (`timedatectl` would start a service, which leaves folders in /tmp.)
 */
const TIME_SERVICES = [
  ...["systemd-timesyncd", "chronyd", "chrony", "ntpd", "ntp", "ntpsec", "openntpd", "ptp4l", "phc2sys", "vmtoolsd"],
].map((name) => `${name}.service`);

/** What a check of something that is only advised found; that it could not look is a warning, too. */
async function advice(look: () => Promise<Findings>): Promise<Findings> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { warnings: [error.message] };
  }
}

async function serviceFindings(host: Host): Promise<Findings> {
  if (!await host.services.booted()) {
    return {
      errors: ["this host was not booted by systemd, which has to run the kubelet"],
      hint: "kubewright requires a host booted with systemd; a container or chroot without it will not do.",
    };
  }
  const unit = await host.services.state(KUBELET_SERVICE);
  if (unit.load === "masked") {
    return {
      errors: [`${KUBELET_SERVICE} is masked, and cannot be started`],
      hint: `Run: systemctl unmask ${KUBELET_SERVICE}`,
    };
  }
  if (unit.active !== "failed") return NOTHING;
  return {
    warnings: [`${KUBELET_SERVICE} has failed before (${unit.result})`],
    hint: `See why: journalctl -u ${KUBELET_SERVICE} -n 50`,
  };
}

/** Whether systemd can run a kubelet here. Whether its unit is enabled does not matter: the kubelet's phase does that. */
export const SERVICE_CHECK: Check<{ host: Host }> = {
  name: "Service-kubelet",
  essential: true,
  look: ({ host }) => serviceFindings(host),
};

/** Warns of a firewall that others may not get through. */
export function firewallCheck(ports: readonly number[]): Check<{ host: Host }> {
  return {
    name: "Firewalld",
    look: ({ host }) =>
      advice(async () => {
        if ((await host.services.state("firewalld.service")).active !== "active") return NOTHING;
        return {
          warnings: [`firewalld is active; other hosts have to reach TCP ${ports.join(" and ")} here`],
          hint: `Run: firewall-cmd --permanent ${ports.map((port) => `--add-port=${port}/tcp`).join(" ")} && ` +
            "firewall-cmd --reload. Pods need the ports of their network, too (flannel: 8472/udp).",
        };
      }),
  };
}

async function clockFindings(host: Host): Promise<Findings> {
  const now = host.now();
  if (now < EARLIEST) {
    return {
      errors: [`the clock of this host says ${now.toISOString()}: it is not set`],
      hint: "Set it (timedatectl set-ntp true, or date -s), else certificates are not valid.",
    };
  }
  const active = (await host.services.states(TIME_SERVICES)).map(({ active }) => active === "active");
  const hint =
    "Certificates and tokens need clocks that agree: timedatectl set-ntp true, or a time service of your own.";
  if (!active.includes(true)) return { warnings: ["no time service runs here that would keep the clock right"], hint };
  const others = active.slice(1).includes(true);
  if (others || await host.stat("/run/systemd/timesync/synchronized")) return NOTHING;
  return { warnings: ["the clock is not synchronised yet: systemd-timesyncd has reached no server"], hint };
}

/** Whether the clock is set. */
export const CLOCK_CHECK: Check<{ host: Host }> = {
  name: "Clock",
  look: ({ host }) => advice(() => clockFindings(host)),
};
