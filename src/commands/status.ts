import { readKubeletSettings } from "../node/kubelet/settings.ts";
import { DEFAULT_CERTIFICATES_DIRECTORY, KUBECONFIG_FILES, KUBELET_FILES, PORTS } from "../cluster/paths.ts";
import { apiServerUrl, type StaticPodManifest } from "../node/static_pod_manifest.ts";
import { EXIT } from "../errors.ts";
import type { System } from "../system.ts";
import type { CommandContext, Outcome } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";
import { observeApi, observeEtcd } from "../node/status/api.ts";
import { observeCertificates } from "../node/status/certificates.ts";
import { apiServerHealth, etcdHealth, observeComponent, observeHealth } from "../node/status/components.ts";
import type { Role, Status } from "../node/status/document.ts";
import { observePods } from "../node/status/pods.ts";
import { judge, noCluster } from "./status/judge.ts";
import { look, type Seen, valueOf } from "../node/status/look.ts";
import { type Manifests, readManifests, UNREAD_MANIFESTS } from "../node/status/manifests.ts";
import { observeKubelet, observeRuntime } from "../node/status/services.ts";
import { statusText } from "./status/text.ts";

/** The role of this host, by the files on it. */
async function roleOf({ host }: System, manifests: Manifests | undefined): Promise<Role> {
  const there = async (...paths: readonly string[]) =>
    (await Promise.all(paths.map((path) => look(() => host.stat(path))))).some((seen) => valueOf(seen) !== undefined);
  if (manifests?.some) return "control-plane";
  if (await there(KUBECONFIG_FILES.admin, `${DEFAULT_CERTIFICATES_DIRECTORY}/apiserver.crt`)) return "control-plane";
  return await there(KUBELET_FILES.kubeconfig, KUBELET_FILES.bootstrapKubeconfig) ? "worker" : "none";
}

/** The directory of the certificates, by the API server's flags. */
function certificatesDirectory(apiServer: StaticPodManifest | undefined): string {
  return apiServer?.flags.get("client-ca-file")?.replace(/\/[^/]*$/, "") || DEFAULT_CERTIFICATES_DIRECTORY;
}

/** Why each part could not be checked, under its name. */
function unseenOf(parts: Readonly<Record<string, Seen<unknown> | undefined>>): { what: string; why: string }[] {
  return Object.entries(parts).flatMap(([what, seen]) => seen && "why" in seen ? [{ what, why: seen.why }] : []);
}

/** Why a runtime does not answer; undefined when it does, and when only root may connect. */
function whyNot(seen: Seen<unknown> | undefined): string | undefined {
  if (seen === undefined) return "no socket found";
  return "why" in seen && !seen.why.includes("permission denied") ? seen.why : undefined;
}

/** Observes everything, in parallel where nothing depends on another answer. */
async function observe(system: System): Promise<Status> {
  const { host, unverified } = system;
  const [facts, systemd, settings, manifestsSeen] = await Promise.all([
    gatherFacts(host, system.runtime),
    look(() => host.services.manager()),
    look(() => readKubeletSettings(host)),
    look(() => readManifests(host)),
  ]);
  const role = await roleOf(system, valueOf(manifestsSeen));
  const manifests = role === "control-plane" ? valueOf(manifestsSeen)?.list ?? UNREAD_MANIFESTS : [];
  const apiManifest = manifests.find(({ name }) => name === "kube-apiserver");
  const socket = valueOf(settings)?.runtimeEndpoint ?? facts.criSockets[0];
  const runtime = socket === undefined ? undefined : system.runtime(socket);
  const [runtimeSeen, containers, kubelet, api, etcd, health, view] = await Promise.all([
    runtime && look(() => observeRuntime(runtime)),
    runtime && role !== "none" ? look(() => runtime.containers()) : undefined,
    look(() => observeKubelet(host, unverified, valueOf(settings)?.port ?? PORTS.kubelet, facts.kubeletVersion)),
    role === "none" ? undefined : observeApi(system, apiManifest && apiServerUrl(apiManifest)),
    apiManifest && apiManifest.flags.size > 0 ? observeEtcd(system, apiManifest) : undefined,
    Promise.all(manifests.map((manifest) => observeHealth(unverified, manifest))),
    observeCertificates(host, certificatesDirectory(apiManifest)),
  ]);
  const running = containers && valueOf(containers);
  const components = await Promise.all(manifests.map((manifest, i) => {
    const own = manifest.name === "etcd"
      ? etcdHealth(etcd && valueOf(etcd))
      : manifest.name === "kube-apiserver"
      ? apiServerHealth(api?.server)
      : health[i]!;
    return observeComponent(manifest, own, runtime, running);
  }));
  const found = { systemd: valueOf(systemd), runtime: runtimeSeen && valueOf(runtimeSeen), kubelet: valueOf(kubelet) };
  const node = api && valueOf(api.node);
  const own = apiManifest && apiServerUrl(apiManifest);
  const pods = api?.server?.reachable && node ? await observePods(system, own, node.name) : undefined;
  const runtimeTrouble = whyNot(runtimeSeen);
  const status: Status = {
    host: host.hostname(),
    role,
    healthy: false,
    ...(found.systemd ? { systemd: found.systemd } : {}),
    ...(found.runtime ? { runtime: found.runtime } : {}),
    ...(found.kubelet ? { kubelet: found.kubelet } : {}),
    components,
    etcd: (etcd && valueOf(etcd)) ?? [],
    ...(api?.server ? { apiServer: api.server } : {}),
    ...(node ? { node } : {}),
    ...(pods && valueOf(pods) ? { pods: valueOf(pods)! } : {}),
    certificates: view.certificates,
    problems: [],
    warnings: [],
    unseen: [
      ...unseenOf({
        systemd,
        "container runtime": runtimeTrouble === undefined ? runtimeSeen : undefined,
        containers: found.runtime ? containers : undefined,
        kubelet,
        "kubelet configuration": settings,
        manifests: role === "none" ? undefined : manifestsSeen,
        etcd,
        node: api?.node,
        "pods of kube-system": pods,
      }),
      ...view.unseen,
    ],
  };
  if (role === "none") return { ...status, problems: [noCluster(facts.kubeletPath !== undefined)] };
  const judged = await judge(status, {
    host,
    manifests,
    ...(runtime && running ? { runtime } : {}),
    ...(socket === undefined ? {} : { socket }),
    ...(runtimeTrouble === undefined ? {} : { runtimeTrouble }),
  });
  return { ...status, ...judged, healthy: judged.problems.length === 0 && status.unseen.length === 0 };
}

/** `status`: the health of this node, from systemd to its certificates. Changes nothing; exits with 0 only when healthy. */
export async function status({ system }: CommandContext): Promise<Outcome> {
  const found = await observe(system);
  return {
    text: statusText(found, system.host.now()),
    result: { ...found },
    exitCode: found.healthy ? EXIT.ok : EXIT.unhealthy,
  };
}
