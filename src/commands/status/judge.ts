import { diagnoseKubelet, diagnosePod, type Diagnosis, NO_CONTAINER, restarted } from "../../node/diagnosis.ts";
import type { StaticPodManifest } from "../../node/static_pod_manifest.ts";
import { kubeletSkewProblem, versionOf } from "../../cluster/versions.ts";
import type { ContainerRuntime, Host } from "../../system.ts";
import type { CertificateState, Component, Kubelet, Role, Status, Trouble } from "../../node/status/document.ts";
import { CONDITION_HINT } from "../../node/kubelet/conditions.ts";
import { look, valueOf } from "../../node/status/look.ts";
import { judgePods } from "../../node/status/pods.ts";
import { KUBECONFIG_FILES } from "../../cluster/paths.ts";
import { restartHint } from "../../runtimes.ts";
import { shellWord } from "../../text/shell.ts";

/** A certificate with fewer days left is a problem or a warning. */
const DAYS = { problem: 7, warning: 30 } as const;
/** A kubelet that was restarted and has run for less than this, in ms, may exit again at once. */
const STEADY_MS = 15_000;

/** A problem with the log lines of a diagnosis, without the name in front of each line and without its state. */
function troubleOf(where: string, what: string, diagnosis: Diagnosis | undefined): Trouble {
  const lines = (diagnosis?.details ?? []).map((line) =>
    line.startsWith(`${where}: `) ? line.slice(where.length + 2) : line
  );
  const details = lines.filter((line) => !line.startsWith("container ") && !line.startsWith("systemd reports "));
  const hints = diagnosis?.hints ?? [];
  return { where, what, ...(details.length > 0 ? { details } : {}), ...(hints.length > 0 ? { hints } : {}) };
}

/** Why the kubelet is not healthy; undefined when it is. */
function kubeletState({ state, restarts, since, answers }: Kubelet, now: Date): string | undefined {
  if (state === "absent") return "systemd has no unit kubelet.service";
  const often = restarted(restarts);
  if (state === "activating") return `keeps exiting${often}`;
  if (state !== "active") return `is not running (systemd state: ${state})`;
  const fresh = since !== undefined && now.getTime() - Date.parse(since) < STEADY_MS;
  if (restarts > 0 && fresh) return `started less than ${STEADY_MS / 1_000} s ago${often}`;
  return answers === false ? "is running, but does not answer health checks" : undefined;
}

const KUBELET_LOG = "Show its log: journalctl -u kubelet -e";

async function judgeKubelet(host: Host, kubelet: Kubelet): Promise<Trouble[]> {
  const state = kubeletState(kubelet, host.now());
  if (state === undefined) return [];
  const diagnosis = valueOf(await look(() => diagnoseKubelet(host, true)));
  const [skipped] = diagnosis?.hints.includes(CONDITION_HINT) ? diagnosis.details : [];
  if (skipped !== undefined) {
    return [{ where: "kubelet", what: skipped.replace(/^kubelet: /, ""), hints: [CONDITION_HINT] }];
  }
  if (kubelet.state !== "inactive") return [troubleOf("kubelet", state, diagnosis)];
  return [{ where: "kubelet", what: state, hints: ["Start it: systemctl start kubelet", KUBELET_LOG] }];
}

/** Why a component is not healthy; undefined when it is, or its state is unknown. */
function componentState({ state, exitCode, restarts = 0, healthy, health }: Component): string | undefined {
  if (state === "absent") return NO_CONTAINER;
  if (state !== undefined && state !== "running") {
    return `container ${state}${exitCode === undefined ? "" : `, exit code ${exitCode}`}${restarted(restarts)}`;
  }
  return healthy === false ? `not healthy: ${health}${restarted(restarts)}` : undefined;
}

async function judgeComponent(
  host: Host,
  runtime: ContainerRuntime | undefined,
  component: Component,
  manifest: StaticPodManifest,
): Promise<Trouble[]> {
  const state = manifest.trouble ?? componentState(component);
  if (state === undefined) return [];
  const pod = { name: component.name, image: manifest.image };
  const asked = runtime !== undefined && component.state !== undefined && manifest.trouble === undefined;
  const diagnosis = asked ? valueOf(await look(() => diagnosePod(host, runtime, pod))) : undefined;
  const details = diagnosis?.details.filter((line) => !line.endsWith(NO_CONTAINER));
  return [troubleOf(component.name, state, diagnosis && { ...diagnosis, details: details ?? [] })];
}

/** `apiserver (2027-01-01), etcd-peer (2027-01-02)`. */
function namesOf(certificates: readonly CertificateState[]): string {
  return certificates.map(({ name, expires }) => `${name} (${expires.slice(0, 10)})`).join(", ");
}

