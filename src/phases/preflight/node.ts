import { UserError } from "../../errors.ts";
import { PROGRAM_DIRECTORIES } from "../../programs.ts";
import { runtimeUnit } from "../../runtimes.ts";
import type { ContainerRuntime, Host } from "../../system.ts";
import type { Facts, NodeRegistration } from "../../config/types.ts";
import { KUBELET_DIRECTORIES } from "../../node/facts.ts";
import { inspectKubeletUnit } from "../../node/kubelet/unit.ts";
import { DEFAULT_KUBELET_PROGRAM, KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { CHECKS } from "../checks.ts";
import { KERNEL_CHECK } from "./kernel.ts";
import { FLAGS_CHECK } from "./kubelet_flags.ts";
import { portFindings } from "./network.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";
import { CLOCK_CHECK, SERVICE_CHECK } from "./services.ts";
import { shellWord } from "../../text/shell.ts";

/** What the checks of every node read. */
export interface NodeContext {
  host: Host;
  facts: Facts;
  runtime: ContainerRuntime;
  nodeRegistration: NodeRegistration;
  warn(message: string): void;
  /** Paths that an earlier run created on this host, from the receipt. */
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
            ? [ready.reason, ready.message].filter(Boolean).join(" ") || "it reports no reason"
            : "it does not report the RuntimeReady condition"
        }`,
      ],
      ...(runtimeUnit(runtime.socket) === undefined ? {} : {
        hint: `Read the journal of the container runtime: journalctl -u ${runtimeUnit(runtime.socket)} -e`,
      }),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { errors: [error.message], hint: error.hints.join(" ") };
  }
}

/** A runtime that reports its cgroup driver cannot disagree with the kubelet about it. */
async function runtimeVersionFindings(runtime: ContainerRuntime): Promise<Findings> {
  try {
    if (await runtime.cgroupDriver() !== undefined) return NOTHING;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return NOTHING; // The check CRI reports a runtime that does not answer.
  }
  return {
    warnings: [`the container runtime at ${runtime.socket} does not report its cgroup driver (CRI call RuntimeConfig)`],
  };
}

/** Programs that the kubelet calls, and cp, which the upgrade of kubeadm calls; with the package that contains each. */
const UTIL_LINUX = "util-linux (mount on Debian and Ubuntu)";
const PROGRAMS = { losetup: UTIL_LINUX, mount: UTIL_LINUX, cp: "coreutils" };

/** Longest value of a label: the kubelet labels its Node with its name (`kubernetes.io/hostname`). */
const LONGEST_NAME = 63;

async function nameFindings({ host, nodeRegistration: { name } }: NodeContext): Promise<Findings> {
  if (name.length > LONGEST_NAME) {
    const what = `the node name "${name}" has ${name.length} characters, at most ${LONGEST_NAME} are allowed`;
    return {
      errors: [`${what}: the kubelet cannot register a node whose name does not fit the label kubernetes.io/hostname`],
      essential: true,
      hint: "Set a shorter name with --node-name.",
    };
  }
  if (await host.resolves(name)) return NOTHING;
  return {
    warnings: [`the node name "${name}" does not resolve to an address`],
    hint: `Add ${shellWord(name)} to DNS or /etc/hosts.`,
  };
}

/** A unit that kubewright did not write and that does not use its files. */
async function unitFindings({ host, facts, ownPaths }: NodeContext): Promise<Findings> {
  const { problem } = await inspectKubeletUnit(host, facts.kubeletPath ?? DEFAULT_KUBELET_PROGRAM, ownPaths);
  if (!problem) return NOTHING;
  return {
    errors: [`${problem.where} ${problem.what}`],
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** Checks of every node that do not depend on the configuration of the kubelet. */
export const NODE_CHECKS: readonly Check<NodeContext>[] = [
  { ...CHECKS.runtime, look: ({ runtime }) => runtimeFindings(runtime) },
  { ...CHECKS.runtimeVersion, look: ({ runtime }) => runtimeVersionFindings(runtime) },
  {
    ...CHECKS.kubeletProgram,
    look: ({ facts }) =>
      Promise.resolve(
        facts.kubeletVersion ? NOTHING : {
          errors: [
            facts.kubeletPath
              ? `${facts.kubeletPath} does not report its version (${facts.kubeletPath} --version)`
              : `no kubelet found in ${
                KUBELET_DIRECTORIES.join(", ")
              }, nor in a directory of the PATH that only root can write to`,
          ],
        },
      ),
  },
  ...Object.entries(PROGRAMS).map(([program, from]): Check<NodeContext> => ({
    ...CHECKS.program,
    name: `FileExisting-${program}`,
    look: async ({ host }) =>
      await programExists(host, program) ? NOTHING : {
        errors: [`program "${program}" not found in ${PROGRAM_DIRECTORIES.join(", ")}`],
        hint: `Install the package ${from}.`,
      },
  })),
  FLAGS_CHECK,
  { ...CHECKS.hostname, look: nameFindings },
  {
    ...CHECKS.port,
    name: `Port-${PORTS.kubelet}`,
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : await portFindings(host, "0.0.0.0", PORTS.kubelet),
  },
  { ...CHECKS.unit, look: unitFindings },
  KERNEL_CHECK,
  SERVICE_CHECK,
  CLOCK_CHECK,
];
