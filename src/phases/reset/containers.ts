import { UserError } from "../../errors.ts";
import { ask } from "../../programs.ts";
import type { Host, RuntimeSandbox } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { within } from "./bounds.ts";
import { messageOf, type ResetContext } from "./context.ts";
import { podGroups } from "./leftovers.ts";
import { shellWord } from "../../text/shell.ts";

/** Number of attempts to list, stop or remove sandboxes, as in kubeadm. */
const ATTEMPTS = 5;
/** Pause between two attempts in ms, because a runtime may be starting. */
const PAUSE_MS = 500;
/** Time limits of one attempt and of all attempts, in ms. The runtime kills containers, which takes at most a second. */
const ATTEMPT_MS = 30_000;
const ALL_MS = 120_000;

/** @param end as `performance.now()`; at least one attempt is made. */
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

/** The sandboxes to remove: those of the kubelet; on a node of kubeadm all, as kubeadm does. */
async function doomed({ runtime, maker }: ResetContext, end: number): Promise<RuntimeSandbox[]> {
  const sandboxes = await severalTimes(end, () => runtime.sandboxes());
  return maker === "kubeadm" ? sandboxes : sandboxes.filter(({ ofKubelet }) => ofKubelet);
}

/** The default unit of a socket. */
function unitOf(socket: string): string {
  return /crio/.test(socket) ? "crio" : /docker/.test(socket) ? "cri-docker" : "containerd";
}

/** Hints for a runtime that does not answer or fails. Short, because the next run continues. */
function hintsFor(socket: string): string[] {
  return [
    `Start the container runtime, then rerun the command: systemctl restart ${unitOf(socket)}`,
    "If another container runtime runs the pods: --cri-socket=unix:///PATH",
    "If this host no longer has a container runtime: --skip-phases=cleanup-node/containers",
  ];
}

/** Stops and removes one pod. @throws {UserError} when the runtime fails. */
async function end({ runtime }: ResetContext, sandbox: RuntimeSandbox, deadline: number): Promise<void> {
  const limited = (what: string, work: () => Promise<void>) =>
    severalTimes(deadline, () => within(ATTEMPT_MS, what, work()));
  await limited("stop", () => runtime.stopSandbox(sandbox));
  await limited("remove", () => runtime.removeSandbox(sandbox));
}

/**
 * Stops and removes pods. Later phases remove what pods use (mounts, network plugins, certificates), and without these the
 * runtime cannot stop them.
 * @throws {UserError} when the runtime does not answer, fails to remove a pod, or does not list pods whose processes run.
 */
export const removeContainers: Phase<ResetContext> = {
  name: "containers",
  summary: "stop and remove the pods of this node",
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
        if (performance.now() > deadline) {
          throw new UserError(`not attempted: the time limit of ${ALL_MS / 1_000} s expired`);
        }
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
    if (sandboxes.length > 0) note(`${sandboxes.length} ${sandboxes.length === 1 ? "pod" : "pods"} removed`);
    if (!context.config.dryRun) await checkGone(context);
  },
};

/** Processes in the cgroups of pods. */
async function podProcesses(host: Host): Promise<string[]> {
  const groups = await podGroups(host);
  if (groups.length === 0) return [];
  // 1: a cgroup was removed meanwhile.
  const { stdout } = await ask(host, {
    argv: ["find", ...groups, "-name", "cgroup.procs", "-exec", "cat", "{}", "+"],
  }, [0, 1]);
  return [...new Set(stdout.split("\n").filter(Boolean))];
}

/** @throws {UserError} when processes of pods still run, which belong to another runtime. */
async function checkGone({ host, runtime }: ResetContext): Promise<void> {
  let left: string[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    left = await podProcesses(host);
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const some = left.slice(0, 5).join(", ");
  throw new UserError(
    `Cannot remove the pods of this node: ${left.length} processes run in the cgroups of pods (kubepods; ${some}), ` +
      `but "${runtime.socket}" has no pods`,
    {
      hint: [
        `Show the processes: ps -fp ${shellWord(left.slice(0, 5).join(","))}`,
        ...hintsFor(runtime.socket).slice(1),
      ],
    },
  );
}
