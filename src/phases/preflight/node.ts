import { UserError } from "../../errors.ts";
import type { ContainerRuntime, Host } from "../../system.ts";
import type { ComponentConfiguration, Facts, NodeRegistration } from "../../config/types.ts";
import { inspectKubeletUnit } from "../../cluster/existing_kubelet_unit.ts";
import { KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { compareVersions } from "../../cluster/versions.ts";
import { forwardingFindings, portFindings } from "./network.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** What the checks of every node look at. */
export interface NodeContext {
  host: Host;
  facts: Facts;
  runtime: ContainerRuntime;
  nodeRegistration: NodeRegistration;
  /** The user's KubeletConfiguration, if any. */
  kubelet?: ComponentConfiguration;
  warn(message: string): void;
  /** Paths that an earlier run of this program made on this host, from the receipt. */
  ownPaths: ReadonlySet<string>;
}

async function programExists(host: Host, program: string): Promise<boolean> {
  const directories = (host.environment()["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    .split(":");
  for (const directory of directories) if (await host.stat(`${directory}/${program}`)) return true;
  return false;
}

async function runtimeFindings(runtime: ContainerRuntime): Promise<Findings> {
  try {
    const ready = (await runtime.status()).find((condition) => condition.type === "RuntimeReady");
    if (ready?.status) return NOTHING;
    return {
      errors: [`the container runtime at ${runtime.socket} is not ready: ${ready?.reason} ${ready?.message}`],
      hint: "Look at its log: journalctl -u containerd -e",
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: [error.message], hint: error.hints.join(" ") };
  }
}

async function driverFindings(context: NodeContext): Promise<Findings> {
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

/** A unit of somebody else's that does not read what we write. */
async function unitFindings({ host, facts, ownPaths }: NodeContext): Promise<Findings> {
  const { problem } = await inspectKubeletUnit(host, facts.kubeletPath ?? "/usr/bin/kubelet", ownPaths);
  if (!problem) return NOTHING;
  return {
    errors: [`${problem.where} ${problem.what}`],
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** The first kubelet that wants control groups v2: https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1 */
const FIRST_WITHOUT_CGROUP_V1 = "v1.35.0";

/** Checks of every node. */
export const NODE_CHECKS: readonly Check<NodeContext>[] = [
  { name: "CRI", look: ({ runtime }) => runtimeFindings(runtime) },
  { name: "CgroupDriver", look: driverFindings },
  {
    name: "FileExisting-kubelet",
    look: ({ facts }) =>
      Promise.resolve(
        facts.kubeletVersion ? NOTHING : {
          errors: ["there is no kubelet in the PATH, or it does not tell its version"],
          hint: "Install the kubelet binary of the wanted Kubernetes version, e.g. to /usr/local/bin/kubelet.",
        },
      ),
  },
  {
    name: "FileExisting-mount",
    look: async ({ host }) =>
      await programExists(host, "mount")
        ? NOTHING
        : { errors: ['there is no program "mount" in the PATH'], hint: "Install util-linux (or the package mount)." },
  },
  {
    name: "Swap",
    async look({ host, kubelet }) {
      const devices = (await host.readText("/proc/swaps") ?? "").split("\n").slice(1).filter(Boolean);
      if (devices.length === 0 || kubelet?.["failSwapOn"] === false) return NOTHING;
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
      const unified = await host.readText("/sys/fs/cgroup/cgroup.controllers") !== undefined;
      if (unified || kubelet?.["failCgroupV1"] === false || !facts.kubeletVersion) return NOTHING;
      const found = `this host has control groups v1 at /sys/fs/cgroup`;
      return compareVersions(facts.kubeletVersion, FIRST_WITHOUT_CGROUP_V1) < 0
        ? { warnings: [`${found}, which kubelets from ${FIRST_WITHOUT_CGROUP_V1} on refuse`] }
        : {
          errors: [`${found}, and the kubelet (${facts.kubeletVersion}) refuses to start with them`],
          hint:
            "Boot with control groups v2 (systemd.unified_cgroup_hierarchy=1), or set failCgroupV1: false in a KubeletConfiguration.",
        };
    },
  },
  {
    name: "Hostname",
    look: async ({ host, nodeRegistration }) =>
      await host.resolves(nodeRegistration.name) ? NOTHING : {
        warnings: [`the node name "${nodeRegistration.name}" resolves to no address`],
        hint: `Add a line for ${nodeRegistration.name} to /etc/hosts or to DNS.`,
      },
  },
  {
    name: `Port-${PORTS.kubelet}`,
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : await portFindings(host, "0.0.0.0", PORTS.kubelet),
  },
  { name: "KubeletUnit", look: unitFindings },
  {
    name: "FileContent--proc-sys-net-ipv4-ip_forward",
    async look({ host, facts }) {
      if (!facts.addresses.some((a) => a.family === "IPv4" && !a.address.startsWith("127."))) return NOTHING;
      return await forwardingFindings(host, "/proc/sys/net/ipv4/ip_forward", "net.ipv4.ip_forward");
    },
  },
];
