import { controlPlaneJoinCommand } from "../../cluster/join_command.ts";
import { KUBECONFIG_FILES } from "../../cluster/paths.ts";
import { commandLine } from "../../text/shell.ts";
import { type Outcome, phaseOutcome } from "../command_context.ts";
import type { InitContext } from "./context.ts";

/** What of the outcome may be shown. */
export interface Shown {
  token: boolean;
  certificateKey: boolean;
}

/** What `show-join-command` has found, with what must not be shown taken out. */
function joinParts(context: InitContext, shown: Shown): { lines: string[]; result: Record<string, unknown> } {
  const { config, uploadCerts, certificateKey } = context;
  const joinCommands = context.joinCommands.or([]);
  const [first] = joinCommands;
  if (!first) return { lines: [], result: {} };
  const workers = joinCommands.map(({ argv }) =>
    shown.token ? argv : argv.with(argv.indexOf("--token") + 1, "<token>")
  );
  const result = { joinCommand: workers[0]!, caCertHashes: [first.hash] };
  const lines = [
    "\nOn each host that is to become a worker, as root:",
    ...workers.map((argv) => `\n  ${commandLine(argv)}`),
  ];
  // Without an endpoint of its own the cluster can have one control plane node only.
  if (!uploadCerts || !config.cluster.controlPlaneEndpoint) return { lines, result };
  const key = shown.certificateKey ? certificateKey : "<certificate key>";
  const controlPlane = controlPlaneJoinCommand(workers[0]!, key);
  return {
    lines: [
      ...lines,
      "\nOn each host that is to become a control plane node (kubewright does not do that yet, kubeadm does):",
      `\n  ${commandLine(controlPlane)}`,
    ],
    result: { ...result, controlPlaneJoinCommand: controlPlane },
  };
}

/** The certificate key, where it may be shown. */
function keyParts({ uploadCerts, certificateKey }: InitContext, shown: Shown) {
  if (!uploadCerts) return { lines: [], result: {} };
  const lines = [
    "\nCertificates for further control plane nodes are in Secret kube-system/kubeadm-certs, for two hours.",
  ];
  if (!shown.certificateKey) return { lines, result: {} };
  lines.push("Whoever has their key has the cluster: keep it secret. It is", `\n  ${certificateKey}`);
  return { lines, result: { certificateKey } };
}

/** What `init` says when it is done. `phase`: the only one that was run. */
export function initOutcome(
  context: InitContext,
  phase: string | undefined,
  shown: Shown,
  seconds: number,
): Outcome {
  const { dryRun, cluster } = context.config;
  if (phase !== undefined) {
    const done = phaseOutcome(phase, dryRun);
    if (dryRun) return done;
    if (phase === "upload-certs") {
      const { lines, result } = keyParts(context, shown);
      return { text: lines.join("\n").trimStart(), result: { phase, ...result } };
    }
    const { lines, result } = joinParts(context, shown);
    return lines.length === 0 ? done : { text: lines.join("\n").trimStart(), result: { phase, ...result } };
  }
  const result = { kubeconfig: KUBECONFIG_FILES.admin, kubernetesVersion: cluster.kubernetesVersion.text, seconds };
  if (dryRun) return { text: "", result: { ...result, dryRun } };
  const [key, join] = [keyParts(context, shown), joinParts(context, shown)];
  const lines = [
    `\nThe control plane runs, after ${seconds.toFixed(1)} s. As root on this host:`,
    `\n  export KUBECONFIG=${KUBECONFIG_FILES.admin}`,
    ...key.lines,
    ...join.lines,
  ];
  return { text: lines.join("\n"), result: { ...result, ...key.result, ...join.result } };
}
