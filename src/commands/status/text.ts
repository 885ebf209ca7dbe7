import type { CertificateState, Component, Kubelet, NodeState, Status, Trouble } from "../../node/status/document.ts";
import { oneLine } from "../../text/visible.ts";
import { ROLES } from "./judge.ts";

/** `12 s`, `5 min`, `3 h 12 min`, `4 d 3 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)];
  if (minutes < 1) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One line of the tree, and the lines below it. */
interface Branch {
  line: string;
  branches?: readonly Branch[];
}

/** The lines below a line, with the branches of the tree. */
function draw(branches: readonly Branch[] = []): string[] {
  return branches.flatMap(({ line, branches: below }, i) => {
    const last = i === branches.length - 1;
    return [`${last ? "└─ " : "├─ "}${line}`, ...draw(below).map((one) => `${last ? "   " : "│  "}${one}`)];
  });
}

/** Name, version and states. */
function lineOf(name: string, version: string | undefined, ...states: (string | false | undefined)[]): string {
  return oneLine(`${name}${version ? ` ${version}` : ""}: ${states.filter(Boolean).join(", ") || "unknown"}`);
}

const restarted = (times = 0) => times > 0 && `restarted ${times} ${times === 1 ? "time" : "times"}`;

function componentLine({ name, version, state, since, restarts, exitCode, healthy, health }: Component, now: Date) {
  const time = since === undefined ? "" : duration(now.getTime() - Date.parse(since));
  const shown = state === undefined
    ? undefined
    : state === "running"
    ? `running${time && ` for ${time}`}`
    : `${state}${time && ` ${time} ago`}${exitCode === undefined ? "" : ` with exit code ${exitCode}`}`;
  const verdict = healthy === undefined ? undefined : healthy ? "healthy" : `not healthy: ${health}`;
  return lineOf(name, version, shown, restarted(restarts), verdict);
}

function kubeletLine({ state, since, version, restarts, startsAtBoot }: Kubelet, now: Date): string {
  const shown = since === undefined ? state : `${state} for ${duration(now.getTime() - Date.parse(since))}`;
  return lineOf("kubelet", version, shown, restarted(restarts), startsAtBoot === "disabled" && "not enabled at boot");
}

function nodeLine({ name, found, ready, schedulable }: NodeState): string {
  if (!found) return lineOf(`node ${name}`, undefined, "not found");
  return lineOf(`node ${name}`, undefined, ready ? "Ready" : "not Ready", !schedulable && "cordoned");
}

function treeOf({ systemd, runtime, kubelet, components }: Status, now: Date): string[] {
  const root = systemd
    ? lineOf(
      "systemd",
      systemd.version,
      systemd.state,
      systemd.failedUnits > 0 && `${systemd.failedUnits} failed units`,
    )
    : "systemd: unknown";
  const parts: Branch[] = components.map((component) => ({ line: componentLine(component, now) }));
  return [
    root,
    ...draw([
      ...runtime
        ? [{
          line: lineOf(
            runtime.name ?? "container runtime",
            runtime.version,
            runtime.ready ? "ready" : "not ready",
            runtime.socket,
          ),
        }]
        : [{ line: "container runtime: unknown" }],
      { line: kubelet ? kubeletLine(kubelet, now) : "kubelet: unknown", branches: parts },
    ]),
  ];
}

/** Longest line of names, in characters. */
const LONGEST_LINE = 100;

/** Names separated by commas, wrapped. */
function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [i, name] of names.entries()) {
    const item = i === names.length - 1 ? name : `${name},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length < LONGEST_LINE) lines[lines.length - 1] = `${last} ${item}`;
    else lines.push(item);
  }
  return lines;
}

/** Certificates by days left, those with the same number on one line. */
function certificateLines(certificates: readonly CertificateState[]): string[] {
  const byDays = Map.groupBy(certificates, ({ daysLeft }) => daysLeft);
  const width = Math.max(...[...byDays.keys()].map((days) => String(days).length));
  return [
    "certificates by days left:",
    ...[...byDays].flatMap(([days, found]) =>
      wrapped(found.map(({ name }) => name)).map((line, i) =>
        `  ${(i === 0 ? String(days) : "").padStart(width)}  ${line}`
      )
    ),
  ];
}

function troubleLines(heading: string, troubles: readonly Trouble[]): string[] {
  if (troubles.length === 0) return [];
  return [
    "",
    heading,
    ...troubles.flatMap(({ where, what, details = [], hints = [] }) => [
      `  ${oneLine(`${where}: ${what}`)}`,
      ...details.map((detail) => `    ${oneLine(detail)}`),
      ...hints.map((hint) => `    next: ${oneLine(hint)}`),
    ]),
  ];
}

function verdict({ role, problems, unseen }: Status): string {
  if (role === "none") return ROLES.none;
  if (problems.length > 0) {
    return `${ROLES[role]}, ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
  }
  return `${ROLES[role]}, ${unseen.length > 0 ? "no problems found, but not everything could be checked" : "healthy"}`;
}

/** The status as a person reads it: the verdict, the tree, the cluster's view, certificates, then the problems. */
export function statusText(status: Status, now: Date): string {
  const { apiServer, node, certificates, problems, warnings, unseen, etcd, components } = status;
  const external = components.some(({ name }) => name === "etcd") ? [] : etcd;
  const facts = [
    ...external.map(({ endpoint, version, state }) => lineOf(`external etcd ${endpoint}`, version, state)),
    ...apiServer ? [lineOf(`API server ${apiServer.endpoint}`, undefined, apiServer.state, apiServer.version)] : [],
    ...node ? [nodeLine(node)] : [],
    ...certificates.length > 0 ? certificateLines(certificates) : [],
  ];
  return [
    `${status.host}: ${verdict(status)}`,
    "",
    ...treeOf(status, now),
    ...(facts.length > 0 ? ["", ...facts] : []),
    ...troubleLines("Problems:", problems),
    ...troubleLines("Warnings:", warnings),
    ...troubleLines("Could not check:", unseen.map(({ what, why }) => ({ where: what, what: why }))),
  ].join("\n");
}
