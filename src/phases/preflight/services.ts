/**
 * The state of systemd units on this host: kubelet, firewall, time service.
 * @module
 */
import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import { UserError } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { CHECKS } from "../checks.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** Earlier than every release of this program: a clock before that date is not set. */
const EARLIEST = new Date("2026-01-01T00:00:00Z");

/**
 * Units that synchronize the clock; only the first one shows, without starting anything, whether it succeeded.
 * (`timedatectl` would start a service, which leaves directories in /tmp.)
 */
const TIME_SERVICES = [
  ...["systemd-timesyncd", "chronyd", "chrony", "ntpd", "ntp", "ntpsec", "openntpd", "ptp4l", "phc2sys", "vmtoolsd"],
].map((name) => `${name}.service`);

/** The findings of a check that only warns; that it failed is a warning, too. */
async function advice(look: () => Promise<Findings>): Promise<Findings> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { warnings: [error.message], hint: "" };
  }
}

async function serviceFindings(host: Host): Promise<Findings> {
  if (!await host.services.booted()) {
    return {
      errors: ["this host was not booted with systemd, which must run the kubelet"],
      hint: "kubewright requires a host booted with systemd; a container or chroot without systemd is not supported.",
    };
  }
  const unit = await host.services.state(KUBELET_SERVICE);
  if (unit.load === "masked") {
    return {
      errors: [`${KUBELET_SERVICE} is masked and cannot be started`],
      hint: `Unmask the unit: systemctl unmask ${KUBELET_SERVICE}`,
    };
  }
  if (unit.active !== "failed") return NOTHING;
  return {
    warnings: [`${KUBELET_SERVICE} failed earlier (${unit.result})`],
    hint: `Show why: journalctl -u ${KUBELET_SERVICE} -n 50`,
  };
}

/** Whether systemd can run a kubelet on this host. The unit need not be enabled, because phase kubelet-start enables it. */
export const SERVICE_CHECK: Check<{ host: Host }> = {
  ...CHECKS.service,
  look: ({ host }) => serviceFindings(host),
};

/** Warns of a firewall that may block other hosts. */
export function firewallCheck(ports: readonly number[]): Check<{ host: Host }> {
  return {
    ...CHECKS.firewall,
    look: ({ host }) =>
      advice(async () => {
        if ((await host.services.state("firewalld.service")).active !== "active") return NOTHING;
        return {
          warnings: [`firewalld is active: other hosts must reach TCP ${ports.join(" and ")} on this host`],
          hint: `Open the ports: firewall-cmd --permanent ${
            ports.map((port) => `--add-port=${port}/tcp`).join(" ")
          } && ` +
            "firewall-cmd --reload. Also open the ports of the pod network (flannel: 8472/udp).",
        };
      }),
  };
}

async function clockFindings(host: Host): Promise<Findings> {
  const now = host.now();
  if (now < EARLIEST) {
    return {
      errors: [`the clock of this host is at ${now.toISOString()}: it is not set`],
    };
  }
  const active = (await host.services.states(TIME_SERVICES)).map(({ active }) => active === "active");
  if (!active.includes(true)) return { warnings: ["no time service that synchronizes the clock is running"] };
  const others = active.slice(1).includes(true);
  if (others || await host.stat("/run/systemd/timesync/synchronized")) return NOTHING;
  return { warnings: ["the clock is not synchronized yet: systemd-timesyncd has not reached a time server"] };
}

/** Whether the clock is set and synchronized. */
export const CLOCK_CHECK: Check<{ host: Host }> = {
  ...CHECKS.clock,
  look: ({ host }) => advice(() => clockFindings(host)),
};
