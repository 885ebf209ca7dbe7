/** Why something does not run on this host, for the errors of waits that are over. Observes, never changes. @module */
import { KUBELET_SERVICE } from "../cluster/kubelet/unit.ts";
import { UserError } from "../errors.ts";
import type { ContainerRuntime, Host, RuntimeContainer } from "../system.ts";
import { logWithoutSecrets } from "../text/redact.ts";
import { oneLine } from "../text/visible.ts";
import { shellWord } from "../text/shell.ts";
import { CONDITION_HINT, conditionText } from "./kubelet/conditions.ts";
import { kubeletConditions } from "./kubelet/unit.ts";
import { activeSince } from "./services.ts";

/** What was found out, and what to run next. */
export interface Diagnosis {
  details: string[];
  hints: string[];
}

/** A static pod with one container of the same name. */
export interface StaticPod {
  name: string;
  image: string;
  /** Another component is the question: while this one runs, its log tells nothing. */
  aside?: true;
}

/** How many lines of a journal or log are searched for what matters. */
const SEARCHED_LINES = 400;
/** A kubelet that has run for so long does not end at its start. */
const STEADY_SECONDS = 15;
/** Lines of logs are cut at this length. */
const LONGEST_LINE = 500;

/** The newest container of a name in kube-system; undefined when the runtime has none. */
export async function newestContainer(runtime: ContainerRuntime, name: string): Promise<RuntimeContainer | undefined> {
  return (await runtime.containers()).find((c) => c.name === name && c.podNamespace === "kube-system");
}

/** The answer, or `otherwise` where the host cannot be asked: what was to be explained is the news, not that. */
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

/** A line of a log as it may be shown. */
function quoted(line: string): string {
  return oneLine(logWithoutSecrets(line)).slice(0, LONGEST_LINE);
}

/** What lines say, each once, without klog's time, thread and place in the source. */
function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines.map((line) => quoted(line.replace(/^[IWEF]\d{4} \S+ +\d+ \S+\] /, ""))))];
}

/** What systemd says of the kubelet: its state, how often it was restarted, for how long it has been active. */
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

/** Whether systemd runs the kubelet, and its last words; `always` tells them also when it runs. */
export async function diagnoseKubelet(host: Host, always: boolean): Promise<Diagnosis> {
  const { state, restarts, seconds, unmet } = await kubeletService(host);
  // One that ends again and again is active whenever it has just been started; the number alone stays for ever.
  const runs = state === "active" && (restarts === 0 || seconds > STEADY_SECONDS);
  if (runs && !always) return { details: [], hints: [] };
  if (unmet !== undefined) {
    return { details: [`kubelet: systemd says "${state}": ${unmet}`], hints: [CONDITION_HINT] };
  }
  const said = await journal(host, 40);
  // A program that ends says why in its last error; what systemd says after it is known already.
  const errors = said.filter((line) => /^[EF]\d{4} |^Error|"command failed"/.test(line));
  const lines = errors.length > 0 && !runs ? distinct(errors).slice(-4) : distinct(said).slice(-8);
  const history = restarts > 0 ? `, restarted ${restarts} times` : "";
  return {
    details: [
      `kubelet: systemd says "${state}"${history}`,
      ...lines.map((line) => `kubelet: ${line}`),
    ],
    hints: ["Look at the kubelet: journalctl -u kubelet -e"],
  };
}

/** Frames of a Go stack trace: what a program that panics says last, and least. */
const FRAME = /^\t|^goroutine \d+|^created by |^\S+\(.*\)$|^\s*$/;

/** What tells of trouble: programs may print how they are used, or what they do meanwhile, behind it. */
const TELLING = /"level":"(error|dpanic|panic|fatal)"|^[EF]\d{4} |\b(error|fatal|panic|failed|not defined)\b/i;

/** The last three lines of a log that tell of trouble and its last three of all, without the runtime's time and stream. */
async function lastLines(host: Host, logPath: string): Promise<string[]> {
  const { stdout } = await host.query({ argv: ["tail", "-n", String(SEARCHED_LINES), logPath] });
  const lines = stdout.split("\n").map((line) => line.replace(/^\S+ (stdout|stderr) [FP] /, ""))
    .filter((line) => !FRAME.test(line));
  const telling = lines.flatMap((line, i) => TELLING.test(line) ? [i] : []).slice(-3);
  return lines.filter((_, i) => telling.includes(i) || i >= lines.length - 3)
    .map(quoted);
}

/** Why there is no container: its image, and the last different errors of the kubelet about it. */
async function diagnoseAbsent(host: Host, runtime: ContainerRuntime, { name, image }: StaticPod): Promise<Diagnosis> {
  const details = [`${name}: the container runtime has no such container`];
  const hints = [`Look at what the kubelet says of it: journalctl -u kubelet | grep ${shellWord(name)}`];
  if (!await runtime.hasImage(image)) {
    details.push(`${name}: its image ${image} is not on this host`);
    hints.unshift("Load the image (ctr -n k8s.io images import FILE), or give this host a way to its registry.");
  }
  const errors = (await journal(host, SEARCHED_LINES)).filter((line) =>
    /^[EF]\d{4} /.test(line) && line.includes(name)
  );
  details.push(...distinct(errors).slice(-2).map((line) => `kubelet: ${line}`));
  return { details, hints };
}

/** State, exit code and last words of a static pod's container; trouble of the runtime is told, too. */
export async function diagnosePod(host: Host, runtime: ContainerRuntime, pod: StaticPod): Promise<Diagnosis> {
  try {
    const container = await newestContainer(runtime, pod.name);
    if (!container) return await diagnoseAbsent(host, runtime, pod);
    const status = await runtime.containerStatus(container.id);
    const exit = status.exitCode === undefined || container.state === "running" ? "" : `, exit code ${status.exitCode}`;
    const state = `container ${container.state}${exit}, restarted ${container.attempt} times ${quoted(status.message)}`
      .trim();
    if (pod.aside && container.state === "running") return { details: [`${pod.name}: ${state}`], hints: [] };
    const lines = await lastLines(host, status.logPath);
    return {
      details: [`${pod.name}: ${state}`, ...lines.map((line) => `${pod.name}: ${line}`)],
      hints: [`See all it said: tail -n 50 ${shellWord(status.logPath)}`],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { details: [`${pod.name}: ${error.message}`], hints: [...error.hints] };
  }
}

/** What the kubelet said last of pods whose sandbox it could not make. */
export async function diagnoseSandboxes(host: Host, pods: readonly string[]): Promise<Diagnosis> {
  const errors = (await journal(host, SEARCHED_LINES)).filter((line) =>
    /^E\d{4} .*sandbox/i.test(line) && pods.some((name) => line.includes(name))
  );
  return {
    details: distinct(errors.map((line) => line.replace(/"[0-9a-f]{64}"/g, '"…"'))).slice(-2).map((line) =>
      `kubelet: ${line}`
    ),
    hints: ["Look at the pods: kubectl -n kube-system describe pods"],
  };
}

/** Several as one, with what to do in the end. */
export function together(parts: readonly Diagnosis[], ...further: readonly string[]): Diagnosis {
  return {
    details: parts.flatMap(({ details }) => details),
    hints: [
      ...new Set(parts.flatMap(({ hints }) => hints)),
      ...further,
      "When the cause is gone, run the same command again: it goes on from here.",
    ],
  };
}
