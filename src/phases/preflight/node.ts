import { UserError } from "../../errors.ts";
import { PROGRAM_DIRECTORIES } from "../../programs.ts";
import { runtimeUnit } from "../../runtimes.ts";
import type { ContainerRuntime, Host } from "../../system.ts";
import type { Facts, NodeRegistration } from "../../config/types.ts";
import { KUBELET_DIRECTORIES } from "../../node/facts.ts";
import { inspectKubeletUnit } from "../../node/kubelet/unit.ts";
import { DEFAULT_KUBELET_PROGRAM, KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { KERNEL_CHECK } from "./kernel.ts";
import { FLAGS_CHECK } from "./kubelet_flags.ts";
import { portFindings } from "./network.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";
import { CLOCK_CHECK, SERVICE_CHECK } from "./services.ts";
import { shellWord } from "../../text/shell.ts";

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
  for (const directory of PROGRAM_DIRECTORIES) if (await host.stat(`${directory}/${program}`)) return true;
  return false;
}

async function runtimeFindings(runtime: ContainerRuntime): Promise<Findings> {
  try {
    const ready = (await runtime.status()).find((condition) => condition.type === "RuntimeReady");
    if (ready?.status) return NOTHING;
    return {
      errors: [
        `the container runtime at ${runtime.socket} is not ready: ${
          ready
            ? [ready.reason, ready.message].filter(Boolean).join(" ") || "it does not say why"
            : "it tells no RuntimeReady"
        }`,
      ],
      hint: runtimeUnit(runtime.socket) === undefined
        ? "Look at the journal of the container runtime."
        : `Look at the journal of the container runtime: journalctl -u ${runtimeUnit(runtime.socket)} -e`,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: [error.message], hint: error.hints.join(" ") };
  }
}

/** Since it can tell its control group driver, a runtime and its kubelet cannot be at odds about that. */
async function runtimeVersionFindings(runtime: ContainerRuntime): Promise<Findings> {
  try {
    if (await runtime.cgroupDriver() !== undefined) return NOTHING;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return NOTHING; // The check CRI reports a runtime that does not answer.
  }
  return {
    warnings: [`the container runtime at ${runtime.socket} cannot tell its control group driver (RuntimeConfig)`],
    hint: "Kubelets from 1.38 on want that. Update the runtime: containerd 2.0 or CRI-O 1.28 can.",
  };
}

/** Programs that a kubelet calls, and cp, which kubeadm's upgrade calls; with the package that brings each. */
const PROGRAMS = { losetup: "util-linux (or mount)", mount: "util-linux (or mount)", cp: "coreutils" };

/** Longest value of a label: the kubelet labels its Node with its name (`kubernetes.io/hostname`), else it is refused. */
const LONGEST_NAME = 63;

async function nameFindings({ host, nodeRegistration: { name } }: NodeContext): Promise<Findings> {
  if (name.length > LONGEST_NAME) {
    const what = `the node name "${name}" has ${name.length} characters, at most ${LONGEST_NAME} fit into the label`;
    return {
      errors: [`${what} kubernetes.io/hostname: the kubelet could not register its node`],
      essential: true,
      hint: "Give a shorter name with --node-name.",
    };
  }
  if (await host.resolves(name)) return NOTHING;
  return {
    warnings: [`the node name "${name}" resolves to no address`],
    hint: `Add a line for ${shellWord(name)} to /etc/hosts or to DNS.`,
  };
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
  { name: "CRI", essential: true, look: ({ runtime }) => runtimeFindings(runtime) },
  { name: "ContainerRuntimeVersion", look: ({ runtime }) => runtimeVersionFindings(runtime) },
  {
    name: "FileExisting-kubelet",
    essential: true,
    look: ({ facts }) =>
      Promise.resolve(
        facts.kubeletVersion ? NOTHING : {
          errors: [
            facts.kubeletPath
              ? `${facts.kubeletPath} does not tell its version (${facts.kubeletPath} --version)`
              : `kubelet not found in ${
                KUBELET_DIRECTORIES.join(", ")
              }, nor in a directory of the PATH that only root may write`,
          ],
          hint: "Install the kubelet binary of the wanted Kubernetes version, e.g. to /usr/local/bin/kubelet.",
        },
      ),
  },
  ...Object.entries(PROGRAMS).map(([program, from]): Check<NodeContext> => ({
    name: `FileExisting-${program}`,
    look: async ({ host }) =>
      await programExists(host, program) ? NOTHING : {
        errors: [`program "${program}" not found in ${PROGRAM_DIRECTORIES.join(", ")}`],
        hint: `Install ${from}.`,
      },
  })),
  FLAGS_CHECK,
  { name: "Hostname", look: nameFindings },
  {
    name: `Port-${PORTS.kubelet}`,
    essential: true,
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : await portFindings(host, "0.0.0.0", PORTS.kubelet),
  },
  { name: "KubeletUnit", essential: true, look: unitFindings },
  KERNEL_CHECK,
  SERVICE_CHECK,
  CLOCK_CHECK,
];
