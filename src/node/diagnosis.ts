/** Why something does not run on this host, for the errors of waits that timed out. Observes, never changes. @module */
import { KUBELET_SERVICE } from "../cluster/kubelet/unit.ts";
import { UserError } from "../errors.ts";
import type { ContainerRuntime, Host, RuntimeContainer } from "../system.ts";
import { logWithoutSecrets } from "../text/redact.ts";
import { oneLine } from "../text/visible.ts";
import { shellWord } from "../text/shell.ts";
import { CONDITION_HINT, conditionText } from "./kubelet/conditions.ts";
import { kubeletConditions } from "./kubelet/unit.ts";
import { activeSince } from "./services.ts";

/** The findings, and what to run next. */
export interface Diagnosis {
  details: string[];
  hints: string[];
}

/** A static pod with one container of the same name. */
export interface StaticPod {
  name: string;
  image: string;
  /** Another component is the question: while this one runs, its log is left out. */
  aside?: true;
}

/** How many lines of a journal or log are searched for errors. */
const SEARCHED_LINES = 400;
/** A kubelet that has run for this long does not exit at its start. */
const STEADY_SECONDS = 15;
/** Lines of logs are cut at this length. */
const LONGEST_LINE = 500;

/** The state of a static pod whose container does not exist. */
export const NO_CONTAINER = "no container found in the container runtime";

/** `, restarted 3 times`; empty for 0. */
export function restarted(times: number): string {
  return times === 0 ? "" : `, restarted ${times} ${times === 1 ? "time" : "times"}`;
}

/** The newest container of a name in kube-system; undefined when the runtime has none. */
export async function newestContainer(runtime: ContainerRuntime, name: string): Promise<RuntimeContainer | undefined> {
  return (await runtime.containers()).find((c) => c.name === name && c.podNamespace === "kube-system");
}

/** The answer, or `otherwise` when there is none: a diagnosis must not hide the error that it explains. */
async function seen<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UserError) return otherwise;
    throw error;
  }
}

function journal(host: Host, lines: number): Promise<string[]> {
  return seen(host.services.journal(KUBELET_SERVICE, lines), []);
}

/** A log line without secrets and control characters. */
function quoted(line: string): string {
  return oneLine(logWithoutSecrets(line)).slice(0, LONGEST_LINE);
}

/** Lines without klog's time, thread and source location, each once. */
function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines.map((line) => quoted(line.replace(/^[IWEF]\d{4} \S+ +\d+ \S+\] /, ""))))];
}

/** The kubelet's unit: its state, how often it was restarted, for how many seconds it has been active. */
async function kubeletService(
  host: Host,
): Promise<{ state: string; restarts: number; seconds: number; unmet?: string }> {
  const unit = await seen(host.services.state(KUBELET_SERVICE), undefined);
  const since = unit && await activeSince(host, unit);
  const isPassedOver = unit?.conditionFailed && unit.active !== "active";
  return {
    ...(isPassedOver ? { unmet: conditionText(await seen(kubeletConditions(host), []), unit) } : {}),
    state: unit?.active ?? "unknown",
    restarts: unit?.restarts ?? 0,
    seconds: (host.now().getTime() - (since?.getTime() ?? 0)) / 1_000,
  };
}

/** The kubelet's unit state and last log lines when it does not run; with `always` also when it runs. */
export async function diagnoseKubelet(host: Host, always: boolean): Promise<Diagnosis> {
  const { state, restarts, seconds, unmet } = await kubeletService(host);
  // A kubelet that keeps exiting is active right after each start, and the number of restarts is never reset.
  const runs = state === "active" && (restarts === 0 || seconds > STEADY_SECONDS);
  if (runs && !always) return { details: [], hints: [] };
  if (unmet !== undefined) {
    return { details: [`kubelet: systemd reports "${state}": ${unmet}`], hints: [CONDITION_HINT] };
  }
  const recent = await journal(host, 40);
  // The last error of a program that exits is its cause; systemd's own lines after it add nothing.
  const errors = recent.filter((line) => /^[EF]\d{4} |^Error|"command failed"/.test(line));
  const lines = errors.length > 0 && !runs ? distinct(errors).slice(-4) : distinct(recent).slice(-8);
  return {
    details: [
      `kubelet: systemd reports "${state}"${restarted(restarts)}`,
      ...lines.map((line) => `kubelet: ${line}`),
    ],
    hints: ["Show the kubelet's log: journalctl -u kubelet -e"],
  };
}

