import { type Problem, UserError } from "../../errors.ts";
import type { ComponentConfiguration } from "../../config/types.ts";
import { KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { compareVersions, versionOf } from "../../cluster/versions.ts";
import { CHECKS } from "../checks.ts";
import { unifiedControllers } from "./kernel.ts";
import { STATE_CHECK } from "./kubelet_state.ts";
import { portFindings } from "./network.ts";
import type { NodeContext } from "./node.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** What checks need that depend on the configuration of the kubelet. */
export interface KubeletContext extends NodeContext {
  /** Its KubeletConfiguration: with init the user's, with join the cluster's. */
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
    warnings: [
      `cgroupDriver is "${given}" in the KubeletConfiguration, but the container runtime uses "${wanted}", which the ` +
      "kubelet follows",
    ],
  };
}

/** The first kubelet that requires cgroup v2: https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1 */
const FIRST_WITHOUT_CGROUP_V1 = versionOf("v1.35.0");

/** The finding for a stored identity. */
export function identityFinding(problem: Problem | undefined): Findings {
  if (problem === undefined) return NOTHING;
  return {
    errors: [`${problem.where} ${problem.what}`],
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** How to get cgroup v2. */
const CGROUP_V2 = "Boot with cgroup v2 (kernel parameter systemd.unified_cgroup_hierarchy=1)";

/** Checks that the kubelet runs on this host with its configuration. */
export const KUBELET_CHECKS: readonly Check<KubeletContext>[] = [
  { ...CHECKS.cgroupDriver, look: driverFindings },
  STATE_CHECK,
  {
    ...CHECKS.port,
    name: `Port-${PORTS.kubeletHealthz}`,
    async look({ host, kubelet, ownPaths }) {
      const port = Number(kubelet?.["healthzPort"] ?? PORTS.kubeletHealthz);
      if (port === 0 || ownPaths.has(KUBELET_FILES.configuration)) return NOTHING;
      return await portFindings(host, String(kubelet?.["healthzBindAddress"] ?? "127.0.0.1"), port);
    },
  },
  {
    ...CHECKS.swap,
    async look({ host, kubelet }) {
      const devices = (await host.readText("/proc/swaps") ?? "").split("\n").slice(1).filter(Boolean);
      if (devices.length === 0) return NOTHING;
      if (kubelet?.["failSwapOn"] === false) {
        if (await unifiedControllers(host)) return NOTHING;
        return { warnings: ["swap is on, but pods can use it only with cgroup v2"], hint: `${CGROUP_V2}.` };
      }
      return {
        errors: [
          `swap is on (${
            devices.map((line) => line.split(/\s/)[0]).join(", ")
          }): the kubelet does not start with swap while failSwapOn is true`,
        ],
      };
    },
  },
  {
    ...CHECKS.system,
    async look({ host, kubelet, facts }) {
      if (await unifiedControllers(host) || !facts.kubeletVersion) return NOTHING;
      const found = "this host uses cgroup v1 at /sys/fs/cgroup";
      if (compareVersions(versionOf(facts.kubeletVersion), FIRST_WITHOUT_CGROUP_V1) < 0) {
        const what = `${found}: kubelet ${FIRST_WITHOUT_CGROUP_V1.text} and later require cgroup v2`;
        return { warnings: [what], hint: `${CGROUP_V2}.` };
      }
      if (kubelet?.["failCgroupV1"] === false) {
        const what = `${found}: this kubelet starts because failCgroupV1 is false, later versions do not`;
        return { warnings: [what], hint: `${CGROUP_V2}.` };
      }
      return {
        errors: [`${found}: the kubelet (${facts.kubeletVersion}) does not start while failCgroupV1 is true`],
        essential: true,
        hint: `${CGROUP_V2}, or set failCgroupV1: false in a KubeletConfiguration.`,
      };
    },
  },
];
