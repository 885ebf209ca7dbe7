import { parseAddress } from "../../config/addresses.ts";
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { pkiPaths } from "../../cluster/pki/certificates.ts";
import {
  bridgeInTheWay,
  firstNodeNetworks,
  missingPlugins,
  preferredConfigurations,
  tunnelsInTheWay,
} from "../../node/pod_network.ts";
import { kubeletIdentityProblem } from "../../node/kubelet/identity.ts";
import { KUBELET_FILES, manifestPath, PORTS } from "../../cluster/paths.ts";
import { kubeletSkewProblem, versionOf } from "../../cluster/versions.ts";
import { InvalidInput } from "../../errors.ts";
import { CHECKS, LEAST } from "../checks.ts";
import { externalEtcdChecks, type ExternalEtcdContext } from "./external_etcd.ts";
import { foreignFileCheck } from "./foreign_file.ts";
import { identityFinding, type KubeletContext } from "./kubelet.ts";
import { expectationsCheck } from "./kubelet_flags.ts";
import { COMPONENTS, controlPlaneManifests } from "./manifests.ts";
import { pathName } from "./names.ts";
import { familiesOf, forwardingChecks, portFindings } from "./network.ts";
import { hostFindings, networkFindings } from "./proxy.ts";
import { type Check, type Findings, NOTHING, warningOf } from "./run.ts";
import { firewallCheck } from "./services.ts";
import { moveAway } from "../../text/shell.ts";

/** What the checks of a control plane node read. */
export interface ControlPlaneContext extends KubeletContext, ExternalEtcdContext {
  node: ControlPlaneNode;
  /** The pod network that kubewright installs; absent: none. */
  podNetwork?: { kind: string };
}

/** A port that a component of this control plane uses. */
interface WantedPort {
  port: number;
  addresses: readonly string[];
  /** The static pod that uses the port: it may already run if an earlier run created its manifest. */
  component: string;
}

/** Every port of the control plane, with the addresses on which its component listens. */
function wantedPorts({ cluster, endpoint }: ControlPlaneNode): WantedPort[] {
  const bound = (args: readonly { name: string; value: string }[], otherwise: string) => [
    args.findLast((arg) => arg.name === "bind-address")?.value ?? otherwise,
  ];
  const { apiServer, controllerManager, scheduler } = cluster;
  const ports: WantedPort[] = [
    { port: endpoint.bindPort, addresses: bound(apiServer.extraArgs, "0.0.0.0"), component: "kube-apiserver" },
    {
      port: PORTS.controllerManager,
      addresses: bound(controllerManager.extraArgs, LOOPBACK),
      component: "kube-controller-manager",
    },
    { port: PORTS.scheduler, addresses: bound(scheduler.extraArgs, LOOPBACK), component: "kube-scheduler" },
  ];
  if (!cluster.etcd.local) return ports;
  const { advertiseAddress } = endpoint;
  return [
    ...ports,
    { port: PORTS.etcdClient, addresses: [advertiseAddress, LOOPBACK], component: "etcd" },
    { port: PORTS.etcdPeer, addresses: [advertiseAddress], component: "etcd" },
    { port: PORTS.etcdMetrics, addresses: [LOOPBACK], component: "etcd" },
  ];
}

/** The address of components that only this host connects to. */
const LOOPBACK = "127.0.0.1";

/** One check for each port, named as in kubeadm. Components of an earlier run may already use theirs. */
function portChecks(node: ControlPlaneNode): Check<ControlPlaneContext>[] {
  return wantedPorts(node).map(({ port, addresses, component }) => ({
    ...CHECKS.port,
    name: `Port-${port}`,
    async look({ host, ownPaths }) {
      if (ownPaths.has(manifestPath(component))) return NOTHING;
      const found = await Promise.all(addresses.map((address) => portFindings(host, address, port)));
      return found.find(({ errors }) => errors !== undefined) ?? NOTHING;
    },
  }));
}

/** Manifests that kubewright did not create are refused, because they would be replaced. */
function manifestChecks(): Check<ControlPlaneContext>[] {
  return [
    ...COMPONENTS.map((component) => foreignFileCheck(manifestPath(component))),
    { ...CHECKS.manifests, look: ({ host, ownPaths }) => controlPlaneManifests(host, ownPaths) },
  ];
}

