import { diagnoseKubelet, diagnosePod, type Diagnosis } from "../../node/diagnosis.ts";
import type { StaticPodManifest } from "../../node/static_pod_manifest.ts";
import { kubeletSkewProblem, versionOf } from "../../cluster/versions.ts";
import type { ContainerRuntime, Host } from "../../system.ts";
import type { CertificateState, Component, Kubelet, Role, Status, Trouble } from "../../node/status/document.ts";
import { look, valueOf } from "../../node/status/look.ts";
import { judgePods } from "../../node/status/pods.ts";

/** A certificate with fewer days left is a problem, respectively a warning. */
const DAYS = { problem: 7, warning: 30 } as const;
/** A kubelet that has been restarted and has run for less than this, in ms, may end again at once. */
const STEADY_MS = 15_000;

/** The troubles of a diagnosis, without the name in front of each line. */
function troubleOf(where: string, what: string, diagnosis: Diagnosis | undefined): Trouble {
  const lines = (diagnosis?.details ?? []).map((line) =>
    line.startsWith(`${where}: `) ? line.slice(where.length + 2) : line
  );
  const details = lines.filter((line) => !line.startsWith("container ") && !line.startsWith("systemd says "));
  const hints = diagnosis?.hints ?? [];
  return { where, what, ...(details.length > 0 ? { details } : {}), ...(hints.length > 0 ? { hints } : {}) };
}

/** Why the kubelet is not well; undefined when it is. */
function kubeletState({ state, restarts, since, answers }: Kubelet, now: Date): string | undefined {
  if (state === "absent") return "systemd has no unit kubelet";
  const often = restarts > 0 ? `, restarted ${restarts} times` : "";
  if (state === "activating") return `it ends again and again${often}`;
  if (state !== "active") return `it does not run (systemd: ${state})`;
  const fresh = since !== undefined && now.getTime() - Date.parse(since) < STEADY_MS;
  if (restarts > 0 && fresh) return `it has just been started again${often}`;
  return answers === false ? "it runs, but does not answer" : undefined;
}

async function judgeKubelet(host: Host, kubelet: Kubelet): Promise<Trouble[]> {
  const state = kubeletState(kubelet, host.now());
  if (state === undefined) return [];
  const stopped = kubelet.state === "inactive";
  const diagnosis = stopped ? undefined : valueOf(await look(() => diagnoseKubelet(host, true)));
  const trouble = troubleOf("kubelet", state, diagnosis);
  return [stopped ? { ...trouble, hints: ["Start it: systemctl start kubelet"] } : trouble];
}

/** Why a component is not well; undefined when it is, or nothing is known of it. */
function componentState({ state, exitCode, restarts = 0, healthy, health }: Component): string | undefined {
  const often = restarts > 0 ? `, restarted ${restarts} times` : "";
  if (state === "absent") return "the container runtime has no such container";
  if (state !== undefined && state !== "running") {
    return `its container is ${state}${exitCode === undefined ? "" : ` with code ${exitCode}`}${often}`;
  }
  return healthy === false ? `it is not healthy: ${health}${often}` : undefined;
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
  const details = diagnosis?.details.filter((line) => !line.endsWith("the container runtime has no such container"));
  return [troubleOf(component.name, state, diagnosis && { ...diagnosis, details: details ?? [] })];
}

/** `apiserver (2027-01-01), etcd-peer (2027-01-02)`. */
function namesOf(certificates: readonly CertificateState[]): string {
  return certificates.map(({ name, expires }) => `${name} (${expires.slice(0, 10)})`).join(", ");
}

/** Certificates that have expired or soon will, as problems and as warnings. */
function judgeCertificates(certificates: readonly CertificateState[]): { problems: Trouble[]; warnings: Trouble[] } {
  const between = (from: number, to: number) => certificates.filter((c) => c.daysLeft >= from && c.daysLeft < to);
  const hints = ["Renew them: kubewright certs renew all, then restart the static pods that use them."];
  const about = (what: string, found: readonly CertificateState[]): Trouble[] =>
    found.length > 0 ? [{ where: "certificates", what: `${what}: ${namesOf(found)}`, hints }] : [];
  return {
    problems: [
      ...about("have expired", between(-Infinity, 0)),
      ...about(`expire within ${DAYS.problem} days`, between(0, DAYS.problem)),
    ],
    // The kubelet renews its own long before.
    warnings: about(
      `expire within ${DAYS.warning} days`,
      between(DAYS.problem, DAYS.warning).filter(({ name }) => name !== "kubelet-client"),
    ),
  };
}

/** What a status is judged by besides itself. */
export interface Evidence {
  host: Host;
  runtime?: ContainerRuntime;
  /** Why the runtime does not answer. */
  runtimeTrouble?: string;
  manifests: readonly StaticPodManifest[];
}

/** On what nothing runs without: process 1 and the container runtime. */
function judgeGround(status: Status, runtimeTrouble: string | undefined): Trouble[] {
  const problems: Trouble[] = [];
  const { systemd, runtime } = status;
  if (systemd === undefined) problems.push({ where: "systemd", what: "it does not answer, or is not process 1" });
  if (runtimeTrouble) problems.push({ where: "container runtime", what: runtimeTrouble });
  if (runtime?.ready === false) problems.push({ where: "container runtime", what: "it says that it is not ready" });
  if (runtime?.networkReady === false) {
    problems.push({
      where: "container runtime",
      what: "pods can have no network",
      hints: ["Look whether a pod network has written its configuration: ls /etc/cni/net.d"],
    });
  }
  return problems;
}

/** On a Node that was deleted, or never made. */
function missing(name: string): Trouble {
  return {
    where: "node",
    what: `${name} is not found: the cluster has no Node of this name`,
    hints: [
      "Let the kubelet register it anew: systemctl restart kubelet",
      "Or, where the host is to leave the cluster: kubewright reset",
    ],
  };
}

/** The API server of others, the node, the versions. */
function judgeCluster({ role, apiServer, node, kubelet }: Status): Trouble[] {
  const problems: Trouble[] = [];
  if (role === "worker" && apiServer && !apiServer.ready) {
    problems.push({ where: "API server", what: `${apiServer.endpoint}: ${apiServer.state}` });
  }
  if (node && !node.found) problems.push(missing(node.name));
  else if (node && !node.ready) {
    problems.push({ where: "node", what: `${node.name} is not ready`, details: node.reasons });
  } else if (node && node.reasons.length > 0) problems.push({ where: "node", what: node.reasons.join("; ") });
  if (kubelet?.version && apiServer?.version) {
    const skew = kubeletSkewProblem(versionOf(kubelet.version), versionOf(apiServer.version));
    if (skew) problems.push({ where: "kubelet", what: skew });
  }
  return problems;
}

/** Everything that is wrong: first that on which the others stand. */
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
      ...judgeGround(status, evidence.runtimeTrouble),
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

/** What is said of a host that is no node. */
export function noCluster(kubeletInstalled: boolean): Trouble {
  return {
    where: "host",
    what: `there is no cluster on this host, and it has joined none${
      kubeletInstalled ? "" : "; no kubelet is installed"
    }`,
    hints: ["Make one: kubewright init", "Or join one: kubewright join HOST:PORT"],
  };
}

/** What to call the host in one line. */
export const ROLES: Readonly<Record<Role, string>> = {
  "control-plane": "control plane node",
  worker: "worker node",
  none: "no node of a cluster",
};