/** Frames of a Go stack trace: the last lines of a program that panics, without the cause. */
const FRAME = /^\t|^goroutine \d+|^created by |^\S+\(.*\)$|^\s*$/;

/** Lines that report an error: programs may print their usage or other output after it. */
const ERROR_LINE = /"level":"(error|dpanic|panic|fatal)"|^[EF]\d{4} |\b(error|fatal|panic|failed|not defined)\b/i;

/** The last three error lines of a log and its last three lines, without the runtime's time and stream. */
async function lastLines(host: Host, logPath: string): Promise<string[]> {
  const { stdout } = await host.query({ argv: ["tail", "-n", String(SEARCHED_LINES), logPath] });
  const lines = stdout.split("\n").map((line) => line.replace(/^\S+ (stdout|stderr) [FP] /, ""))
    .filter((line) => !FRAME.test(line));
  const errors = lines.flatMap((line, i) => ERROR_LINE.test(line) ? [i] : []).slice(-3);
  return lines.filter((_, i) => errors.includes(i) || i >= lines.length - 3)
    .map(quoted);
}

/** Why a container does not exist: its image, and the kubelet's last distinct errors about it. */
async function diagnoseAbsent(host: Host, runtime: ContainerRuntime, { name, image }: StaticPod): Promise<Diagnosis> {
  const details = [`${name}: ${NO_CONTAINER}`];
  const hints = [`Show the kubelet's log about it: journalctl -u kubelet | grep ${shellWord(name)}`];
  if (!await runtime.hasImage(image)) {
    details.push(`${name}: image ${image} not found on this host`);
    hints.unshift(
      "Load the image (ctr -n k8s.io images import FILE), or give this host access to the image's registry.",
    );
  }
  const errors = (await journal(host, SEARCHED_LINES)).filter((line) =>
    /^[EF]\d{4} /.test(line) && line.includes(name)
  );
  details.push(...distinct(errors).slice(-2).map((line) => `kubelet: ${line}`));
  return { details, hints };
}

/** State, exit code and last log lines of a static pod's container, or the error of the runtime. */
export async function diagnosePod(host: Host, runtime: ContainerRuntime, pod: StaticPod): Promise<Diagnosis> {
  try {
    const container = await newestContainer(runtime, pod.name);
    if (!container) return await diagnoseAbsent(host, runtime, pod);
    const status = await runtime.containerStatus(container.id);
    const exit = status.exitCode === undefined || container.state === "running" ? "" : `, exit code ${status.exitCode}`;
    const state = `container ${container.state}${exit}${restarted(container.attempt)} ${quoted(status.message)}`.trim();
    if (pod.aside && container.state === "running") return { details: [`${pod.name}: ${state}`], hints: [] };
    const lines = await lastLines(host, status.logPath);
    return {
      details: [`${pod.name}: ${state}`, ...lines.map((line) => `${pod.name}: ${line}`)],
      hints: [`Show its log: tail -n 50 ${shellWord(status.logPath)}`],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { details: [`${pod.name}: ${error.message}`], hints: [...error.hints] };
  }
}

/** The kubelet's last errors about pods whose sandbox it could not create. */
export async function diagnoseSandboxes(host: Host, pods: readonly string[]): Promise<Diagnosis> {
  const errors = (await journal(host, SEARCHED_LINES)).filter((line) =>
    /^E\d{4} .*sandbox/i.test(line) && pods.some((name) => line.includes(name))
  );
  return {
    details: distinct(errors.map((line) => line.replace(/"[0-9a-f]{64}"/g, '"…"'))).slice(-2).map((line) =>
      `kubelet: ${line}`
    ),
    hints: ["Show the pods: kubectl -n kube-system describe pods"],
  };
}

/** Several diagnoses as one, with the last step at the end. */
export function together(parts: readonly Diagnosis[], ...further: readonly string[]): Diagnosis {
  return {
    details: parts.flatMap(({ details }) => details),
    hints: [
      ...new Set(parts.flatMap(({ hints }) => hints)),
      ...further,
      "After fixing the cause, rerun the command: it continues from here.",
    ],
  };
}