/** Data of an etcd member that kubewright did not create. */
function dataDirectoryCheck(directory: string): Check<ControlPlaneContext> {
  return {
    ...CHECKS.etcdData,
    name: pathName("DirAvailable", directory),
    async look({ host, ownPaths }) {
      if (ownPaths.has(manifestPath("etcd")) || (await host.list(directory)).length === 0) return NOTHING;
      return {
        errors: [`${directory} is not empty, and kubewright did not create its contents`],
        hint: `Set another etcd.local.dataDir, or move the data away: ${moveAway([directory])}`,
      };
    },
  };
}

/** Whether the API server accepts the stored identity of the kubelet: it must be signed by the existing CA. */
async function identityFindings({ host, node }: ControlPlaneContext): Promise<Findings> {
  const { name, kubeletExtraArgs } = node.registration;
  const caPem = await host.readText(pkiPaths(node.cluster, { baseName: "ca" }).certificate);
  try {
    return identityFinding(await kubeletIdentityProblem(host, { name, kubeletExtraArgs, caPem }));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return NOTHING; // Phase existing-files reports a CA that cannot be read.
  }
}

/** Checks of what the networks of the cluster require of this host. */
function networkChecks({ cluster, endpoint }: ControlPlaneNode): Check<ControlPlaneContext>[] {
  const networks = [...cluster.networking.serviceSubnet, ...cluster.networking.podSubnet];
  const address = endpoint.advertiseAddress;
  const family = parseAddress(address)?.family;
  return [
    ...forwardingChecks([...familiesOf(networks), ...family ? [family] : []]),
    firewallCheck([endpoint.bindPort, PORTS.kubelet]),
    { ...CHECKS.proxy, look: ({ host }) => Promise.resolve(hostFindings(address, host.environment())) },
    { ...CHECKS.networkProxy, look: ({ host }) => Promise.resolve(networkFindings(networks, host.environment())) },
  ];
}

/** Checks of what flannel requires. */
const FLANNEL_CHECKS: readonly Check<ControlPlaneContext>[] = [
  { ...CHECKS.cniPlugins, look: async ({ host }) => warningOf(await missingPlugins(host)) },
  { ...CHECKS.cniConfiguration, look: async ({ host }) => warningOf(await preferredConfigurations(host)) },
  {
    ...CHECKS.cniLinks,
    look({ host, node: { cluster } }) {
      const { podSubnet } = cluster.networking;
      const own = firstNodeNetworks(podSubnet, cluster.controllerManager.extraArgs);
      return Promise.resolve(warningOf(bridgeInTheWay(host, own), tunnelsInTheWay(host, podSubnet)));
    },
  },
];

/** Checks of a first control plane node, in addition to those of every node. */
export function controlPlaneChecks(node: ControlPlaneNode): readonly Check<ControlPlaneContext>[] {
  return [
    {
      ...CHECKS.cpus,
      look: ({ host }) =>
        Promise.resolve(
          host.cpus() >= LEAST.cpus
            ? NOTHING
            : { errors: [`the number of CPUs is ${host.cpus()}, a control plane node requires ${LEAST.cpus}`] },
        ),
    },
    {
      ...CHECKS.memory,
      async look({ host }) {
        const kibibytes = /^MemTotal:\s+(\d+) kB/m.exec(await host.readText("/proc/meminfo") ?? "")?.[1];
        const memory = Math.floor(Number(kibibytes ?? NaN) / 1024);
        if (!(memory < LEAST.memory)) return NOTHING;
        return { errors: [`the memory is ${memory} MiB, a control plane node requires ${LEAST.memory} MiB`] };
      },
    },
    {
      ...CHECKS.kubeletVersion,
      look: ({ facts, node }) => {
        const problem = facts.kubeletVersion &&
          kubeletSkewProblem(versionOf(facts.kubeletVersion), node.cluster.kubernetesVersion);
        return Promise.resolve(problem ? { errors: [problem] } : NOTHING);
      },
    },
    ...(node.cluster.etcd.local ? [dataDirectoryCheck(node.cluster.etcd.local.dataDir)] : []),
    foreignFileCheck(KUBELET_FILES.configuration),
    expectationsCheck(true),
    { ...CHECKS.identity, look: identityFindings },
    ...manifestChecks(),
    ...portChecks(node),
    ...networkChecks(node),
    ...(node.cluster.etcd.external ? externalEtcdChecks(node.cluster.etcd.external) : []),
    ...FLANNEL_CHECKS.map((check): Check<ControlPlaneContext> => ({
      ...check,
      look: async (context) => context.podNetwork?.kind === "flannel" ? await check.look(context) : NOTHING,
    })),
  ];
}
