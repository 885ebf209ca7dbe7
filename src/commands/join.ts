import { loadJoin } from "../config/load.ts";
import { assignmentOf, type Settings } from "../config/assignments.ts";
import type { JoinConfiguration } from "../config/types.ts";
import { InvalidInput } from "../errors.ts";
import { bootstrapCredentials, kubeletWaitBootstrap } from "../phases/bootstrap_kubelet.ts";
import { discovery } from "../phases/discovery.ts";
import { kubeletStart } from "../phases/kubelet_start.ts";
import { kubeletUnit } from "../phases/kubelet_unit.ts";
import { checkPhaseNames, type Phase, phaseRows, runPhases, selectionOf } from "../phases/phase.ts";
import { clusterChecks } from "../phases/preflight/cluster.ts";
import { NODE_CHECKS } from "../phases/preflight/node.ts";
import { preflightPhase } from "../phases/preflight/run.ts";
import { WORKER_CHECKS } from "../phases/preflight/worker.ts";
import { waitReady, waitRegistered } from "../phases/wait_node.ts";
import { type CommandContext, type Outcome, phaseOutcome, systemFor } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";
import { type JoinContext, joinContext } from "./join/context.ts";
import { joinOutcome } from "./join/outcome.ts";

/** A command line of `join`. */
export interface JoinRequest {
  configText: string | undefined;
  /** Its name in messages: the path. */
  configName?: string | undefined;
  /** Words of the one phase to run (`certs`, `apiserver`); undefined: all of them. */
  phase: readonly string[] | undefined;
  settings: Settings;
}

/** Phases of kubeadm that only control plane nodes have: a worker skips them. */
function forControlPlanes(name: string, summary: string, below: readonly string[] = []): Phase<JoinContext> {
  const phases = below.map((child) => ({ name: child, summary, when: () => false }));
  return {
    name,
    summary: `${summary} (control plane nodes only; not supported yet)`,
    when: () => false,
    phases,
  };
}

const PREPARE = forControlPlanes("control-plane-prepare", "prepare a control plane", [
  ...["download-certs", "certs", "kubeconfig", "control-plane"],
]);
const ETCD_JOIN = forControlPlanes("etcd-join", "add an etcd member");
const REGISTER = forControlPlanes("control-plane-join", "register a control plane node", ["mark-control-plane"]);
const WAIT = forControlPlanes("wait-control-plane", "wait for the control plane of this node");

/** The outcome of a single phase that a worker does not have. */
function nothingDone(phase: string): Outcome | undefined {
  if (![PREPARE, ETCD_JOIN, REGISTER, WAIT].some(({ name }) => name === phase.split("/")[0])) return undefined;
  return {
    text: `Phase ${phase} was skipped: it is for control plane nodes, and this host joins as a worker.`,
    result: { phase, skipped: true },
  };
}

/** `join` from top to bottom. */
const PHASES: readonly Phase<JoinContext>[] = [
  preflightPhase(() => [...NODE_CHECKS, ...WORKER_CHECKS]),
  discovery,
  clusterChecks,
  PREPARE,
  kubeletUnit,
  bootstrapCredentials,
  { ...kubeletStart, needs: ["kubelet-unit", "bootstrap-credentials"] },
  ETCD_JOIN,
  kubeletWaitBootstrap,
  REGISTER,
  WAIT,
  waitRegistered,
  waitReady,
];

/** All phases in order of work. */
export function phases(): { path: string; summary: string }[] {
  return phaseRows(PHASES);
}

/** Refuses what this command does not support yet, before the first change. */
function checkSupported(config: JoinConfiguration, settings: Settings): void {
  const problems = [];
  if (config.controlPlane) {
    problems.push({
      where: assignmentOf(settings, "JoinConfiguration.controlPlane")?.label ?? "controlPlane",
      what: "joining as a control plane node is not supported yet",
      hint: "Use kubeadm join --control-plane. The cluster must have a controlPlaneEndpoint.",
    });
  }
  if (problems.length > 0) throw new InvalidInput("Cannot join:", problems);
}

/** Adds this host to a cluster as a worker node. A rerun continues, or changes nothing. */
export async function join(command: CommandContext, request: JoinRequest): Promise<Outcome> {
  const start = command.clock();
  const facts = await gatherFacts(command.system.host, command.system.runtime);
  const options = { warn: command.warn };
  const config = loadJoin(request.configText, request.settings, facts, request.configName, options);
  checkSupported(config, request.settings);
  const selection = selectionOf(PHASES, config.skipPhases, request.phase);
  checkPhaseNames(PHASES, selection);
  const system = systemFor(command, config);
  const context = await joinContext(system, command, facts, config);
  await runPhases(PHASES, context, selection, command.observer);
  if (selection.only) return nothingDone(selection.only) ?? phaseOutcome(selection.only, config.dryRun);
  const seconds = (command.clock() - start) / 1_000;
  return joinOutcome(context.nodeName, config, seconds);
}
