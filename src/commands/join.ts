import { loadJoin } from "../config/load.ts";
import { checkMixedFlags } from "../config/overrides.ts";
import type { JoinConfiguration, JoinOverrides } from "../config/types.ts";
import { InvalidInput } from "../errors.ts";
import { bootstrapCredentials, kubeletWaitBootstrap } from "../phases/bootstrap_kubelet.ts";
import { discovery } from "../phases/discovery.ts";
import { kubeletStart } from "../phases/kubelet_start.ts";
import { kubeletUnit } from "../phases/kubelet_unit.ts";
import { checkPhaseNames, type Phase, phasePaths, runPhases, selectionOf } from "../phases/phase.ts";
import { clusterChecks } from "../phases/preflight/cluster.ts";
import { NODE_CHECKS } from "../phases/preflight/node.ts";
import { preflightPhase } from "../phases/preflight/run.ts";
import { WORKER_CHECKS } from "../phases/preflight/worker.ts";
import { waitReady, waitRegistered } from "../phases/wait_node.ts";
import { type Desk, type Outcome, phaseOutcome } from "./desk.ts";
import { gatherFacts } from "./facts.ts";
import { type JoinContext, joinContext } from "./join/context.ts";

/** What the command line asks `join` for. */
export interface JoinRequest {
  configText: string | undefined;
  /** What to call it in messages: its path. */
  configName?: string | undefined;
  /** Names of the flags that were given. */
  given: readonly string[];
  /** Words of the one phase to run (`certs`, `apiserver`); undefined: all of them. */
  phase: readonly string[] | undefined;
  overrides: JoinOverrides;
}

/** `join` from top to bottom. */
const PHASES: readonly Phase<JoinContext>[] = [
  preflightPhase([...NODE_CHECKS, ...WORKER_CHECKS]),
  discovery,
  clusterChecks,
  kubeletUnit,
  bootstrapCredentials,
  kubeletStart,
  kubeletWaitBootstrap,
  waitRegistered,
  waitReady,
];

/** Paths of all phases in order of work. */
export function phaseNames(): string[] {
  return phasePaths(PHASES);
}

/** Refuses what this command cannot do yet, before anything is done. */
function checkSupported(config: JoinConfiguration): void {
  const problems = [];
  if (config.controlPlane) {
    problems.push({ where: "controlPlane", what: "joining as a control plane node is not supported yet" });
  }
  if (problems.length > 0) throw new InvalidInput("Cannot join:", problems);
}

/** Makes this host a worker node; run again, it goes on, or changes nothing. */
export async function join(desk: Desk, request: JoinRequest): Promise<Outcome> {
  const start = performance.now();
  checkMixedFlags(request.given);
  const facts = await gatherFacts(desk.system.host);
  const options = { warn: desk.warn };
  const config = loadJoin(request.configText, request.overrides, facts, request.configName, options);
  checkSupported(config);
  const selection = selectionOf(config.skipPhases, request.phase);
  checkPhaseNames(PHASES, selection);
  const system = config.dryRun ? desk.dryRun() : desk.system;
  const context = await joinContext(system, desk, facts, config);
  await runPhases(PHASES, context, selection, desk.observer);
  if (selection.only) return phaseOutcome(selection.only, config.dryRun);
  const seconds = (performance.now() - start) / 1_000;
  const result = { node: context.nodeName, seconds };
  if (config.dryRun) return { text: "Nothing was changed: this was a dry run.", result: { ...result, dryRun: true } };
  return {
    text: `\nNode ${context.nodeName} has joined the cluster and is Ready, after ${seconds.toFixed(1)} s.`,
    result,
  };
}