/** Certificates that have expired or will soon, as problems and as warnings. */
function judgeCertificates(certificates: readonly CertificateState[]): { problems: Trouble[]; warnings: Trouble[] } {
  const between = (from: number, to: number) => certificates.filter((c) => c.daysLeft >= from && c.daysLeft < to);
  const about = (what: string, found: readonly CertificateState[]): Trouble[] => {
    if (found.length === 0) return [];
    const renew = "Renew them and restart the static pods that use them: kubewright certs renew all --restart";
    const hints = [
      ...found.some(({ authority, name }) => !authority && name !== "kubelet-client") ? [renew] : [],
      "Show all certificates: kubewright certs check-expiration",
    ];
    return [{ where: "certificates", what: `${what}: ${namesOf(found)}`, hints }];
  };
  return {
    problems: [
      ...about("expired", between(-Infinity, 0)),
      ...about(`expire within ${DAYS.problem} days`, between(0, DAYS.problem)),
    ],
    // The kubelet renews its own certificate earlier.
    warnings: about(
      `expire within ${DAYS.warning} days`,
      between(DAYS.problem, DAYS.warning).filter(({ name }) => name !== "kubelet-client"),
    ),
  };
}

/** What a status is judged by in addition to its own fields. */
export interface Evidence {
  host: Host;
  runtime?: ContainerRuntime;
  /** Socket of the runtime; absent when none was found. */
  socket?: string;
  /** Why the runtime does not answer. */
  runtimeTrouble?: string;
  manifests: readonly StaticPodManifest[];
}

/** What everything else requires: systemd and the container runtime. */
function judgeGround(status: Status, { socket, runtimeTrouble }: Evidence): Trouble[] {
  const problems: Trouble[] = [];
  const { systemd, runtime } = status;
  const where = "container runtime";
  if (systemd === undefined) {
    problems.push({
      where: "systemd",
      what: "does not answer, or is not process 1",
      hints: ["Show process 1: ps -fp 1"],
    });
  }
  const restart = socket === undefined ? "Install and start containerd or CRI-O." : restartHint(socket);
  if (runtimeTrouble) problems.push({ where, what: runtimeTrouble, hints: [restart] });
  if (runtime?.ready === false) problems.push({ where, what: "reports that it is not ready", hints: [restart] });
  if (runtime?.networkReady === false) {
    problems.push({
      where,
      what: "reports that the pod network is not ready",
      hints: ["Show the configurations of pod networks: ls /etc/cni/net.d"],
    });
  }
  return problems;
}

/** For a Node that was deleted or never created. */
function missing(name: string): Trouble {
  return {
    where: "node",
    what: `the cluster has no Node "${name}"`,
    hints: [
      "Register the node again: systemctl restart kubelet",
      "Or, to remove this host from the cluster: kubewright reset",
    ],
  };
}

/** A remote API server, the node, the versions. */
function judgeCluster({ role, apiServer, node, kubelet }: Status): Trouble[] {
  const problems: Trouble[] = [];
  if (role === "worker" && apiServer && !apiServer.ready) {
    problems.push({
      where: "API server",
      what: `${apiServer.endpoint}: ${apiServer.state}`,
      hints: ["Run on a control plane node: kubewright status"],
    });
  }
  const kubeconfig = role === "worker" ? KUBECONFIG_FILES.kubelet : KUBECONFIG_FILES.admin;
  const show = (name: string) => ({
    hints: [`Show the node: kubectl --kubeconfig ${kubeconfig} describe node ${shellWord(name)}`],
  });
  if (node && !node.found) problems.push(missing(node.name));
  else if (node && !node.ready) {
    problems.push({ where: "node", what: `${node.name} is not Ready`, details: node.reasons, ...show(node.name) });
  } else if (node && node.reasons.length > 0) {
    problems.push({ where: "node", what: node.reasons.join("; "), ...show(node.name) });
  }
  if (kubelet?.version && apiServer?.version) {
    const skew = kubeletSkewProblem(versionOf(kubelet.version), versionOf(apiServer.version));
    if (skew) problems.push({ where: "kubelet", what: skew });
  }
  return problems;
}

/** All problems; those that cause others come first. */
export async function judge(
  status: Status,
  evidence: Evidence,
): Promise<{ problems: Trouble[]; warnings: Trouble[] }> {
  const { host, runtime, manifests } = evidence;
  const kubelet = status.kubelet ? judgeKubelet(host, status.kubelet) : [];
  const components = Promise.all(
    status.components.map((component, i) => judgeComponent(host, runtime, component, manifests[i]!)),
  );
  const pods = judgePods(host, status.pods ?? []);
  const { problems, warnings } = judgeCertificates(status.certificates);
  const etcd = status.components.some(({ name }) => name === "etcd") ? [] : status.etcd.filter((m) => !m.healthy);
  return {
    problems: [
      ...judgeGround(status, evidence),
      ...await kubelet,
      ...etcd.map(({ endpoint, state }) => ({ where: "external etcd", what: `${endpoint}: ${state}` })),
      ...(await components).flat(),
      ...judgeCluster(status),
      ...await pods,
      ...problems,
    ],
    warnings,
  };
}

/** The problem of a host that is not a node. */
export function noCluster(kubeletInstalled: boolean): Trouble {
  return {
    where: "host",
    what: `has not created or joined a cluster${kubeletInstalled ? "" : "; the kubelet is not installed"}`,
    hints: ["Create a cluster: kubewright init", "Or join one: kubewright join HOST:PORT"],
  };
}

/** The role of the host in one line. */
export const ROLES: Readonly<Record<Role, string>> = {
  "control-plane": "control plane node",
  worker: "worker node",
  none: "not a cluster node",
};
