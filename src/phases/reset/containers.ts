import { UserError } from "../../errors.ts";
import { ask } from "../../programs.ts";
import type { Host, RuntimeSandbox } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { within } from "./bounds.ts";
import { messageOf, type ResetContext } from "./context.ts";
import { podGroups } from "./leftovers.ts";
import { shellWord } from "../../text/shell.ts";

/** How often the runtime is asked and a sandbox is tried to be stopped or removed, as in kubeadm. */
const ATTEMPTS = 5;
/** Pause between two attempts, in ms: a runtime may just be starting. */
const PAUSE_MS = 500;
/** How long one attempt, and all of them together, may take, in ms. The runtime kills, so it takes a second at most. */
const ATTEMPT_MS = 30_000;
const ALL_MS = 120_000;

/** @param end as `performance.now()`; there is always one attempt. */
async function severalTimes<T>(end: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof UserError) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** The sandboxes to remove: a kubelet's. kubeadm removes all that the runtime has. */
async function doomed({ runtime, maker }: ResetContext, end: number): Promise<RuntimeSandbox[]> {
  const sandboxes = await severalTimes(end, () => runtime.sandboxes());
  return maker === "kubeadm" ? sandboxes : sandboxes.filter(({ ofKubelet }) => ofKubelet);
}

/** The unit that usually serves a socket. */
function unitOf(socket: string): string {
  return /crio/.test(socket) ? "crio" : /docker/.test(socket) ? "cri-docker" : "containerd";
}

/** What to do when the runtime could not be asked, or not do it. Short, as the next run does the rest. */
function hintsFor(socket: string): string[] {
  return [
    `Start the container runtime, then run the same command again: systemctl restart ${unitOf(socket)}`,
    "If the pods are of another container runtime: --cri-socket=unix:///PATH",
    "If this host no longer has a container runtime: --skip-phases=cleanup-node/containers",
  ];
}

/** Ends one pod. @throws {UserError} when the runtime does not do it. */
async function end({ runtime }: ResetContext, sandbox: RuntimeSandbox, deadline: number): Promise<void> {
  const limited = (what: string, work: () => Promise<void>) =>
    severalTimes(deadline, () => within(ATTEMPT_MS, what, work()));
  await limited("stopping it", () => runtime.stopSandbox(sandbox));
  await limited("removing it", () => runtime.removeSandbox(sandbox));
}

/**
 * Ends pods and what they run. Nothing that they use (mounts, network plugins, certificates) is removed while they may
 * still be there: without these the runtime cannot end them any more.
 * @throws {UserError} when the runtime cannot be asked, does not end a pod, or processes of pods run that it does not know.
 */
export const removeContainers: Phase<ResetContext> = {
  name: "containers",
  summary: "stop and remove the pods' sandboxes and containers",
  when: ({ maker }) => maker !== "nobody",
  async run(context) {
    const { runtime, note, doing } = context;
    const deadline = performance.now() + ALL_MS;
    let sandboxes: RuntimeSandbox[];
    try {
      sandboxes = await doomed(context, deadline);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`Cannot remove the pods of this node: ${error.message}`, {
        cause: error,
        hint: hintsFor(runtime.socket),
      });
    }
    const failures: string[] = [];
    for (const sandbox of sandboxes) {
      const pod = `${sandbox.podNamespace}/${sandbox.podName}`;
      doing(`removing pod ${pod}`);
      try {
        if (performance.now() > deadline) throw new UserError(`not tried: ${ALL_MS / 1_000} s are over`);
        await end(context, sandbox, deadline);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        failures.push(`  ${pod} (${sandbox.id.slice(0, 13)}): ${messageOf(error)}`);
      }
    }
    if (failures.length > 0) {
      const count = `${failures.length} of ${sandboxes.length} pods`;
      throw new UserError(`Cannot remove ${count} of this node:\n${failures.join("\n")}`, {
        hint: hintsFor(runtime.socket).slice(0, 1),
      });
    }
    if (sandboxes.length > 0) note(`${sandboxes.length} pods are gone`);
    if (!context.config.dryRun) await checkGone(context);
  },
};

/** Processes that are in the control groups of pods. */
async function podProcesses(host: Host): Promise<string[]> {
  const groups = await podGroups(host);
  if (groups.length === 0) return [];
  // 1: a group went while it was looked at.
  const { stdout } = await ask(host, {
    argv: ["find", ...groups, "-name", "cgroup.procs", "-exec", "cat", "{}", "+"],
  }, [0, 1]);
  return [...new Set(stdout.split("\n").filter(Boolean))];
}

/** @throws {UserError} when processes of pods still run: the runtime that was asked is not theirs. */
async function checkGone({ host, runtime }: ResetContext): Promise<void> {
  let left: string[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    left = await podProcesses(host);
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const some = left.slice(0, 5).join(", ");
  throw new UserError(
    `Cannot remove the pods of this node: ${left.length} processes run in their control groups (kubepods; ${some}), ` +
      `and "${runtime.socket}" has no pods`,
    {
      hint: [
        `See what they are: ps -fp ${shellWord(left.slice(0, 5).join(","))}`,
        ...hintsFor(runtime.socket).slice(1),
      ],
    },
  );
}
