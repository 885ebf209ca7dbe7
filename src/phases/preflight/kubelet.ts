import { type Problem, UserError } from "../../errors.ts";
import type { ComponentConfiguration } from "../../config/types.ts";
import { KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { compareVersions, versionOf } from "../../cluster/versions.ts";
import { unifiedControllers } from "./kernel.ts";
import { STATE_CHECK } from "./kubelet_state.ts";
import { portFindings } from "./network.ts";
import type { NodeContext } from "./node.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** What checks need that depend on how the kubelet is to be configured. */
export interface KubeletContext extends NodeContext {
  /** Its KubeletConfiguration: the user's, or on a host that joins the cluster's. */
  kubelet?: ComponentConfiguration;
}

async function driverFindings(context: KubeletContext): Promise<Findings> {
  let wanted: string | undefined;
  try {
    wanted = await context.runtime.cgroupDriver();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return NOTHING; // The check CRI reports a runtime that does not answer.
  }
  const given = context.kubelet?.["cgroupDriver"] as string | undefined;
  if (wanted === undefined || given === undefined || given === wanted) return NOTHING;
  return {
    warnings: [`the KubeletConfiguration says cgroupDriver "${given}", but the container runtime uses "${wanted}"`],
    hint: "The kubelet follows the runtime; make both say the same.",
  };
}

/** The first kubelet that wants control groups v2: https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1 */
const FIRST_WITHOUT_CGROUP_V1 = versionOf("v1.35.0");

/** The finding that a stored identity is. */
export function identityFinding(problem: Problem | undefined): Findings {
  if (problem === undefined) return NOTHING;
  return {
    errors: [`${problem.where} ${problem.what}`],
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** Whether the kubelet, configured like this, would run on this host. */
export const KUBELET_CHECKS: readonly Check<KubeletContext>[] = [
  { name: "CgroupDriver", look: driverFindings },
  STATE_CHECK,
  {
    name: `Port-${PORTS.kubeletHealthz}`,
    essential: true,
    async look({ host, kubelet, ownPaths }) {
      const port = Number(kubelet?.["healthzPort"] ?? PORTS.kubeletHealthz);
      if (port === 0 || ownPaths.has(KUBELET_FILES.configuration)) return NOTHING;
      return await portFindings(host, String(kubelet?.["healthzBindAddress"] ?? "127.0.0.1"), port);
    },
  },
  {
    name: "Swap",
    async look({ host, kubelet }) {
      const devices = (await host.readText("/proc/swaps") ?? "").split("\n").slice(1).filter(Boolean);
      if (devices.length === 0) return NOTHING;
      if (kubelet?.["failSwapOn"] === false) {
        if (await unifiedControllers(host)) return NOTHING;
        return { warnings: ["swap is on, but pods can use it only with control groups v2"] };
      }
      return {
        errors: [
          `swap is on (${
            devices.map((line) => line.split(/\s/)[0]).join(", ")
          }), and the kubelet refuses to start with it`,
        ],
        hint: "Turn it off with swapoff -a and in /etc/fstab, or set failSwapOn: false in a KubeletConfiguration.",
      };
    },
  },
  {
    name: "SystemVerification",
    async look({ host, kubelet, facts }) {
      if (await unifiedControllers(host) || !facts.kubeletVersion) return NOTHING;
      const found = `this host has control groups v1 at /sys/fs/cgroup`;
      return compareVersions(versionOf(facts.kubeletVersion), FIRST_WITHOUT_CGROUP_V1) < 0
        ? { warnings: [`${found}, which kubelets from ${FIRST_WITHOUT_CGROUP_V1.text} on refuse`] }
        : kubelet?.["failCgroupV1"] === false
        ? { warnings: [`${found}: with failCgroupV1: false this kubelet runs, a later one will not`] }
        : {
          errors: [`${found}, and the kubelet (${facts.kubeletVersion}) refuses to start with them`],
          essential: true,
          hint:
            "Boot with control groups v2 (systemd.unified_cgroup_hierarchy=1), or set failCgroupV1: false in a KubeletConfiguration.",
        };
    },
  },
];
