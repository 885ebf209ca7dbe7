import { UserError } from "../../errors.ts";
import type { ContainerRuntime, Host } from "../../system.ts";
import type { Facts, NodeRegistration } from "../../config/types.ts";
import { inspectKubeletUnit } from "../../cluster/existing_kubelet_unit.ts";
import { DEFAULT_KUBELET_PROGRAM, KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { forwardingFindings, portFindings } from "./network.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** What the checks of every node look at. */
export interface NodeContext {
  host: Host;
  facts: Facts;
  runtime: ContainerRuntime;
  nodeRegistration: NodeRegistration;
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

/** A unit of somebody else's that does not read what we write. */
async function unitFindings({ host, facts, ownPaths }: NodeContext): Promise<Findings> {
  const { problem } = await inspectKubeletUnit(host, facts.kubeletPath ?? DEFAULT_KUBELET_PROGRAM, ownPaths);
  if (!problem) return NOTHING;
  return {
    errors: [`${problem.where} ${problem.what}`],
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** Checks of every node, whatever its kubelet is to be configured like. */
export const NODE_CHECKS: readonly Check<NodeContext>[] = [
  { name: "CRI", look: ({ runtime }) => runtimeFindings(runtime) },
  {
    name: "FileExisting-kubelet",
    look: ({ facts }) =>
      Promise.resolve(
        facts.kubeletVersion ? NOTHING : {
          errors: [
            facts.kubeletPath
              ? `${facts.kubeletPath} does not tell its version (${facts.kubeletPath} --version)`
              : "there is no kubelet in the PATH",
          ],
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
