import { controlPlaneJoinCommand } from "../../cluster/join_command.ts";
import { KUBECONFIG_FILES } from "../../cluster/paths.ts";
import { commandLine } from "../../text/shell.ts";
import { nextSteps, type Step } from "../../text/steps.ts";
import { type Outcome, phaseOutcome } from "../command_context.ts";
import type { InitContext } from "./context.ts";

/** Which secrets of the outcome may be shown. */
export interface Shown {
  token: boolean;
  certificateKey: boolean;
}

/** A part of the outcome: for a person, with --quiet, and for a program. */
interface Part {
  steps: readonly Step[];
  /** Lines that scripts use. */
  brief: readonly string[];
  result: Record<string, unknown>;
}

/** The join commands of `show-join-command`, without secrets that must not be shown. */
function joinPart(context: InitContext, shown: Shown): Part {
  const { config, uploadCerts, certificateKey } = context;
  const joinCommands = context.joinCommands.or([]);
  const [first] = joinCommands;
  if (!first) return { steps: [], brief: [], result: {} };
  const workers = joinCommands.map(({ argv }) =>
    shown.token ? argv : argv.with(argv.indexOf("--token") + 1, "<token>")
  );
  const commands = workers.map(commandLine);
  const steps = [{ what: "Join worker nodes: run on each of them, as root:", commands }];
  const result = { joinCommand: workers[0]!, caCertHashes: [first.hash] };
  // Without a controlPlaneEndpoint the cluster can have only one control plane node.
  if (!uploadCerts || !config.cluster.controlPlaneEndpoint) return { steps, brief: commands, result };
  const key = shown.certificateKey ? certificateKey : "<certificate key>";
  const controlPlane = controlPlaneJoinCommand(workers[0]!, key);
  const what = "Join control plane nodes: run on each of them, as root (only kubeadm supports this so far):";
  return {
    steps: [...steps, { what, commands: [commandLine(controlPlane)] }],
    brief: [...commands, commandLine(controlPlane)],
    result: { ...result, controlPlaneJoinCommand: controlPlane },
  };
}

/** The certificate key, where it may be shown. */
function keyPart(
  { uploadCerts, certificateKey }: InitContext,
  shown: Shown,
): Omit<Part, "steps"> & { lines: string[] } {
  if (!uploadCerts) return { lines: [], brief: [], result: {} };
  const lines = [
    "Certificates for more control plane nodes are in Secret kube-system/kubeadm-certs. They expire in two hours.",
  ];
  if (!shown.certificateKey) return { lines, brief: [], result: {} };
  lines.push(
    `Anyone with this certificate key can take over the cluster. Keep it secret:\n\n  ${certificateKey}`,
  );
  return { lines, brief: [certificateKey], result: { certificateKey } };
}

/** What one phase alone gives. */
function phasePart(phase: string, context: InitContext, shown: Shown): Outcome {
  if (phase === "upload-certs") {
    const { lines, brief, result } = keyPart(context, shown);
    return { text: lines.join("\n"), brief: brief.join("\n"), result: { phase, ...result } };
  }
  const { steps, brief, result } = joinPart(context, shown);
  if (steps.length === 0) return phaseOutcome(phase, false);
  return { text: nextSteps(steps), brief: brief.join("\n"), result: { phase, ...result } };
}

/** What `init` prints at its end. `phase`: the only one that was run. */
export function initOutcome(
  context: InitContext,
  phase: string | undefined,
  shown: Shown,
  seconds: number,
): Outcome {
  const { config: { dryRun, cluster, skipPhases }, podNetwork } = context;
  if (phase !== undefined) return dryRun ? phaseOutcome(phase, dryRun) : phasePart(phase, context, shown);
  const version = cluster.kubernetesVersion.text;
  const result = { kubeconfig: KUBECONFIG_FILES.admin, kubernetesVersion: version, seconds };
  if (dryRun) return { text: "", result: { ...result, dryRun } };
  const [key, join] = [keyPart(context, shown), joinPart(context, shown)];
  const isRunning = !skipPhases.includes("wait-control-plane");
  const steps: Step[] = [
    {
      what: "Use the cluster from this host, as root:",
      commands: [`export KUBECONFIG=${KUBECONFIG_FILES.admin}`, "kubectl get nodes"],
    },
    ...podNetwork.kind === "none"
      ? [{ what: "Install a pod network. Nodes become Ready only after that, and a join waits for it (--cni none)." }]
      : [],
    ...join.steps.length > 0 ? join.steps : [{
      what: "Join worker nodes: create a token, and run on each of them what this prints:",
      commands: ["kubewright token create --print-join-command"],
    }],
    { what: "Show the health of this node:", commands: ["kubewright status"] },
  ];
  const lines = [
    `\nInit finished in ${seconds.toFixed(1)} s.${
      isRunning ? ` The control plane is running (Kubernetes ${version}).` : ""
    }`,
    ...key.lines,
    nextSteps(steps),
  ];
  return {
    text: lines.join("\n\n"),
    brief: join.brief.join("\n"),
    result: { ...result, ...key.result, ...join.result },
  };
}
